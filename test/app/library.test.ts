/** The library as a person has it, with the real app: what was added and said is there after a restart, however Folio ended. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

const pdf = new URL("../documents/harbour.pdf", import.meta.url);
const text = new TextEncoder().encode("# Kiln\n\nThe kiln is fired at 1,040 degrees for nine hours.\n");

let home: DataFolder;
let app: App | null = null;
let window: TestWindow | null = null;
beforeAll(async () => {
  home = await ownDataFolder();
});
afterEach(async () => {
  await window?.close();
  window = null;
  await app?.close();
  app = null;
});
afterAll(() => home.restore());

const ready = async (id: string) => {
  await expect.poll(async () => (await app!.requests.getState()).documents.find((known) => known.id === id)?.phase).toBe("ready");
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
  // Its end may be heard before its last words.
  const exit = once(second, "exit");
  const [line] = (await once(createInterface(second.stderr), "line")) as [string];
  const [code] = (await exit) as [number];
  expect(line).toContain("Folio is open already with this library");
  expect(code).toBe(1);
  expect((await app.requests.getState()).documents).toHaveLength(2);
});

const titlesIn = (list: string) => window!.page.getByRole("list", { name: list }).locator(".name").allTextContents();

async function menu(name: string, item: string): Promise<void> {
  const row = window!.page.locator(".row", { hasText: name });
  await row.hover();
  await row.getByRole("button", { name: /^More about/ }).click();
  await window!.page.getByRole("menuitem", { name: item }).click();
}

test("documents are renamed, moved into folders and sorted, and all of that is there after a restart", async () => {
  app = await createApp();
  window = await openTestWindow(app);
  const { page } = window;
  await menu("Kiln.md", "Rename");
  await page.getByLabel("New name of Kiln.md").fill("Anagama");
  await page.keyboard.press("Enter");
  await page.locator(".row", { hasText: "Anagama.md" }).waitFor();
  await menu("Anagama.md", "Move to a folder…");
  await page.getByLabel("Folder", { exact: true }).and(page.locator("dialog input")).fill("Pottery");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Pottery/ }).waitFor();
  await page.getByLabel("Order of the documents").selectOption("By name");
  await window.close();
  await app.close();

  app = await createApp();
  window = await openTestWindow(app);
  await expect.poll(() => titlesIn("Documents")).toEqual(["Not in a folder", "Harbour.pdf", "Pottery", "Anagama.md"]);
  await expect.poll(() => window!.page.getByLabel("Order of the documents").inputValue()).toBe("name");
  await window.page.getByRole("button", { name: /^Pottery/ }).click();
  await expect.poll(() => titlesIn("Documents")).toEqual(["Not in a folder", "Harbour.pdf", "Pottery"]);
});

test("a folder that is dropped stays as it is, with those in it: asked about, closed, renamed and removed as a whole, and back with Undo", async () => {
  app = await createApp();
  window = await openTestWindow(app);
  const { page } = window;
  for (const name of ["Letters/2023/May.md", "Letters/June.md", "Letters/.././2023/../July.md", "../up/August.md"])
    await app.requests.importFile(name, new TextEncoder().encode(`# ${name}\n\nThe mail came by boat.`));
  const head = (name: string) => page.locator(".folder").filter({ has: page.getByText(name, { exact: true }) });
  const folders = () => page.locator(".folder .name").allTextContents();
  const documents = async () => (await app!.requests.getState()).documents.filter(({ phase }) => phase === "ready");
  const places = async () =>
    (await documents())
      .filter(({ name }) => /^(May|June|July|August)/.test(name))
      .map(({ folder, name }) => `${folder}: ${name}`)
      .sort();
  const choose = async (name: string, item: string) => {
    await head(name).hover();
    await head(name)
      .getByRole("button", { name: /^More about/ })
      .click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await expect.poll(places).toEqual([": August.md", "Letters/2023: July.md", "Letters/2023: May.md", "Letters: June.md"]);
  await expect.poll(folders).toEqual(expect.arrayContaining(["Letters", "Letters / 2023"]));
  await expect.poll(() => head("Letters").locator(".number").textContent()).toBe("3");
  // Main has it before the window, which does what is asked of a folder with the documents that it knows of.
  await expect.poll(() => page.locator(".row[data-phase=ready]").count()).toBe(6);
  await choose("Letters", "New conversation about all");
  await expect.poll(async () => (await app!.requests.getState()).conversation?.documentIds.length).toBe(3);
  await head("Letters").getByRole("button", { expanded: true }).click();
  await expect.poll(folders).not.toContain("Letters / 2023");
  await head("Letters").getByRole("button", { expanded: false }).click();

  await choose("Letters", "Rename");
  await page.getByLabel("New name of Letters").fill("Old letters");
  await page.keyboard.press("Enter");
  await expect.poll(places).toEqual([": August.md", "Old letters/2023: July.md", "Old letters/2023: May.md", "Old letters: June.md"]);
  await expect.poll(() => head("Old letters / 2023").locator(".number").textContent()).toBe("2");
  await choose("Old letters / 2023", "Rename");
  await page.getByLabel("New name of Old letters / 2023").fill("Old letters / Boats /");
  await page.keyboard.press("Enter");
  // One document after the other.
  const renamed = [": August.md", "Old letters/Boats: July.md", "Old letters/Boats: May.md", "Old letters: June.md"];
  await expect.poll(places).toEqual(renamed);
  await expect.poll(folders).toContain("Old letters / Boats");
  await expect.poll(folders).not.toContain("Old letters / 2023");
  await choose("Old letters", "Remove all");
  await expect.poll(folders).not.toContain("Old letters / Boats");
  await page.getByText("Removed 3 documents.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(places).toEqual(renamed);
  await expect.poll(folders).toContain("Old letters / Boats");
  for (const { id, folder, name } of await documents())
    if (folder.startsWith("Old letters") || name === "August.md") await app.requests.removeDocument(id);
});

test("a file that is edited, or moved, while its document is in view is noticed, and its new words are one click away", async () => {
  const file = join(home.folder, "Tide table.md");
  await writeFile(file, "High water at six.");
  app = await createApp();
  const id = await app.requests.importFile("Tide table.md", await readFile(file), file);
  await ready(id);
  window = await openTestWindow(app);
  const { page } = window;
  await page.locator(".row", { hasText: "Tide table.md" }).getByRole("button").first().click();
  await page.locator(".sheet").getByText("High water at six.").waitFor();
  await writeFile(file, "High water at nine.");
  await page.getByText("Its file was changed since it was added").waitFor();
  await page.getByRole("button", { name: "Add it as it is now" }).click();
  await page.locator(".sheet").getByText("High water at nine.").waitFor();
  await expect.poll(() => page.getByText("Its file was changed since it was added").count()).toBe(0);
  await rm(file);
  await page.getByText("Its file was moved or deleted since it was added").waitFor();
  for (const { id, name } of (await app.requests.getState()).documents) if (name === "Tide table.md") await app.requests.removeDocument(id);
});

test("a search finds a page by its words and opens it; what finds nothing says so", async () => {
  app = await createApp();
  window = await openTestWindow(app);
  const { page } = window;
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("fired at 1,040");
  const hit = page.getByRole("option", { name: /Anagama\.md.*fired at 1,040 degrees/ });
  await hit.waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.title()).toBe("Anagama.md · Folio");
  await expect.poll(() => page.locator("mark[data-kind=match][data-current=true]").textContent()).toMatch(/^fired/);
  await page.keyboard.press("Control+k");
  await page.keyboard.type('"nothing like this');
  await page.getByText("Nothing was found").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  expect(window.complaints).toEqual([]);
});

test("Enter opens what is found for the words that were typed, also when it is quicker than the search", async () => {
  const fake = fakeApp();
  const title = (name: string) => [{ text: name, hit: true }];
  const { promise, resolve: found } = Promise.withResolvers<void>();
  fake.app.requests.search = async (words) => {
    if (words === "kiln") await promise;
    const name = words === "kiln" ? "Kiln" : "Ferry";
    const conversations = words === "" ? [] : [{ conversationId: name, title: title(name) }];
    return { documents: [], pages: [], conversations, turns: [] };
  };
  window = await openTestWindow(fake.app);
  const { page } = window;
  const opened = () => fake.calls.filter(([name]) => name === "showConversation").map(([, id]) => id);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("kil");
  await page.getByRole("option", { name: "Ferry" }).waitFor();
  await page.keyboard.type("n");
  await page.keyboard.press("Enter");
  await page.getByText("Searching…").waitFor();
  expect(opened()).toEqual([]);
  found();
  await expect.poll(opened).toEqual(["Kiln"]);
  expect(window.complaints).toEqual([]);
});

test("the same file again is one document, and that is said; a copy of it is saved byte for byte", async () => {
  app = await createApp();
  window = await openTestWindow(app, { acceptDownloads: true });
  const { page } = window;
  await page.locator(".row").first().waitFor();
  await page.locator("#files").setInputFiles([{ name: "Other name.md", mimeType: "text/markdown", buffer: Buffer.from(text) }]);
  await page.getByText("In the library already: Anagama.md.").waitFor();
  expect((await app.requests.getState()).documents).toHaveLength(2);
  const saved = page.waitForEvent("download");
  await menu("Anagama.md", "Save a copy");
  expect(new Uint8Array(await readFile(await (await saved).path()))).toEqual(text);
});

test("a library of 1,000 documents is shown with few rows drawn", async () => {
  const fake = fakeApp();
  fake.state.documents = Array.from({ length: 1000 }, (_, i) => ({
    id: `d${i}`,
    name: `Report ${i}.pdf`,
    fileBytes: 1,
    folder: "",
    addedAt: -i,
    phase: "ready" as const,
    pages: 30,
    characters: 1,
    tokens: 12_000,
    emptyPages: [],
    recognised: [],
    pins: [],
    notes: [],
  }));
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".row", { hasText: "Report 0.pdf" }).waitFor();
  expect(await page.locator(".row").count()).toBeLessThan(40);
  const last = page.locator(".row", { hasText: "Report 999.pdf" });
  // The list's height is a guess until its rows were drawn: the end may be a little further than it seemed.
  await expect
    .poll(async () => {
      await page.locator(".long-list").evaluate((list) => list.scrollTo(0, 1e9));
      return last.count();
    })
    .toBe(1);
  expect(await page.locator(".row").count()).toBeLessThan(40);
});

test("a library that was damaged is gone back from to its last copy, and the window says so until that is read", async () => {
  const folder = join(home.folder, "folio");
  const file = join(folder, "library.sqlite");
  await expect.poll(() => readdir(join(folder, "backups"))).not.toEqual([]);
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0x5a, 4096));
  app = await createApp();
  window = await openTestWindow(app);
  const { page } = window;
  const alert = page.getByRole("alert");
  await alert.getByText(/The library was damaged, so its copy of .* was opened/).waitFor();
  await page.locator(".row", { hasText: ".pdf" }).first().waitFor();
  await alert.getByRole("button", { name: "Close this message" }).click();
  await expect.poll(() => alert.count()).toBe(0);
  expect((await readdir(folder)).filter((name) => name.startsWith("library.damaged-"))).toHaveLength(1);
});
