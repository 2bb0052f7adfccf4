/** Files, folders and text on their way into the window: what is taken of them, in the real browser. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow;
let folder: string;
let arrived: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-arrivals-"));
  for (const path of ["b/2.md", "b/10.md", "a.docx", "photo.jpg", ".git/config.txt", "b/node_modules/x.js", "b/deep/er/c.PY"]) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), path);
  }
  const fake = fakeApp();
  arrived = [];
  fake.app.requests.importFile = (name, bytes) => {
    arrived.push(`${name} ${new TextDecoder().decode(bytes)}`);
    return Promise.resolve(name);
  };
  window = await openTestWindow(fake.app);
  await window.page.getByRole("button", { name: "Drop a long document here" }).waitFor();
});
afterEach(async () => {
  await window.close();
  await rm(folder, { recursive: true });
});

test("a dropped folder gives the documents in it, in order, and nothing else", async () => {
  const client = await window.page.context().newCDPSession(window.page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  const inside = (path: string) => `${basename(folder)}/${path} ${path}`;
  await expect.poll(() => arrived).toEqual(["a.docx", "b/2.md", "b/10.md", "b/deep/er/c.PY"].map(inside));
  expect(window.complaints).toEqual([]);
});

test("a picked folder does as well", async () => {
  const chooser = window.page.waitForEvent("filechooser");
  await window.page.keyboard.press("Control+Shift+o");
  await (await chooser).setFiles(folder);
  await expect.poll(() => arrived.length).toBe(4);
  for (const name of arrived) expect(name.startsWith(`${basename(folder)}/`)).toBe(true);
});

test("pasted files are added anywhere, pasted text outside of fields", async () => {
  const paste = (selector: string, files: string[], text: string) =>
    window.page.evaluate(`{
      const clipboardData = new DataTransfer();
      for (const name of ${JSON.stringify(files)}) clipboardData.items.add(new File(["content"], name, { type: name.endsWith(".png") ? "image/png" : "" }));
      if (${JSON.stringify(text)} !== "") clipboardData.setData("text/plain", ${JSON.stringify(text)});
      document.querySelector("${selector}").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }`);
  await paste("body", ["notes.txt"], "");
  await expect.poll(() => arrived).toEqual(["notes.txt content"]);
  await paste("body", [], "The keeper of the light\nwrote ../it/ down in the log of the harbour.");
  await expect.poll(() => arrived[1]).toMatch(/^Pasted: The keeper of the light wrote\.txt The keeper/);
  await paste("body", [], "  ");
  expect(arrived).toHaveLength(2);
  // Office programs put a picture of what was copied beside its text.
  await paste("body", ["image.png"], "Cargo\t31 t");
  await expect.poll(() => arrived[2]).toBe("Pasted: Cargo 31 t.txt Cargo\t31 t");
});

test("a folder without documents says so", async () => {
  const client = await window.page.context().newCDPSession(window.page);
  const data = { items: [], files: [join(folder, ".git")], dragOperationsMask: 1 };
  await rm(join(folder, ".git/config.txt"));
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  await window.page.getByRole("alert").getByText("nothing in it that Folio can read").waitFor();
});

test("a document that the system asked to open is shown, also in a window that opens later", async () => {
  const fake = fakeApp();
  const ready = { fileBytes: 9, folder: "", addedAt: 0, phase: "ready", pages: 1, characters: 9, tokens: 3, notes: [] } as const;
  const none = { emptyPages: [], recognised: [], pins: [] };
  fake.state.documents = ["First.md", "Second.md", "Third.md"].map((name) => ({ ...ready, ...none, notes: [], id: name, name }));
  fake.app.requests.getPages = (id) => Promise.resolve([{ number: 1, start: 0, text: `Text of ${id}` }]);
  await window.close();
  window = await openTestWindow(fake.app);
  await window.page.getByText("Text of First.md").waitFor();
  fake.app.show("Second.md");
  await window.page.getByText("Text of Second.md").waitFor();
  await window.close();
  fake.state.opened = "Third.md";
  window = await openTestWindow(fake.app);
  await window.page.getByText("Text of Third.md").waitFor();
});
