/** The library as a person has it, with the real app: what was added and said is there after a restart, however Folio ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { openTestWindow, ownDataFolder, type TestWindow } from "./window.ts";

const pdf = new URL("../documents/harbour.pdf", import.meta.url);
const text = new TextEncoder().encode("# Kiln\n\nThe kiln is fired at 1,040 degrees for nine hours.\n");

let restoreData: () => Promise<void>;
let app: App | null = null;
let window: TestWindow | null = null;
beforeAll(async () => {
  restoreData = await ownDataFolder();
});
afterEach(async () => {
  await window?.close();
  window = null;
  await app?.close();
  app = null;
});
afterAll(() => restoreData());

const ready = async (id: string) => {
  await expect
    .poll(async () => (await app!.requests.getState()).documents.find((known) => known.id === id)?.phase, { timeout: 60_000 })
    .toBe("ready");
};

test("documents and the open conversation survive a restart, byte for byte and without being parsed again", async () => {
  app = await createApp();
  const bytes = new Uint8Array(await readFile(pdf));
  const id = await app.requests.importFile("Harbour.pdf", bytes);
  await ready(id);
  const other = await app.requests.importFile("Kiln.md", text);
  await ready(other);
  expect(await app.requests.importFile("The same again.md", text)).toBe(other);
  const pages = await app.requests.getPages(id);
  const before = (await app.requests.getState()).documents;
  await app.requests.openConversation([id, other]);
  await app.close();

  app = await createApp();
  const state = await app.requests.getState();
  expect(state.documents.map(({ name, phase }) => [name, phase])).toEqual([
    ["Harbour.pdf", "ready"],
    ["Kiln.md", "ready"],
  ]);
  expect(state.documents.map((known) => ({ ...known, tokens: 0 }))).toEqual(before.map((known) => ({ ...known, tokens: 0 })));
  expect(state.conversation?.documentIds).toEqual([id, other]);
  expect(await app.requests.getPages(id)).toEqual(pages);
  expect(await app.requests.getFile(id)).toEqual(bytes);
});

test("the window opens with the library, and gets the file through the host", async () => {
  app = await createApp();
  window = await openTestWindow(app);
  await window.page.locator(".row", { hasText: "Harbour.pdf" }).waitFor();
  await window.page.locator(".row", { hasText: "Kiln.md" }).waitFor();
  expect(window.complaints).toEqual([]);
});

test("a second host on the same library says so plainly and ends; the first one goes on", async () => {
  app = await createApp();
  const second = spawn(process.execPath, ["main/host.ts"], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, DISPLAY: "" } });
  const [line] = (await once(createInterface(second.stderr), "line")) as [string];
  const [code] = (await once(second, "exit")) as [number];
  expect(line).toContain("Folio is open already with this library");
  expect(code).toBe(1);
  expect((await app.requests.getState()).documents).toHaveLength(2);
});
