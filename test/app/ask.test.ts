/** A session as a person has it, with the real model: drop a PDF, ask, watch, look the evidence up, change the settings. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { askIn, dropFiles, harbourText, isInView, openTestWindow, printPdf, type TestWindow } from "./window.ts";

const fact = "The special magic number for Springfield is 4821.";
const pages = Array.from({ length: 8 }, (_, i) =>
  [`Chapter ${i + 1}`, harbourText[i % 4]!, ...(i === 4 ? [fact] : []), harbourText[(i + 1) % 4]!, harbourText[(i + 2) % 4]!].join("\n"),
);
const question = "What is the special magic number for Springfield?";

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

/** Notes what the gauge and the latest answer say whenever they change. Runs in the page. */
const watch = `{
  window.seen = { gauge: [], answer: [] };
  const note = (list, text) => text && list.at(-1) !== text && list.push(text);
  new MutationObserver(() => {
    note(window.seen.gauge, document.querySelector(".gauge-used")?.textContent);
    note(window.seen.answer, [...document.querySelectorAll(".answer")].at(-1)?.textContent);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}`;

test("a PDF is dropped anywhere on the window, opened, and its exact length is shown before anything is asked", async () => {
  const { page, browser } = window;
  const bytes = await printPdf(browser, pages);
  await dropFiles(page, [{ name: "Harbour.pdf", bytes }], async () => {
    await page.getByText("Drop to add").waitFor();
  });
  await expect.poll(() => page.getByText("Drop to add").count()).toBe(0);
  await page.getByText(/8 pages · [\d,]+ tokens/).waitFor({ timeout: 240_000 });
  await page.getByText("built in three stages").first().waitFor();
  const length = page.locator(".length");
  await length.getByText(/^[\d,]+ of [\d,]+ tokens$/).waitFor({ timeout: 240_000 });
  const before = Number((await length.textContent())!.split(" ")[0]!.replace(",", ""));
  await page.getByLabel("Question", { exact: true }).fill(question);
  await expect.poll(async () => Number((await length.textContent())!.split(" ")[0]!.replace(",", ""))).toBeGreaterThan(before);
});

test("the answer streams in, comes from the document, and the gauge shows what it took", async () => {
  const { page } = window;
  await page.evaluate(watch);
  await askIn(window.page, question);
  expect(await page.locator(".turn").first().getAttribute("data-phase")).toBe("done");
  expect(await page.locator(".answer").first().textContent()).toContain("4821");

  const seen = (await page.evaluate("window.seen")) as { gauge: string[]; answer: string[] };
  expect(seen.answer.length).toBeGreaterThan(2);
  expect(seen.answer.every((text, i) => i === 0 || text.length >= seen.answer[i - 1]!.length)).toBe(true);
  expect(new Set(seen.gauge).size).toBeGreaterThan(1);
  expect(seen.gauge.at(-1)).toMatch(/^Memory used to answer [\d.]+ MB of [\d.]+ MB$/);
  const [used, full] = [...seen.gauge.at(-1)!.matchAll(/([\d.]+) MB/g)].map((match) => Number(match[1]));
  expect(used!).toBeLessThan(full! / 2);
});

test("a passage takes the reader to exactly that passage, highlighted; Alt and the arrows go through them", async () => {
  const { page } = window;
  const passageButtons = page.locator(".turn").first().locator(".passage");
  const total = await passageButtons.count();
  expect(total).toBeGreaterThan(0);
  const passages: string[] = [];
  await page.getByRole("button", { name: "Text", exact: true }).click();
  for (let i = 0; i < total; i++) {
    await passageButtons.nth(i).click();
    const marks = page.locator("mark[data-current=true]");
    await expect.poll(() => marks.count()).toBeGreaterThan(0);
    await expect.poll(() => passageButtons.nth(i).getAttribute("aria-pressed")).toBe("true");
    const quoted = (await passageButtons.nth(i).locator(".words").textContent())!.replace(/…$/, "");
    // A passage over a page's end is quoted whole but marked on each page; its beginning is what the reader is taken to.
    await expect
      .poll(async () => (await marks.allInnerTexts()).join(" ").replace(/\s+/g, " ").trim().startsWith(quoted.slice(0, 40)))
      .toBe(true);
    passages.push(quoted);
    await expect.poll(() => isInView(page, marks.first())).toBe(true);
  }
  expect(passages.some((passage) => passage.includes("4821"))).toBe(true);
  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(() => passageButtons.first().getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(() => passageButtons.nth(total - 1).getAttribute("aria-pressed")).toBe("true");

  // The keep map is drawn from what the cache of this answer really kept.
  await expect.poll(async () => (await page.locator(".keep-map path").getAttribute("d"))!.length).toBeGreaterThan(500);
  await page.getByRole("button", { name: "Pages", exact: true }).click();
  for (let i = 0; i < total; i++) {
    await passageButtons.nth(i).click();
    const mark = page.locator("g[data-current=true]").first();
    await expect.poll(() => mark.locator("polygon").count()).toBeGreaterThan(0);
    await expect
      .poll(async () => {
        const [at, area] = [await mark.boundingBox(), await page.locator(".pages").boundingBox()];
        return at !== null && at.y > area!.y && at.y < area!.y + area!.height;
      })
      .toBe(true);
  }
});

test("the gauge opens: parts in bytes, a bar for every layer", async () => {
  const { page } = window;
  await page.getByRole("button", { name: "Open the memory panel" }).click();
  await expect.poll(() => page.locator(".bars span").count()).toBe(30);
  const parts = await page.locator(".gauge-panel dd .number").allInnerTexts();
  expect(parts.every((text) => /^[\d.,]+ (B|kB|MB|GB)$/.test(text))).toBe(true);
  await page.keyboard.press("Escape");
  await page.locator(".gauge-panel").waitFor({ state: "detached" });
});

test("between questions what was read rests on disk; writing one brings it back", async () => {
  const place = async () => (await app.requests.getState()).memory.readingPlace;
  await expect.poll(place).toBe("disk");
  await window.page.getByLabel("Question", { exact: true }).fill("Who weighed the coal?");
  await expect.poll(place, { timeout: 60_000 }).toBe("memory");
});

test("a changed budget takes effect at the next question", async () => {
  const { page } = window;
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog").getByRole("button", { name: /^25 %/ }).click();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByLabel("Budget").inputValue()).toBe("25 %");
  await askIn(window.page, question);
  await page.getByLabel("Budget").selectOption("3 %");
  await askIn(window.page, question);
  const kept: number[] = [];
  for (const turn of await page.locator(".receipt").all()) {
    await turn.locator("summary").click();
    const row = turn.locator("dl > div").filter({ has: page.getByText("Kept", { exact: true }) });
    kept.push(Number((await row.locator("dd").textContent())!.split(" ")[0]!.replace(",", "")));
  }
  // 6 %, the default, then 25 %, then 3 %.
  expect(kept).toHaveLength(3);
  expect(kept[1]!).toBeGreaterThan(kept[0]!);
  expect(kept[2]!).toBeLessThan(kept[0]!);
});

test("Escape stops an answer, and what was said is kept", async () => {
  const { page } = window;
  const turns = await page.locator(".turn").count();
  await page.keyboard.press("Control+l");
  await page.keyboard.type("Tell in many words what the council, the mills and the lighthouse keeper did.");
  await page.keyboard.press("Enter");
  const turn = page.locator(".turn").nth(turns);
  await turn.locator(".answer").waitFor({ timeout: 240_000 });
  await page.keyboard.press("Escape");
  await expect.poll(() => turn.getAttribute("data-phase"), { timeout: 240_000 }).toBe("done");
  expect(await turn.locator(".answer").textContent()).not.toBe("");
});

test("an encrypted file says in one sentence what is wrong, and nothing else stops", async () => {
  const { page } = window;
  await page.locator("#files").setInputFiles("test/documents/password.pdf");
  const row = page.locator(".row", { hasText: "password.pdf" });
  await row.getByText("Could not be opened").waitFor({ timeout: 240_000 });
  await row.getByRole("button", { name: /^password\.pdf/ }).click();
  const says = await page.locator(".arriving.failed p").textContent();
  expect(says).toContain("password.pdf");
  expect(says).toMatch(/password/i);
  await page.getByRole("button", { name: "Remove it from the library" }).click();
  await expect.poll(() => row.count()).toBe(0);
});

test("nothing was loaded from elsewhere, and the page complained of nothing", () => {
  expect(window.strays).toEqual([]);
  expect(window.complaints).toEqual([]);
});
