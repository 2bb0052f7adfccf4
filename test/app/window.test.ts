/** The window by itself, in front of an app that says what the test tells it: untrusted answers, keys, sizes, long documents. */
import { afterEach, expect, test } from "vitest";
import { finishedTurn } from "../finished-turn.ts";
import { appWith, longDocument, passage } from "./one-document.ts";
import { isInView, openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

const untrusted = [
  "![picture](https://evil.example/a.png)",
  "![](//evil.example/b.png)",
  "![x][ref]\n\n[ref]: https://evil.example/c.png",
  '<img src="https://evil.example/d.png">',
  "<script>document.title = 'taken'</script>",
  '<svg onload="document.title=1"><image href="https://evil.example/e.png"/></svg>',
  "<style>@import 'https://evil.example/f.css';</style>",
  '<iframe src="https://evil.example/g"></iframe>',
  "[run](javascript:document.title='taken')",
  "[data](data:text/html,<script>1</script>)",
  "[odd](java&#115;cript:document.title=1)",
  "<https://evil.example/h>",
  "www.evil.example/i",
  '<a href="https://evil.example/j" ping="https://evil.example/k">x</a>',
  '<form action="https://evil.example/l"><input autofocus onfocus="document.title=1"></form>',
];

test("whatever an answer holds, nothing is loaded, run or followed, also while it streams in", async () => {
  const fake = appWith(longDocument(2), [{ id: "t", question: "Q", answer: "", phase: "answering" }]);
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".turn").waitFor();
  const answer = untrusted.join("\n\n");
  for (const text of answer.match(/[\s\S]{1,3}/g)!) fake.emit("answer", { turnId: "t", text });
  await page.locator(".answer").getByText("evil.example/l").waitFor();
  fake.emit("turn", finishedTurn({ answer }));
  await page.locator(".turn[data-phase=done]").waitFor();
  expect(await page.locator(".answer :is(img, script, svg, style, iframe, form, input:not([type=checkbox]), a)").count()).toBe(0);
  await expect.poll(() => page.title()).toBe("Lighthouse.pdf · Folio");

  await page.locator(".answer").getByRole("button", { name: "www.evil.example/i" }).click();
  const dialog = page.getByRole("dialog", { name: /open this link/ });
  expect(await dialog.locator(".target").textContent()).toBe("http://www.evil.example/i");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect(window.strays).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test("in a document of 1,000 pages only a few are drawn, and a passage far away is reached exactly", async () => {
  const pages = longDocument(1000);
  const fake = appWith(pages, [finishedTurn({ answer: "It wrote 7911.", evidence: [passage(pages, 912), passage(pages, 3)] })]);
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByRole("button", { name: /^p 912/ }).click();
  const mark = page.locator("mark[data-current=true]");
  await expect.poll(() => mark.textContent()).toBe("On page 912 the keeper wrote down number 7911.");
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("912");
  expect(await page.locator(".page").count()).toBeLessThan(12);
  await expect.poll(() => isInView(page, mark)).toBe(true);
  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(() => mark.textContent()).toBe("On page 3 the keeper wrote down number 7002.");

  await page.keyboard.press("Control+f");
  await page.keyboard.type("number 7499");
  await expect.poll(() => page.locator(".find-bar output").textContent()).toBe("1 of 1");
  await expect.poll(() => page.locator("mark[data-kind=match]").textContent()).toBe("number 7499");
  await page.keyboard.press("Escape");
  await page.getByLabel("Go to page").fill("1000");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByRole("article", { name: "Page 1000", exact: true }).count()).toBe(1);
});

test("the passage of another answer is reached as the first one was, and another document begins at its first page", async () => {
  const pages = longDocument(60);
  const fake = appWith(pages, [finishedTurn({ answer: "Yes.", evidence: [passage(pages, 40)] })]);
  fake.state.documents = [...fake.state.documents, { ...fake.state.documents[0]!, id: "e", name: "Ferry.txt" }];
  window = await openTestWindow(fake.app);
  const { page } = window;
  const at = () => page.getByLabel("Go to page").inputValue();
  await page.getByRole("button", { name: /^p 40/ }).click();
  await expect.poll(at).toBe("40");
  await page.getByLabel("Question", { exact: true }).fill("When?");
  await page.keyboard.press("Enter");
  await expect.poll(() => fake.calls.some(([name]) => name === "ask")).toBe(true);
  fake.emit("turn", finishedTurn({ id: "u", answer: "In spring.", evidence: [passage(pages, 7)] }));
  await page.getByRole("button", { name: /^p 7/ }).click();
  await expect.poll(at).toBe("7");
  await expect.poll(() => isInView(page, page.locator("mark[data-current=true]"))).toBe(true);
  await page.getByRole("button", { name: /^Ferry/ }).click();
  await expect.poll(() => page.title()).toBe("Ferry.txt · Folio");
  await page.locator(".sheet").first().waitFor();
  await expect.poll(at).toBe("1");
});

test("everything is reached by keyboard, and the focus comes back from dialogs", async () => {
  const fake = appWith(longDocument(3), [finishedTurn({ answer: "Yes." })]);
  fake.app.requests.countPrompt = () => Promise.resolve({ promptTokens: 7055, limit: 8176, windows: null });
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".turn").waitFor();
  await page.locator(".sheet").first().waitFor();
  const focused = () => page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");

  await page.keyboard.press("Control+l");
  await expect.poll(focused).toBe("Question");
  for (const [keys, title] of [
    ["Control+,", "Settings"],
    ["Control+/", "Keyboard shortcuts"],
    ["Control+k", "Search the library"],
  ] as const) {
    await page.keyboard.press(keys);
    await page.getByRole("dialog", { name: title }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await focused()).toBe("Question");
  }
  // On many keyboards the slash is typed with Shift.
  await page.evaluate(`dispatchEvent(new KeyboardEvent("keydown", { key: "/", ctrlKey: true, shiftKey: true }))`);
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);

  await page.keyboard.type("Who?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("When?");
  await page.keyboard.press("Enter");
  await expect.poll(() => fake.calls.filter(([name]) => name === "ask")).toEqual([["ask", "Who?\nWhen?"]]);
  fake.emit("turn", { id: "u", question: "Who?\nWhen?", answer: "", phase: "waiting" });
  await page.getByRole("button", { name: "Stop", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => fake.calls.filter(([name]) => name === "stop").length).toBe(1);

  await page.keyboard.press("Control+n");
  await expect.poll(() => fake.calls.filter(([name]) => name === "openConversation")).toEqual([["openConversation", ["d"]]]);
  const names = new Set<unknown>();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("Tab");
    names.add(await focused());
  }
  for (const name of ["Settings", "Go to page", "Text of the document", "Question", "Budget", "Stop", "Open the memory panel"]) {
    expect(names).toContain(name);
  }
});

test("a prompt that is too long is said with its numbers, and cannot be asked", async () => {
  const fake = appWith(longDocument(10), []);
  fake.state.model = {
    name: "Small",
    file: "small.gguf",
    bytes: 1,
    sha256: "",
    layers: 2,
    heads: 2,
    kvHeads: 1,
    contextLength: 8192,
    longestContext: 8192,
    profile: null,
    unsupported: null,
    tokenBytes: 22_500,
    readingSpeed: 100,
    gpu: null,
  };
  fake.app.requests.countPrompt = () => Promise.resolve({ promptTokens: 9396, limit: 8176, windows: { count: 3, tokens: 9300 } });
  window = await openTestWindow(fake.app);
  const { page } = window;
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(
    /9,396 tokens are too long for Small, which reads at most 8,176\. 1,220 too many, about 2 pages/,
  );
  await page.getByLabel("Question", { exact: true }).fill("Who?");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "More than fits at once" }).waitFor();
  expect(fake.calls.some(([name]) => name === "ask")).toBe(false);
});

test("a narrow window has two tabs and a drawer, and nothing scrolls sideways", async () => {
  const pages = longDocument(5);
  const wide = "| a | b |\n|---|---|\n| `a_very_long_name_without_any_break_in_it_that_goes_on_and_on` | another_very_long_one |\n";
  const fake = appWith(pages, [finishedTurn({ answer: wide, evidence: [passage(pages, 4)] })]);
  window = await openTestWindow(fake.app);
  const { page } = window;
  for (const width of [1280, 1080, 1079, 800, 640]) {
    await page.setViewportSize({ width, height: 600 });
    const tab = page.getByRole("tab", { name: "Conversation", exact: true });
    if (width < 1080) await tab.click();
    else await expect.poll(() => tab.count()).toBe(0);
    await page.getByRole("button", { name: /^p 4/ }).click();
    await expect.poll(() => page.locator("mark[data-current=true]").isVisible()).toBe(true);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    const gauge = (await page.locator(".gauge-line").boundingBox())!;
    expect(gauge.height).toBe(40);
  }
  await page.getByRole("button", { name: "Library" }).click();
  await expect.poll(() => page.getByRole("dialog").getByText("Lighthouse.pdf").isVisible()).toBe(true);
});

test("the theme follows the system until one is chosen", async () => {
  const fake = appWith(longDocument(1), []);
  window = await openTestWindow(fake.app, { colorScheme: "dark" });
  const { page } = window;
  const lightness = () => page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
  await page.locator(".sheet").waitFor();
  await expect.poll(lightness).toBeLessThan(60);
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Window" }).click();
  await page.getByRole("radio", { name: "Light" }).click();
  await expect.poll(() => fake.calls.filter(([name]) => name === "changeSettings")).toEqual([["changeSettings", { theme: "light" }]]);
  await expect.poll(lightness).toBeGreaterThan(200);

  const refused = Object.assign(new Error("The settings could not be saved: free some space and try again."), { code: "disk-full" });
  fake.app.requests.changeSettings = () => Promise.reject(refused);
  await page.getByRole("radio", { name: "Dark" }).click();
  await expect.poll(() => page.getByRole("radio", { name: "Light" }).isChecked()).toBe(true);
});

test("what was read of documents that are not in the library is one row, cleared at once", async () => {
  const fake = appWith(longDocument(2), []);
  let read = ["d", "gone", "asked-elsewhere"].map((documentId, i) => ({ documentId, bytes: (i + 1) * 1e6 }));
  fake.app.requests.getSnapshotSizes = async () => ({ bytes: read.reduce((sum, { bytes }) => sum + bytes, 0), documents: read });
  fake.app.requests.clearSnapshots = async (documentId) => {
    read = read.filter((known) => known.documentId !== documentId);
  };
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Storage" }).click();
  const rows = page.locator(".snapshots .name");
  await expect.poll(() => rows.allTextContents()).toEqual(["Lighthouse.pdf", "2 documents that are not in the library", ""]);
  await page.locator(".snapshots li", { hasText: "not in the library" }).getByText("5.0 MB").waitFor();
  await page.getByRole("button", { name: "Clear what was read of 2 documents that are not in the library" }).click();
  await expect.poll(() => rows.allTextContents()).toEqual(["Lighthouse.pdf", ""]);
  expect(read.map(({ documentId }) => documentId)).toEqual(["d"]);
});
