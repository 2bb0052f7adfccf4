/** Files on their way into the library, while an engine is still loading its model: it answers nobody yet. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EngineKeeper } from "../../../main/engine/keeper.ts";
import { type Library, openLibrary } from "../../../main/library/library.ts";
import { Shelf } from "../../../main/shelf.ts";
import { LiveState } from "../../../main/state.ts";
import { defaultSettings } from "../../../preload/api.ts";

let folder: string;
let library: Library;
let state: LiveState;
let shelf: Shelf;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-shelf-"));
  library = await openLibrary(folder, () => {});
  state = new LiveState(defaultSettings, { cores: 2, threads: 2 }, [], false);
  const loading = { call: () => new Promise(() => {}), removeDocument: async () => {} };
  shelf = new Shelf(state, library, loading as unknown as EngineKeeper);
});
afterEach(async () => {
  shelf.close();
  await library.close();
  await rm(folder, { recursive: true, force: true });
});

const bytes = new TextEncoder().encode("The harbour was built in three stages.");
const phases = () => state.now.documents.map(({ phase }) => phase);

test("a file that was removed while it was being added can be added again at once", async () => {
  const id = await shelf.add("Harbour.txt", bytes, null, () => {});
  await expect.poll(phases).toEqual(["counting"]);
  await expect.poll(() => library.documents.get(id)).not.toBeNull();
  await shelf.remove(id);
  expect(phases()).toEqual([]);
  expect(await shelf.add("Harbour.txt", bytes, null, () => {})).toBe(id);
  expect(phases()).toEqual(["ready"]);

  await shelf.remove(id);
  await library.documents.purge(Date.now() + 1);
  await shelf.add("Harbour.txt", bytes, null, () => {});
  expect(phases()).toEqual(["parsing"]);
  await shelf.remove(id);
  await shelf.add("Harbour.txt", bytes, null, () => {});
  expect(phases()).toEqual(["parsing"]);
  await expect.poll(phases).toEqual(["counting"]);
  await expect.poll(() => library.documents.get(id)?.characters).toBe(bytes.length);
});
