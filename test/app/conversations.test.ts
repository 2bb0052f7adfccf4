/** Conversations as a person has them, with the real model: kept, found again, branched, saved, and whole after every kind of end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { finishedTurn } from "../finished-turn.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, openWindowAt, type TestWindow } from "./window.ts";

const kiln = {
  name: "Kiln.md",
  mimeType: "text/markdown",
  buffer: Buffer.from(
    `# Kiln\n\n${"The kiln stands behind the workshop and is fired in spring. ".repeat(30)}\n\nThe special magic number for Springfield is 4821.\n`,
  ),
};
const ferry = {
  name: "Ferry.md",
  mimeType: "text/markdown",
  buffer: Buffer.from("# Ferry\n\nThe ferry leaves at nine, and carries forty people across the lake.\n"),
};

const readyDocument = {
  id: "d",
  name: "Log.md",
  fileBytes: 1,
  folder: "",
  addedAt: 0,
  phase: "ready" as const,
  pages: 1,
  characters: 1,
  tokens: 100,
  emptyPages: [],
  recognised: [],
  pins: [],
  notes: [],
};

let home: DataFolder;
let app: App | null = null;
let window: TestWindow | null = null;
beforeAll(async () => {
  // A short answer is enough, and keeps the tests short.
  home = await ownDataFolder({ maxAnswerTokens: 24 });
});
afterEach(async () => {
  await window?.close();
  window = null;
  await app?.close();
  app = null;
});
afterAll(() => home.restore());

async function open(): Promise<TestWindow["page"]> {
  app = await createApp();
  window = await openTestWindow(app, { acceptDownloads: true });
  return window.page;
}

async function ask(page: TestWindow["page"], text: string): Promise<void> {
  const turns = await page.locator(".turn").count();
  await page.getByLabel("Question", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator(".turn:is([data-phase=done], [data-phase=failed])").nth(turns).waitFor({ timeout: 240_000 });
}

const titles = (page: TestWindow["page"]) => page.locator(".row .name").allTextContents();

test("questions and answers are there after a restart, and a new conversation does not take them away", async () => {
  let page = await open();
  await page.locator("#files").setInputFiles([kiln, ferry]);
  await page
    .locator(".row", { hasText: "Ferry.md" })
    .getByText(/tokens/)
    .waitFor({ timeout: 240_000 });
  await page
    .locator(".row", { hasText: "Kiln.md" })
    .getByText(/tokens/)
    .waitFor({ timeout: 240_000 });
  await page.locator(".row", { hasText: "Kiln.md" }).getByRole("button", { name: /^Kiln/ }).click();
  await page.getByText("Ask anything about Kiln.md").waitFor();
  await ask(page, "What is the special magic number for Springfield?");
  const answer = await page.locator(".answer").textContent();
  await window!.close();
  await app!.close();

  page = await open();
  await page.locator(".turn[data-phase=done]").waitFor();
  await expect.poll(() => page.locator(".answer").textContent()).toBe(answer);
  await expect.poll(() => page.locator(".chat > header h2").textContent()).toBe("What is the special magic number for Springfield?");
  await page.keyboard.press("Control+n");
  await expect.poll(() => page.locator(".turn").count()).toBe(0);
  await page.getByRole("tab", { name: "Conversations" }).click();
  await page.locator(".row", { hasText: "magic number" }).getByRole("button").first().click();
  await expect.poll(() => page.locator(".answer").textContent()).toBe(answer);
  expect(window!.complaints).toEqual([]);
});

test("an edited question goes on in a conversation of its own; the one before stays, and is one click away", async () => {
  const page = await open();
  await page.locator(".turn").hover();
  await page.getByRole("button", { name: "Edit the question" }).click();
  await page.getByLabel("Edited question").fill("What is the magic number?");
  await page.keyboard.press("Enter");
  // It stays under the pointer, however long the answer takes.
  await page.locator(".toast").hover();
  await page.locator(".turn[data-phase=done] h3", { hasText: "What is the magic number?" }).waitFor({ timeout: 240_000 });
  await page.getByRole("tab", { name: "Conversations" }).click();
  await expect.poll(() => titles(page)).toEqual(["What is the magic number?", "What is the special magic number for Springfield?"]);
  await page.getByRole("button", { name: "Go back" }).click();
  await page.locator(".turn h3", { hasText: "special magic number" }).waitFor();
  await expect.poll(() => page.locator(".turn").count()).toBe(1);
});

test("a document is added behind the others, and the next answer has both", async () => {
  const page = await open();
  await page
    .locator(".row", { hasText: "Ferry.md" })
    .getByRole("button", { name: /^Ferry/ })
    .click();
  // The one in view is not the one that is asked about.
  await page.getByPlaceholder("Ask about Kiln.md").waitFor();
  await page.getByRole("button", { name: "Add it to the conversation" }).click();
  await page.getByPlaceholder("Ask about 2 documents").waitFor();
  await page.locator(".row[data-opened=true]", { hasText: "Ferry.md" }).waitFor();
  await ask(page, "When does the ferry leave?");
  const state = await app!.requests.getState();
  const names = state.conversation!.documentIds.map((id) => state.documents.find((known) => known.id === id)?.name);
  expect(names).toEqual(["Kiln.md", "Ferry.md"]);
  expect(state.conversation!.turns).toHaveLength(2);
});

test("a conversation is renamed, deleted, brought back, and found by its words", async () => {
  const page = await open();
  await page.getByRole("tab", { name: "Conversations" }).click();
  const row = page.locator(".row", { hasText: "What is the magic number?" });
  await row.hover();
  await row.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByLabel("New name of this conversation").fill("Springfield, shorter");
  await page.keyboard.press("Enter");
  const renamed = page.locator(".row", { hasText: "Springfield, shorter" });
  await renamed.hover();
  await renamed.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await expect.poll(() => titles(page)).toEqual(["What is the special magic number for Springfield?"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await renamed.waitFor();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("springfield short");
  await page.getByRole("option", { name: "Springfield, shorter", exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".chat > header h2").textContent()).toBe("Springfield, shorter");
});

test("a conversation is saved as Markdown, web page and JSON, with its citations", async () => {
  const page = await open();
  for (const [label, ending, holds] of [
    ["Save as Markdown", ".md", "# Springfield, shorter"],
    ["Save as a web page", ".html", "<title>Springfield, shorter</title>"],
    ["Save as JSON", ".json", '"format": "folio-conversation"'],
  ] as const) {
    await page
      .locator(".chat > header")
      .getByRole("button", { name: /^More about/ })
      .click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: label }).click()]);
    expect(download.suggestedFilename()).toBe(`Springfield, shorter${ending}`);
    const saved = await readFile(await download.path(), "utf8");
    expect(saved).toContain(holds);
    expect(saved).toContain("What is the magic number?");
    expect(saved).toMatch(/Kiln\.md/);
  }
  expect(window!.complaints).toEqual([]);
});

test("a removed document comes back with Undo; until then its conversation can be read, and says why it cannot go on", async () => {
  const page = await open();
  const row = page.locator(".row", { hasText: "Kiln.md" });
  await row.hover();
  await row.getByRole("button", { name: /^More about/ }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByText("Kiln.md was removed.").waitFor();
  await expect.poll(() => page.getByLabel("Question", { exact: true }).isDisabled()).toBe(true);
  expect(await page.locator(".answer").count()).toBe(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await row.waitFor();
  await expect.poll(() => page.getByLabel("Question", { exact: true }).isDisabled()).toBe(false);
});

test("a conversation of 200 turns opens at its end with few drawn, earlier ones come in above without a jump, and one that is sought is shown", async () => {
  const fake = fakeApp();
  const turns = Array.from({ length: 200 }, (_, i) =>
    finishedTurn({ id: `t${i}`, question: `Question ${i}?`, answer: "Words. ".repeat(60) }),
  );
  fake.state.documents = [readyDocument];
  fake.state.conversation = { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns };
  const info = { title: "Long", documentIds: ["d"], documentNames: ["Log.md"], turns: 200, branchOf: null, createdAt: 0, changedAt: 0 };
  fake.state.conversations = [{ id: "c", ...info }];
  const hit = { conversationId: "c", turnId: "t7", text: [{ text: "Question 7?", hit: true }] };
  fake.app.requests.search = async () => ({ documents: [], pages: [], conversations: [], turns: [hit] });
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("Question 199?").waitFor();
  expect(await page.locator(".turn").count()).toBe(20);
  const box = page.locator(".turns");
  await expect.poll(() => box.evaluate((turns) => turns.scrollHeight - turns.scrollTop - turns.clientHeight)).toBeLessThan(2);
  await box.evaluate((turns) => turns.scrollTo(0, 900));
  const seen = page.locator(".turn", { hasText: "Question 185?" });
  const top = (await seen.boundingBox())!.y;
  await expect.poll(() => page.locator(".turn").count()).toBe(40);
  expect(Math.abs((await seen.boundingBox())!.y - top)).toBeLessThan(2);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("seven");
  await page.locator("dialog[open]").getByText("Question 7?").click();
  await expect.poll(async () => (await page.locator("#turn-t7").boundingBox())?.y ?? 9999).toBeLessThan(120);
  expect(window.complaints).toEqual([]);
});

test("a host that is killed in the middle of an answer has kept its words, and the turn says so", async ({ onTestFinished }) => {
  await writeFile(join(home.folder, "folio", "settings.json"), JSON.stringify({ maxAnswerTokens: 400 }));
  const host: ChildProcess = spawn(process.execPath, ["main/host.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, DISPLAY: "" },
  });
  // Also when something before that fails: nothing would end while it runs.
  onTestFinished(() => void host.kill("SIGKILL"));
  const [line] = (await once(createInterface(host.stdout!), "line")) as [string];
  const { page, close } = await openWindowAt(/http:\S+/.exec(line)![0]);
  onTestFinished(close);
  await page.locator(".turn").waitFor();
  await page.getByLabel("Question", { exact: true }).fill("Write a long story about the kiln, with many people in it.");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator(".turn[data-phase=answering] .answer").waitFor({ timeout: 240_000 });
  const answer = async () => (await page.locator(".answer").last().textContent()) ?? "";
  await expect.poll(async () => (await answer()).length, { timeout: 60_000 }).toBeGreaterThan(60);
  const shown = await answer();
  // Longer than words wait to be saved, and shorter than the answer; a host that was kept waiting has gone on since, twice.
  await new Promise((resolve) => setTimeout(resolve, 350));
  for (let i = 0; i < 2; i++) {
    const { length } = await answer();
    await expect.poll(async () => (await answer()).length).toBeGreaterThan(length);
  }
  host.kill("SIGKILL");
  await once(host, "exit");

  const again = await open();
  const last = again.locator(".turn").last();
  await last.locator('[data-code="interrupted"]').waitFor();
  const kept = (await last.locator(".answer").textContent())!;
  expect(kept.startsWith(shown.slice(0, 50))).toBe(true);
  expect(kept.length).toBeGreaterThanOrEqual(shown.length - 5);
});
