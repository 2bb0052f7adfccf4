/** Files that the system asks Folio to open: added, shown, and said when they cannot be read. */
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { importPaths } from "../../../main/files.ts";
import { saidBy } from "../../../main/plain-error.ts";
import { fakeApp } from "./fake-app.ts";

test("all are added, the first that can be read is shown, and what cannot be read is said in the window", async () => {
  const { app, calls } = fakeApp();
  const shown: string[] = [];
  const said: unknown[] = [];
  app.show = (id) => shown.push(id);
  app.programs.notice = (error) => said.push(saidBy(error).text);
  app.requests.importFile = async (name) => `id of ${name}`;
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  await importPaths(app, [import.meta.dirname, join(import.meta.dirname, "files.test.ts"), join(import.meta.dirname, "menu.test.ts")]);
  expect(shown).toEqual(["id of files.test.ts"]);
  expect(said).toEqual(["{path} cannot be opened: check that it is a file and that you may read it."]);
  expect(log).toHaveBeenCalledOnce();
  expect(calls).toEqual([]);
  log.mockRestore();
});
