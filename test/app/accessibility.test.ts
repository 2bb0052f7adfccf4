/** Every screen and dialog under axe-core, light and dark, wide and narrow; and what axe cannot see: where the focus is, direction of text, motion. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Locator, Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { parseDocument } from "../../main/documents/import.ts";
import { type DocumentInfo, defaultModelSettings, type Evidence, type ModelEntry, type Turn } from "../../preload/api.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

const arabic = "كتب حارس المنارة أن العاصفة بدأت في منتصف الليل.";

/** An app in the middle of its work: documents of several kinds and phases, a conversation with turns of every end. */
async function busyApp() {
  const fake = fakeApp();
  const pdf = new Uint8Array(await readFile(new URL("../documents/harbour.pdf", import.meta.url)));
  const parsed = await parseDocument("Harbour.pdf", pdf.slice());
  const base = { fileBytes: 1000, folder: "", addedAt: 0, tokens: 7012, emptyPages: [], notes: [] };
  const documents: DocumentInfo[] = [
    {
      ...base,
      id: "pdf",
      name: "Harbour.pdf",
      phase: "ready",
      pages: parsed.pages.length,
      characters: parsed.text.length,
      emptyPages: [2],
    },
    {
      ...base,
      id: "text",
      name: "Diary.md",
      folder: "Letters",
      phase: "ready",
      pages: 1,
      characters: 60,
      notes: ["Its tables were left out."],
    },
    { ...base, id: "opening", name: "Opening.pdf", phase: "parsing", pagesDone: 3, pagesTotal: 9 },
    {
      ...base,
      id: "failed",
      name: "Torn.pdf",
      phase: "failed",
      error: { code: "unreadable", message: "This file is damaged: try a copy of it." },
    },
  ];
  const evidence: Evidence = { documentId: "text", page: 1, start: 0, end: arabic.length, text: arabic, score: 1 };
  const done: Turn = {
    id: "done",
    question: "متى بدأت العاصفة؟",
    answer: `${arabic}\n\nIt says “the harbour was built”, with [a link](https://example.org/), \`code\` and a table:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`js\nlet x = 1; // ${"a line that is far too long for the column ".repeat(4)}\n\`\`\``,
    phase: "done",
    stopReason: "length",
    promptTokens: 7055,
    answerTokens: 20,
    cache: {
      policy: "phrase",
      mode: "fast",
      budgetTokens: 421,
      fullBytes: 188e6,
      readingBytes: 188e6,
      answeringBytes: 6.1e6,
      peakBytes: 194e6,
      computeBytes: 11e6,
      protectedTokens: 40,
      keptPerLayer: [100, 200, 300],
    },
    timing: { readMs: 1, restoreMs: 0, questionMs: 1, selectMs: 1, gatherMs: 1, firstTokenMs: 4, decodeTokensPerSecond: 41 },
    evidence: [evidence],
    quotes: [],
    kept: [{ documentId: "text", shares: [0.1, 0.9, 0.4] }],
    notice: null,
  };
  const failed: Turn = {
    id: "failed",
    question: "And then?",
    answer: "",
    phase: "failed",
    error: { code: "no-memory", message: "Too little memory is free: close other programs." },
  };
  fake.state.documents = documents;
  fake.state.conversation = { id: "c", documentIds: ["text", "pdf"], turns: [done, failed] };
  fake.state.conversations = [
    {
      id: "c",
      title: "متى بدأت العاصفة؟",
      documentIds: ["text", "pdf"],
      documentNames: ["Diary.md", "Harbour.pdf"],
      turns: 2,
      branchOf: null,
      createdAt: 0,
      changedAt: 0,
    },
  ];
  fake.state.memory = {
    ...fake.state.memory,
    promptTokens: 7055,
    keptTokens: 421,
    weightsBytes: 1e8,
    processBytes: 3e8,
    systemFreeBytes: 4e9,
    systemTotalBytes: 8e9,
  };
  fake.state.comparison = { turnId: "done", full: { ...done, id: "full" } };
  fake.state.models = models;
  fake.state.downloads = [{ modelId: "offered", done: 1e6, total: 5e7, phase: "running", bytesPerSecond: 2e6, secondsLeft: 30 }];
  fake.app.requests.getPages = (id) =>
    Promise.resolve(id === "pdf" ? parsed.pages : [{ number: 1, start: 0, text: `${arabic}\n\nThe lamp was lit again at six.` }]);
  fake.app.requests.getFile = () => Promise.resolve(pdf);
  fake.app.requests.search = () =>
    Promise.resolve({
      documents: [
        {
          documentId: "pdf",
          title: [
            { text: "Harbour", hit: true },
            { text: ".pdf", hit: false },
          ],
        },
      ],
      pages: [
        {
          documentId: "pdf",
          page: 1,
          text: [
            { text: "the ", hit: false },
            { text: "harbour", hit: true },
          ],
        },
      ],
      conversations: [{ conversationId: "c", title: [{ text: "The storm", hit: false }] }],
      turns: [{ conversationId: "c", turnId: "done", text: [{ text: "a harbour", hit: true }] }],
    });
  return fake;
}

/** A model that is used, one that is being fetched, and one that cannot be used. */
const models: ModelEntry[] = [
  { id: "used", name: "SmolLM2 135M", origin: "list", file: "/models/used.gguf", problem: null },
  { id: "offered", name: "Qwen3 1.7B", origin: "list", file: null, problem: null },
  { id: "broken", name: "broken", origin: "linked", file: "/home/ada/broken.gguf", problem: "It is cut off: copy it here again." },
].map((model) => ({
  ...(model as Pick<ModelEntry, "id" | "name" | "origin" | "file" | "problem">),
  bytes: 98.4e6,
  shape: {
    architecture: "llama",
    layers: 30,
    heads: 9,
    kvHeads: 3,
    keyLength: 64,
    valueLength: 64,
    embedding: 576,
    vocabulary: 49_152,
    contextLength: 8192,
  },
  offer: model.origin === "list" ? { size: "small", why: "Quick.", licence: "Apache 2.0", languages: "English", repository: "a/b" } : null,
  trusted: true,
  settings: defaultModelSettings,
  measured: null,
}));

/** What axe finds serious or critical on what is shown now, one line each. */
async function findings(page: Page, screen: string): Promise<string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${axe} })()`);
  // A dialog fades in: half drawn, its colours are not its own.
  await page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})))");
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${screen}: ${id}: ${node.html.slice(0, 160)}: ${node.failureSummary?.split("\n")[1] ?? ""}`),
    );
}

const looks = (["light", "dark"] as const).flatMap((colorScheme) => [
  { colorScheme, viewport: { width: 1280, height: 800 } },
  { colorScheme, viewport: { width: 700, height: 800 } },
]);

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.viewport.width} px`;
  const narrow = look.viewport.width < 1080;

  test(`first run and failures: ${name}`, async () => {
    const fake = fakeApp();
    window = await openTestWindow(fake.app, look);
    const { page } = window;
    await page.getByText("Drop a long document here").waitFor();
    const found = await findings(page, "first run");
    fake.emit("engine", { phase: "no-model", error: { code: "no-model", message: "No model was found: run npm start." } });
    fake.emit("notice", { code: "restored", message: "The library was damaged, so its copy was opened." });
    await page.getByRole("alert").waitFor();
    found.push(...(await findings(page, "no model")));
    expect(found).toEqual([]);
  });

  test(`document, conversation and dialogs: ${name}`, async () => {
    const fake = await busyApp();
    window = await openTestWindow(fake.app, look);
    const { page } = window;
    const found: string[] = [];
    const see = async (screen: string) => found.push(...(await findings(page, screen)));
    const dialog = page.locator("dialog[open]");
    const closed = async () => {
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    };
    await page.getByText("The lamp was lit again").waitFor();
    await see("text of a document");
    if (narrow) await page.getByRole("tab", { name: "Conversation" }).click();
    await page.locator(".turn").first().waitFor();
    await see("conversation");
    await page.locator(".receipt summary").first().click();
    await see("receipt");
    await page.getByRole("button", { name: "Open the memory panel" }).click();
    await see("gauge panel");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Edit the question" }).first().click();
    await see("editing a question");
    await page.keyboard.press("Escape");
    await page.locator(".answer .link").click();
    await dialog.waitFor();
    await see("link");
    await closed();
    await page.getByRole("button", { name: "Compare with the full cache" }).click();
    await dialog.waitFor();
    await see("comparison");
    await closed();
    await page.locator(".passage").first().click();
    await page.locator("mark").first().waitFor();
    await see("evidence");
    await page.keyboard.press("Control+f");
    await page.keyboard.type("lamp");
    await see("find");
    await page.keyboard.press("Escape");
    for (const [keys, screen] of [
      ["Control+,", "settings"],
      ["Control+/", "shortcuts"],
    ] as const) {
      await page.keyboard.press(keys);
      await dialog.waitFor();
      await see(screen);
      for (const tab of await dialog.getByRole("tab").all()) {
        await tab.click();
        await see(`${screen}, ${await tab.textContent()}`);
      }
      await closed();
    }
    await page.keyboard.press("Control+m");
    await dialog.waitFor();
    await see("models");
    await dialog.getByRole("button", { name: "Settings of SmolLM2 135M" }).first().click();
    await see("a model");
    await closed();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("harbour");
    await dialog.getByRole("option").first().waitFor();
    await see("search");
    await closed();
    if (narrow) {
      await page.getByRole("button", { name: "Library", exact: true }).click();
      await dialog.waitFor();
    }
    await see("library");
    await page.getByRole("tab", { name: "Conversations" }).click();
    await see("list of conversations");
    await page.getByRole("tab", { name: "Documents" }).click();
    const row = page.locator(".row", { hasText: "Harbour.pdf" });
    await row.hover();
    await row.getByRole("button", { name: /^More about/ }).click();
    await see("menu");
    await page.getByRole("menuitem", { name: "Move to a folder…" }).click();
    await see("move");
    await closed();
    if (narrow) await page.getByRole("button", { name: "Library", exact: true }).click();
    await page.getByRole("button", { name: /^Torn/ }).click();
    await page.getByRole("alert").waitFor();
    await see("a document that could not be read");
    if (narrow) await page.getByRole("button", { name: "Library", exact: true }).click();
    await page.getByRole("button", { name: /^Harbour/ }).click();
    await page.locator("canvas").first().waitFor();
    await see("pages of a PDF");
    expect(found).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
}

/** The direction of a piece of text, whether that was said or found by its words. */
const directionOf = (text: Locator) => text.evaluate((element) => (element.matches(":dir(rtl)") ? "rtl" : "ltr"));

test("a document, a question and an answer from right to left are set from right to left", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  for (const place of [".viewer p", ".answer p", ".asked h3", ".passage .words"]) {
    const text = page.locator(place, { hasText: /[\u0600-\u06ff]/ }).first();
    expect([place, await directionOf(text)]).toEqual([place, "rtl"]);
  }
  const english = page.locator(".viewer p", { hasText: "The lamp was lit" });
  expect(await directionOf(english)).toBe("ltr");
  expect(await directionOf(page.locator(".answer code").first())).toBe("ltr");
});

test("the focus is back on what opened a dialog, or somewhere useful when that is gone", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  const focused = () =>
    page.evaluate(
      "document.activeElement === document.body ? 'nothing' : document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
    );
  const settings = page.getByRole("button", { name: "Settings" });
  await settings.focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(focused).toBe("Settings");
  // A menu closes as it opens a dialog: what had the focus is not shown any more.
  const row = page.locator(".row", { hasText: "Harbour.pdf" });
  await row.getByRole("button", { name: /^More about/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Move to a folder…" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(focused).toBe("More about Harbour.pdf");
  // A dialog that leads elsewhere leaves the reader there.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("harbour");
  await page.getByRole("option", { name: /the harbour/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  expect(await focused()).not.toBe("nothing");
});

test("nothing moves for those who want less motion", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app, { reducedMotion: "reduce" });
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  await page.keyboard.press("Control+,");
  await page.locator("dialog[open]").waitFor();
  const moving = `[...document.querySelectorAll("*")].filter((element) => {
    const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(element);
    const lasts = (duration) => duration.split(", ").some((one) => parseFloat(one) > 0);
    return (animationName !== "none" && lasts(animationDuration)) || lasts(transitionDuration) || scrollBehavior === "smooth";
  }).map((element) => element.outerHTML.slice(0, 100))`;
  expect(await page.evaluate(moving)).toEqual([]);
});
