/** An app with something of everything in it, for tests that look at every screen; and axe-core, to look with. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { parseDocument } from "../../main/documents/import.ts";
import { type DocumentInfo, defaultModelSettings, type Evidence, type ModelEntry, type Turn } from "../../preload/api.ts";
import { finishedTurn } from "../finished-turn.ts";
import { fakeApp } from "../unit/host/fake-app.ts";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const arabic = "كتب حارس المنارة أن العاصفة بدأت في منتصف الليل.";

/** An app in the middle of its work: documents of several kinds and phases, a conversation with turns of every end. */
export async function busyApp() {
  const fake = fakeApp();
  const pdf = new Uint8Array(await readFile(new URL("../documents/harbour.pdf", import.meta.url)));
  const parsed = await parseDocument("Harbour.pdf", pdf.slice());
  const base = { fileBytes: 1000, folder: "", addedAt: 0, tokens: 7012, emptyPages: [], recognised: [], pins: [], notes: [] };
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
      notes: [{ text: "Its attachments were not opened ({names}). Save those that matter, and add them.", values: { names: "plan.pdf" } }],
    },
    { ...base, id: "opening", name: "Opening.pdf", phase: "parsing", pagesDone: 3, pagesTotal: 9 },
    {
      ...base,
      id: "failed",
      name: "Torn.pdf",
      phase: "failed",
      error: {
        code: "unreadable",
        text: "“{name}” is too large to be read here. Split it, and add the parts that matter.",
        values: { name: "Torn.pdf" },
      },
    },
  ];
  const evidence: Evidence = { documentId: "text", page: 1, start: 0, end: arabic.length, text: arabic, score: 1 };
  const done = finishedTurn({
    id: "done",
    question: "متى بدأت العاصفة؟",
    answer: `${arabic}\n\nIt says “the harbour was built”, with [a link](https://example.org/), \`code\` and a table:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`js\nlet x = 1; // ${"a line that is far too long for the column ".repeat(4)}\n\`\`\``,
    stopReason: "length",
    evidence: [evidence],
    quotes: [],
    kept: [{ documentId: "text", shares: [0.1, 0.9, 0.4] }],
  });
  const failed: Turn = {
    id: "failed",
    question: "And then?",
    answer: "",
    phase: "failed",
    error: {
      code: "no-memory",
      text: "Reading {tokens} tokens needs {needed} of memory, but only {free} is free: close other programs, or use a shorter document or a smaller model.",
      values: { tokens: 7012, needed: { bytes: 188e6 }, free: { bytes: 40e6 } },
    },
  };
  fake.state.documents = documents;
  fake.state.conversation = { id: "c", documentIds: ["text", "pdf"], extent: { kind: "whole" }, turns: [done, failed] };
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
  { id: "broken", name: "broken", origin: "linked", file: "/home/ada/broken.gguf", problem: { text: "It is cut off: fetch it again." } },
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
  offer:
    model.origin === "list"
      ? {
          size: "small",
          why: "Long context on little memory; short, plain answers.",
          licence: "Apache 2.0",
          languages: "English",
          repository: "a/b",
        }
      : null,
  trusted: true,
  settings: defaultModelSettings,
  measured: null,
}));

/** What axe finds serious or critical on what is shown now, one line each. */
export async function findings(page: Page, screen: string): Promise<string[]> {
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
