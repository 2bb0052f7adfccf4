/** Documents longer than the context, on the real starter model with a context of 2,048 tokens: one thread, the same in every run. */
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { SnapshotStore } from "../../main/engine/snapshot.ts";
import type { AskRequest } from "../../main/engine/turn.ts";
import { hooks, request } from "./fixtures.ts";

/** Of kinds that even this small model keeps apart. */
const facts = [
  {
    sentence: "The special magic number for Springfield is 4821.",
    question: "What is the special magic number for Springfield?",
    value: "4821",
  },
  { sentence: "The access code for the north gate is KT-57.", question: "What is the access code for the north gate?", value: "KT-57" },
  {
    sentence: "The person responsible for the water tower is Amara Jensen.",
    question: "Who is responsible for the water tower?",
    value: "Jensen",
  },
];
const [springfield, gate, tower] = facts as [(typeof facts)[0], (typeof facts)[0], (typeof facts)[0]];
// About 4,500 tokens of real text, with facts in the first window, in the middle, and in the last.
const paragraphs = ["ferry", "hive-manual", "piano-tuner", "salt"].flatMap((name) =>
  readFileSync(new URL(`../../bench/data/tuning/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split("\n\n"),
);
const places = [0.1, 0.55, 0.95].map((depth) => Math.floor(depth * paragraphs.length));
for (const [i, at] of places.entries()) paragraphs[at] += ` ${facts[i]!.sentence}`;
const text = paragraphs.join("\n\n");

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-windows-"));
  engine = await Engine.load(defaultModelFile(), { threads: 1, contextLength: 2048, snapshots: new SnapshotStore(folder, 4e9) });
  await engine.addDocument("long", text);
  await engine.addDocument("short", "The keeper of the keys lives in the white house by the well.");
});
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

const inWindows = (overrides: Partial<AskRequest> = {}): AskRequest =>
  request({ documentIds: ["long"], extent: { kind: "windows" }, budget: { kind: "share", share: 0.12 }, ...overrides });

it("says what windows would read where the prompt is too long, and refuses to read it whole", async () => {
  const asked = { documentIds: ["long"], history: [], question: gate.question };
  const { promptTokens, limit, windows } = await engine.countPrompt(asked);
  expect(promptTokens).toBeGreaterThan(limit);
  expect(windows!.count).toBeGreaterThanOrEqual(3);
  expect(Math.abs(windows!.tokens - promptTokens)).toBeLessThan(200);
  await expect(engine.ask(request(asked), hooks())).rejects.toMatchObject({ code: "too-long", message: expect.stringMatching(/windows/) });
  expect((await engine.countPrompt({ ...asked, documentIds: ["short"] })).windows).toBeNull();
});

it("stops within a piece, and keeps the windows that were read", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const stopped = engine.read(
    inWindows(),
    hooks({
      signal: controller.signal,
      onStatus: (status) => {
        if (status.phase !== "reading") return;
        seen.push(status.window!.number);
        if (status.window!.number === 2 && status.tokensPerSecond > 0) controller.abort();
      },
    }),
  );
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  expect(Math.max(...seen)).toBe(2);
  const saved = await readdir(folder, { recursive: true });
  expect(saved.filter((name) => name.endsWith(".kv"))).toHaveLength(1);
});

it("finds what is in the first, a middle and the last window, and says where it is in the document", async () => {
  const { windows } = await engine.countPrompt({ documentIds: ["long"], extent: { kind: "windows" }, history: [], question: "" });
  const progress: { done: number; number: number; of: number }[] = [];
  await engine.read(
    inWindows(),
    hooks({ onStatus: (status) => status.phase === "reading" && progress.push({ done: status.done, ...status.window! }) }),
  );
  expect(new Set(progress.map(({ number }) => number)).size).toBe(windows!.count);
  expect(progress.every(({ of }) => of === windows!.count)).toBe(true);
  expect(progress.every(({ done }, i) => i === 0 || done >= progress[i - 1]!.done)).toBe(true);

  for (const fact of facts) {
    const read: number[] = [];
    const result = await engine.ask(
      inWindows({ question: fact.question }),
      hooks({ onStatus: (status) => status.phase === "reading" && status.tokensPerSecond > 0 && read.push(status.done) }),
    );
    expect(result.answer).toContain(fact.value);
    expect(read).toEqual([]);
    expect(result.windows).toEqual({ ...windows, picked: expect.any(Number) });
    expect(result.windows!.picked).toBeLessThan(result.promptTokens);
    expect(result.promptTokens).toBeLessThan(2048);
    const passages = result.evidence.map(({ start, end }) => text.slice(start, end));
    expect(passages).toContain(fact.sentence);
    const bin = Math.floor((200 * text.indexOf(fact.sentence)) / text.length);
    expect(Math.max(...result.keptShares[0]!.slice(bin - 1, bin + 2))).toBeGreaterThan(0);
    expect(result.timing.restoreMs).toBeGreaterThan(0);
  }
  expect(engine.memory().readingBytes).toBe(0);
});

it("goes on with a conversation, over several documents, and in every mode", async () => {
  const history = [{ question: springfield.question, answer: springfield.sentence }];
  for (const mode of ["fast", "balanced"] as const) {
    const result = await engine.ask(inWindows({ documentIds: ["short", "long"], history, question: tower.question, mode }), hooks());
    expect(result.answer).toContain(tower.value);
    expect(result.cache.mode).toBe(mode);
    expect(result.evidence.find(({ start, end }) => text.slice(start, end) === tower.sentence)).toMatchObject({ documentIndex: 1 });
    expect(result.keptShares).toHaveLength(2);
  }
});

it("reads only chosen pages, and tells places in the whole document", async () => {
  const start = text.indexOf(paragraphs[places[1]! - 2]!);
  const end = text.indexOf(paragraphs[places[1]! + 2]!) - 2;
  const parts = { kind: "parts" as const, parts: [{ start, end }] };
  const asked = request({ documentIds: ["long"], extent: parts, question: gate.question });
  const { promptTokens, limit } = await engine.countPrompt(asked);
  expect(promptTokens).toBeLessThan(limit);
  await engine.read(asked, hooks());
  const result = await engine.ask(asked, hooks());
  expect(result.answer).toContain(gate.value);
  expect(result.promptTokens).toBe(promptTokens);
  expect(result.evidence.map((passage) => text.slice(passage.start, passage.end))).toContain(gate.sentence);
  expect(result.windows).toBeNull();
  const shares = result.keptShares[0]!;
  expect(shares.slice(0, Math.floor((200 * start) / text.length)).every((share) => share === 0)).toBe(true);
  const elsewhere = await engine.ask({ ...asked, question: tower.question }, hooks());
  expect(elsewhere.answer).not.toContain(tower.value);
});
