/** A document that is longer than the model reads at once, with the real model: one dialog with costed choices, and each of them works. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import type { EngineStatus } from "../../preload/api.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { findings } from "./busy-app.ts";
import { askIn, dropFiles, harbourText, openTestWindow, type TestWindow } from "./window.ts";

const fact = "The special magic number for Springfield is 4821.";
const question = "What is the special magic number for Springfield?";
/** Twelve pages, the fact on the ninth. */
const text = Array.from({ length: 12 }, (_, page) =>
  [`Chapter ${page + 1}`, ...harbourText, ...harbourText, ...(page === 8 ? [fact] : []), ...harbourText].join("\n\n"),
).join("\f");

let app: App;
let window: TestWindow;
let home: DataFolder;

beforeAll(async () => {
  home = await ownDataFolder();
  app = await createApp();
  window = await openTestWindow(app);
});

afterAll(async () => {
  await window?.close();
  await app?.close();
  await home?.restore();
});

test("nothing is read or left out before somebody chooses; the dialog says what each way costs", async () => {
  const { page } = window;
  await expect.poll(async () => (await app.requests.getState()).model?.name, { timeout: 240_000 }).toBeDefined();
  const { models, model } = await app.requests.getState();
  const entry = models.find(({ file }) => file === model!.file)!;
  await app.requests.changeModelSettings(entry.id, { ...entry.settings, contextLength: 2048 });
  await dropFiles(page, [{ name: "Chronicle.txt", bytes: new TextEncoder().encode(text) }]);
  await page.getByText(/12 pages · [\d,]+ tokens/).waitFor({ timeout: 240_000 });
  const alert = page.getByRole("alert");
  await alert.getByText(/at most 2,032/).waitFor({ timeout: 240_000 });
  await page.getByLabel("Question", { exact: true }).fill(question);
  // Nothing can be asked while the model is loaded anew.
  await expect.poll(() => page.getByRole("button", { name: "Ask", exact: true }).isEnabled()).toBe(true);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "More than fits at once" });
  await dialog.waitFor();
  expect(await page.locator(".turn").count()).toBe(0);
  expect((await app.requests.getState()).conversation!.extent).toEqual({ kind: "whole" });
  await dialog.getByText(/[\d,]+ tokens in \d windows/).waitFor();
  await dialog.getByText(/^Give .* a longer context$/).waitFor();
  expect(await dialog.getByRole("button", { name: "Go on this way" }).isDisabled()).toBe(true);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findings(page, `what is read, ${colorScheme}`)).toEqual([]);
  }
  const costs = () => dialog.locator(".costs").allTextContents();
  await expect.poll(async () => (await costs()).filter((said) => !/[\d,]+ tokens.*MB of memory/.test(said))).toEqual([]);
});

test("in windows everything is read, the answer is found, and the receipt says so", async () => {
  const { page } = window;
  const dialog = page.getByRole("dialog");
  // A slow window may show only what came last of this.
  const read = new Set<number>();
  const stop = app.on((name, payload) => {
    const engine = name === "engine" ? (payload as EngineStatus) : null;
    if (engine?.phase === "reading" && engine.window) read.add(engine.window.number);
  });
  await dialog.getByRole("radio", { name: /^Read in windows/ }).check();
  await dialog.getByRole("button", { name: "Go on this way" }).click();
  await expect.poll(() => read.size, { timeout: 240_000 }).toBeGreaterThan(1);
  stop();
  await page.getByRole("button", { name: /^In \d windows$/ }).waitFor({ timeout: 240_000 });
  await askIn(window.page, question);
  const turn = page.locator(".turn").last();
  expect(await turn.locator(".answer").textContent()).toContain("4821");
  await turn.locator("summary").click();
  expect(await turn.locator(".receipt dl").textContent()).toMatch(/[\d,]+ tokens in \d windows/);
  expect(await turn.locator(".receipt summary").textContent()).toContain("all 12 pages read");
  // The passage is where it is in the document, not in what was picked from it.
  await turn.locator(".passage", { hasText: "4821" }).click();
  await expect.poll(async () => (await page.locator("mark[data-current=true]").allInnerTexts()).join(" ")).toContain("4821");
});

test("chosen pages are all that is read, which the list, the badge and the receipt say; the choice is kept", async () => {
  const { page } = window;
  await page.getByRole("button", { name: /^In \d windows$/ }).click();
  const dialog = page.getByRole("dialog", { name: "What is read" });
  await dialog.getByRole("radio", { name: /^Choose pages/ }).check();
  await dialog.getByLabel("Last page of Chronicle.txt").fill("12");
  await dialog.getByText(/These pages are about/).waitFor();
  await expect.poll(() => dialog.getByRole("button", { name: "Go on this way" }).isDisabled()).toBe(true);
  await dialog.getByLabel("First page of Chronicle.txt").fill("9");
  await dialog.getByLabel("Last page of Chronicle.txt").fill("10");
  await dialog.getByRole("button", { name: "Go on this way" }).click();
  await page.getByRole("button", { name: "Only pages 9 to 10" }).waitFor();
  await page.locator(".row").getByText("Reads pages 9 to 10 of 12").waitFor();
  await askIn(window.page, question);
  const turn = page.locator(".turn").last();
  expect(await turn.locator(".answer").textContent()).toContain("4821");
  expect(await turn.locator(".receipt summary").textContent()).toContain("2 of 12 pages read");

  const { conversation } = await app.requests.getState();
  await app.requests.openConversation(conversation!.documentIds);
  await app.requests.showConversation(conversation!.id);
  await page.getByRole("button", { name: "Only pages 9 to 10" }).waitFor();
});

test("the page complained of nothing", () => {
  expect(window.strays).toEqual([]);
  expect(window.complaints).toEqual([]);
});
