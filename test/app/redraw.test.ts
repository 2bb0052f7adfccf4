/**
 * What the window draws anew, counted and not timed: a long library is drawn only where it is seen, and what happens all the time while the
 * engine reads changes nothing but what shows it. React itself tells which components ran.
 */
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConversationInfo, type DocumentInfo, nothingAllocated } from "../../preload/api.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

const documents = 1000;
const info = (i: number, tokens: number): DocumentInfo => ({
  id: `${i}`,
  name: `Report ${i}.txt`,
  fileBytes: i,
  folder: "",
  addedAt: i,
  phase: "ready",
  pages: 1,
  characters: 10,
  tokens,
  emptyPages: [],
  recognised: [],
  notes: [],
  pins: [],
});
const conversation = (i: number): ConversationInfo => ({
  id: `c${i}`,
  title: `Question ${i}`,
  documentIds: ["1"],
  documentNames: ["Report 1.txt"],
  branchOf: null,
  createdAt: i,
  changedAt: i,
  turns: 1,
});

/** Counts every run of a component under the nearest place of the window that it draws into or stands in. Runs in the page, before React. */
const countRuns = `{
  const places = ".reading, .gauge, .row, .composer, .chat, .viewer, .library, dialog, .app";
  const didRun = 1, components = [0, 1, 11, 15], element = 5;
  const placeOf = (fiber) => {
    let within = fiber.child;
    while (within && within.tag !== element) within = within.child;
    let around = fiber.return;
    while (around && around.tag !== element) around = around.return;
    const place = (within ?? around)?.stateNode.closest(places);
    return place ? (place.localName === "dialog" ? "dialog" : place.classList[0]) : "app";
  };
  const visit = (now, before) => {
    if (components.includes(now.tag) && now.flags & didRun) window.runs[placeOf(now)] = (window.runs[placeOf(now)] ?? 0) + 1;
    if (now.child === before?.child) return;
    for (let child = now.child; child; child = child.sibling) visit(child, child.alternate);
  };
  window.runs = {};
  window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: (_, root) => visit(root.current, root.current.alternate),
    onCommitFiberUnmount() {},
    onPostCommitFiberRoot() {},
    checkDCE() {},
  };
}`;

let fake: ReturnType<typeof fakeApp>;
let window: TestWindow;
let page: Page;
beforeEach(async () => {
  fake = fakeApp();
  fake.state.documents = Array.from({ length: documents }, (_, i) => info(i, 5));
  fake.state.conversations = Array.from({ length: 300 }, (_, i) => conversation(i));
  fake.state.conversation = { id: "new", documentIds: ["1"], extent: { kind: "whole" }, turns: [] };
  window = await openTestWindow(fake.app);
  page = window.page;
  // React asks once, when it starts.
  await page.addInitScript(countRuns);
  await page.reload();
  await page.locator(".row").nth(5).waitFor();
  await page.getByLabel("Question", { exact: true }).waitFor();
  await page.locator(".sheet").first().waitFor();
  await settled();
});
afterEach(() => window.close());

const runs = async () => (await page.evaluate("window.runs")) as Record<string, number>;
const forget = () => page.evaluate("window.runs = {}");
/** Waits until nothing was drawn for a while, at whose end the window had nothing left to do. */
const settled = () =>
  page.evaluate(`(async () => {
    for (let before; before !== JSON.stringify(window.runs); ) {
      before = JSON.stringify(window.runs);
      await new Promise((passed) => setTimeout(passed, 300));
      await scheduler.postTask(() => {}, { priority: "background" });
    }
  })()`);

test("of a thousand documents, and of many conversations, only the rows near the window are drawn, and their places told", async () => {
  for (const [tab, count] of [
    ["Conversations", 300],
    ["Documents", documents],
  ] as const) {
    await page.getByRole("tab", { name: tab }).click();
    const rows = page.getByRole("list", { name: tab }).getByRole("listitem");
    await rows.nth(5).waitFor();
    expect(await rows.count()).toBeLessThan(40);
    expect(await rows.first().getAttribute("aria-setsize")).toBe(`${count}`);
  }
});

test("when all documents change at once, each row in view is drawn once", async () => {
  const drawn = await page.locator(".row").count();
  await forget();
  fake.state.documents = Array.from({ length: documents }, (_, i) => info(i, 12));
  fake.emit("documents", fake.state.documents);
  await page.getByText("12 tokens").first().waitFor();
  await settled();
  // A row is seven components: itself, its menu, and two icons of two each with what they draw.
  expect((await runs()).row).toBeLessThan(drawn * 8);
});

test("while the engine reads, only the reading bar and the gauge are drawn anew", async () => {
  fake.emit("engine", { phase: "reading", done: 0, total: 1000, tokensPerSecond: 0, secondsLeft: null });
  await page.locator(".reading").waitFor();
  await settled();
  await forget();
  for (let done = 100; done <= 900; done += 100) {
    fake.emit("engine", { phase: "reading", done, total: 1000, tokensPerSecond: done, secondsLeft: 1 });
    fake.emit("memory", { ...nothingAllocated, readingBytes: done, readingPlace: "memory", systemTotalBytes: 1e9, systemFreeBytes: 1e8 });
    await expect.poll(() => page.locator(".reading progress").getAttribute("value")).toBe(`${done}`);
  }
  const windows = { window: { number: 2, of: 3 } };
  fake.emit("engine", { phase: "reading", done: 950, total: 1000, tokensPerSecond: 900, secondsLeft: 1, ...windows });
  await page.locator(".reading").getByText("window 2 of 3").waitFor();
  await settled();
  expect(Object.keys(await runs()).sort()).toEqual(["gauge", "reading"]);
});

test("a dialog is opened and closed over a window that stays as it is", async () => {
  await forget();
  for (const keys of ["Control+,", "Control+k"]) {
    await page.keyboard.press(keys);
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog[open]").count()).toBe(0);
  }
  await settled();
  const { dialog: _, app = 0, ...others } = await runs();
  expect(others).toEqual({});
  // What shows the dialogs, and the message that steps back behind them.
  expect(app).toBeLessThan(20);
});
