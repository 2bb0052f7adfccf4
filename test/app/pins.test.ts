/** "Always keep this": selected on a drawn page and in the text, listed with its cost, kept for an answer and after a restart, taken back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import type { DocumentInfo } from "../../preload/api.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { dropFiles, isInView, openTestWindow, printPdf, type TestWindow } from "./window.ts";

const clause = "The lamp of Gull Rock is lit at dusk, and the keeper answers for it with his wages.";
const filler = Array.from(
  { length: 12 },
  (_, i) => `In year ${i + 1} the harbour took ships of up to forty metres, and the council met on the first Monday.`,
);

let home: DataFolder;
let app: App;
let window: TestWindow;
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

const ready = async () => (await app.requests.getState()).documents[0] as Extract<DocumentInfo, { phase: "ready" }>;
const pinned = async () => {
  const { id, pins } = await ready();
  const pages = await app.requests.getPages(id);
  return pins.map(({ start, end }) => {
    const page = pages.findLast((candidate) => candidate.start <= start)!;
    return page.text.slice(start - page.start, end - page.start).replace(/\s+/g, " ");
  });
};

/** Selects from the first to the last of these words, as they stand in the elements of `selector`. Runs in the page. */
const select = (selector: string, first: string, last: string) => `(() => {
  const nodes = [...document.querySelectorAll(${JSON.stringify(selector)})].flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  });
  const start = nodes.find((node) => node.data.includes(${JSON.stringify(first)}));
  const end = nodes.slice(nodes.indexOf(start)).find((node) => node.data.includes(${JSON.stringify(last)}));
  getSelection().setBaseAndExtent(start, start.data.indexOf(${JSON.stringify(first)}), end, end.data.indexOf(${JSON.stringify(last)}) + ${last.length});
})()`;

test("what is selected on a drawn page, or in the text, is always kept, listed with its cost, and marked", async () => {
  const { page, browser } = window;
  const text = [...filler.slice(0, 6), clause, ...filler.slice(6)].join("\n");
  await dropFiles(page, [{ name: "Rules.pdf", bytes: await printPdf(browser, [text, filler.join("\n")]) }]);
  await page.getByText(/2 pages · [\d,]+ tokens/).waitFor({ timeout: 240_000 });
  await page.locator(".text-layer span", { hasText: "his wages" }).waitFor();
  await page.evaluate(select(".text-layer", "The lamp of Gull", "his wages"));
  await page.getByRole("button", { name: "Always keep this", exact: true }).click();
  await page.getByText("1 passage always kept").waitFor();
  expect(await pinned()).toEqual([clause]);
  await expect.poll(() => page.locator(".page-marks g[data-kind=pin]").count()).toBe(1);
  await expect.poll(() => page.locator(".strip b").count()).toBe(1);

  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.locator("mark[data-kind=pin]").waitFor();
  // What touches a passage becomes one with it.
  await page.evaluate(select(".sheet", "keeper answers", "In year 7"));
  await page.getByRole("button", { name: "Always keep this", exact: true }).click();
  await expect.poll(pinned).toEqual([`${clause} In year 7`]);
  const summary = page.locator(".pins summary");
  expect(await summary.textContent()).toMatch(/^1 passage always kept · about \d+ tokens, [\d.]+ [kM]B of every answer$/);
  await summary.click();
  await page.locator(".pins li", { hasText: "The lamp of Gull Rock" }).waitFor();
  expect(window.complaints).toEqual([]);
});

test("an answer at the smallest budget keeps it, and says so", async () => {
  const { page } = window;
  const asked = async (question: string) => {
    const count = await page.locator(".turn").count();
    await page.getByLabel("Question", { exact: true }).fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.locator(".turn[data-phase=done], .turn[data-phase=failed]").nth(count).waitFor({ timeout: 240_000 });
    const turn = (await app.requests.getState()).conversation!.turns[count]!;
    if (turn.phase !== "done") throw new Error(JSON.stringify(turn));
    return turn.cache.protectedTokens;
  };
  await app.requests.changeSettings({ budget: { kind: "share", share: 0.03 }, maxAnswerTokens: 8 });
  const tokens = (await ready()).tokens!;
  const kept = await asked("Who met on Monday?");
  await page.getByRole("button", { name: /^Do not always keep/ }).click();
  await page.locator(".pins").waitFor({ state: "detached" });
  const without = await asked("Who met on Monday?");
  expect(kept - without).toBeGreaterThan(15);
  expect(kept - without).toBeLessThan(tokens / 10);
});

test("by keys alone: from what was found to its sentence, longer and shorter, on a drawn page and in the text", async () => {
  const { page } = window;
  const chosen = async () => (await page.getByRole("group", { name: "Chosen passage" }).count()) > 0;
  const told = page.locator(".viewer [role=status]", { hasText: /^(Chosen|Always kept): / });
  await page.getByRole("button", { name: "Pages", exact: true }).press("Enter");
  await page.locator(".text-layer span").first().waitFor();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("keeper answers");
  await expect.poll(() => page.locator(".find-bar output").textContent()).toBe("1 of 1");
  // What is chosen first is what is found, as soon as that is in view.
  const match = page.locator(".page-marks g[data-kind=match]");
  await expect.poll(() => isInView(page, match)).toBe(true);
  await page.keyboard.press("Control+ArrowDown");
  await expect.poll(() => told.textContent()).toBe(`Chosen: “${clause}”`);
  await expect.poll(() => page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Pages of the document");
  await expect.poll(() => page.locator(".page-marks g[data-kind=chosen]").count()).toBe(1);
  await page.keyboard.press("Shift+ArrowDown");
  await expect.poll(() => told.textContent()).toMatch(/his wages\.\s+In year 7 .* first Monday\.”$/);
  await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(() => page.locator(".choice-bar .cost").textContent()).toMatch(/^about \d+ tokens, [\d.]+ [kM]B of every answer$/);
  await page.keyboard.press("Enter");
  await expect.poll(() => told.textContent()).toBe(`Always kept: “${clause}”`);
  await expect.poll(pinned).toEqual([clause]);
  await page.keyboard.press("Enter");
  await expect.poll(pinned).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(chosen).toBe(false);

  await page.getByRole("button", { name: "Text", exact: true }).press("Enter");
  await page.locator(".sheet").first().waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).press("Enter");
  await page.locator(".pages").press("Home");
  await expect.poll(() => page.locator(".pages").evaluate((pages) => pages.scrollTop)).toBe(0);
  await page.getByRole("button", { name: "Choose a passage to always keep" }).press("Enter");
  await expect.poll(() => told.textContent()).toMatch(/^Chosen: “In year 1 /);
  for (let i = 0; i < 13; i++) await page.keyboard.press("Control+ArrowDown");
  // The next page's first sentence, in view.
  await expect.poll(() => told.textContent()).toMatch(/^Chosen: “In year 1 /);
  await expect.poll(() => page.locator(".page[data-index='1'] mark[data-kind=chosen]").isVisible()).toBe(true);
  await page.keyboard.press("Control+ArrowUp");
  await expect.poll(() => told.textContent()).toMatch(/^Chosen: “In year 12 /);
  await page.getByRole("button", { name: "Always keep this", exact: true }).press("Enter");
  await expect.poll(async () => (await pinned())[0]).toMatch(/^In year 12 .* first Monday\.$/);
  await page.getByRole("button", { name: "Do not always keep this", exact: true }).press("Enter");
  await expect.poll(pinned).toEqual([]);
  await page.getByRole("group", { name: "Chosen passage" }).getByRole("button", { name: "Close" }).press("Enter");
  await expect.poll(chosen).toBe(false);

  // In the question box the same keys are the box's own.
  await page.keyboard.press("Control+l");
  await page.keyboard.press("Control+ArrowDown");
  expect(await chosen()).toBe(false);
  expect(window.complaints).toEqual([]);
});

test("a page is kept whole, over a restart", async () => {
  await window.page.getByLabel("Go to page").fill("2");
  await window.page.keyboard.press("Enter");
  // The number that was typed is gone with Enter: this is the page that is reached.
  await expect.poll(() => window.page.getByLabel("Go to page").inputValue()).toBe("2");
  await window.page.getByRole("button", { name: "Always keep this page" }).click();
  await window.page.getByRole("button", { name: "Page 2 is always kept" }).waitFor();
  await window.close();
  await app.close();
  app = await createApp();
  window = await openTestWindow(app);
  await window.page.getByText("1 passage always kept").waitFor();
  expect((await pinned())[0]).toMatch(/^In year 1 .* first Monday\.$/);
});
