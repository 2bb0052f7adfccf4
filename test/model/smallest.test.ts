/** Smallest mode: tokens are let go of while a document is read, memory stays under its bound, and questions are answered from what is left. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantedText } from "../../bench/texts.ts";
import { BoundedCache } from "../../main/engine/bounded.ts";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { buildPrompt, tokenizeDocument } from "../../main/engine/prompt.ts";
import type { EngineStatus, MemoryReport } from "../../preload/api.ts";
import { essay, fact, hooks, question, request } from "./fixtures.ts";

let engine: Engine;
let text: string;
beforeAll(async () => {
  engine = await Engine.load(defaultModelFile(), { threads: 1 });
  const countTokens = (part: string) => engine.loaded.model.tokenize(part, false).length;
  text = plantedText("tuning", 1, { tokens: 2600, count: 0, kind: "number", countTokens }).text;
  await engine.addDocument("long", text);
  await engine.addDocument("essay", essay(fact));
});
afterAll(() => engine.dispose());

const smallest = (overrides: Parameters<typeof request>[0] = {}) => request({ mode: "smallest", ...overrides });

describe("the cache", () => {
  const options = { answerTokens: 0, signal: new AbortController().signal, onProgress: () => {} };

  it.each([0.12, 0.5])("never holds more than its bound of %f and one piece, and keeps what it says", async (share) => {
    const { loaded } = engine;
    const document = await tokenizeDocument(loaded.model, text);
    const prompt = buildPrompt(loaded.model, loaded.template, [document], [], "What is this about?");
    const [first, end] = [prompt.documentStarts[0]!, prompt.documentStarts.at(-1)!];
    const cache = new BoundedCache(loaded, { threads: 1, kvType: "f16", share });
    let largest = 0;
    await cache.read(prompt, end, { ...options, onProgress: () => (largest = Math.max(largest, cache.report()?.bytes ?? 0)) });
    const rows = Math.round(share * (end - first)) + first;
    // keys and values of 3 heads of 64 numbers, 2 bytes each, in 30 layers
    const most = (rows + 512) * 30 * 2 * 3 * 64 * 2;
    expect(largest).toBeLessThan(most + 65_536);
    expect(cache.peakBytes).toBe(largest);
    expect(loaded.fullBytes(end)).toBeGreaterThan(share < 0.3 ? 2 * largest : largest);
    expect(cache.report()!.layers.map(({ usedRows }) => usedRows)).toEqual(new Array(30).fill(rows));

    const { kept, perLayer } = cache.left();
    for (const [layer, sets] of kept!.entries()) {
      expect(perLayer[layer]).toBe(rows);
      expect(sets).toHaveLength(3);
      for (const set of sets) {
        expect(set).toHaveLength(rows);
        expect([...new Set(set)].sort((a, b) => a - b)).toEqual(set);
        expect(set.slice(0, first)).toEqual(Array.from({ length: first }, (_, i) => i));
        expect(set.at(-1)).toBe(end - 1);
      }
    }

    // The question sees each of its own tokens, the rows that are left, and nothing else.
    await cache.readProbed(prompt.tokens, prompt.questionStart, prompt.questionEnd);
    const window = prompt.questionEnd - prompt.questionStart;
    const attention = (await cache.attention(cache.length))[3]!;
    for (let head = 0; head < 9; head++) {
      const row = attention.subarray(head * cache.length, (head + 1) * cache.length);
      expect(row.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(window, 2);
      const seen = new Set(cache.left().kept![3]![Math.floor(head / 3)]);
      expect([...row.keys()].filter((t) => row[t]! > 0 && !seen.has(t))).toEqual([]);
    }
    await cache.drop();
  });
});

describe("a conversation", () => {
  it("answers two questions about a short document from what a generous bound kept", async () => {
    const first = await engine.ask(smallest({ smallestShare: 0.8 }), hooks());
    expect(first.answer).toContain("4821");
    expect(first.evidence[0]).toBeDefined();
    expect(first.cache).toMatchObject({ mode: "smallest", policy: "keydiff" });
    const history = [{ question, answer: first.answer }];
    const second = await engine.ask(smallest({ smallestShare: 0.8, history, question: "Who mended the bridge?" }), hooks());
    expect(second.answer).toContain("carpenters");
    expect(second.cache.peakBytes).toBeLessThan(second.cache.fullBytes + 65_536 + 512 * 30 * 2 * 3 * 64 * 2);
  });

  it("never has more in memory than the gauge's bound, reads a document once, and asks again with the same answer", async () => {
    const reports: MemoryReport[] = [];
    const reads: number[] = [];
    const told = hooks({
      onMemory: (report) => reports.push(report),
      onStatus: (status: EngineStatus) => status.phase === "reading" && reads.push(status.done),
    });
    const ask = () =>
      engine.ask(smallest({ documentIds: ["long"], smallestShare: 0.25, question: "What is told here?", maxAnswerTokens: 12 }), told);
    const first = await ask();
    expect(reads[0]).toBe(0);
    const { cache, promptTokens } = first;
    expect(cache.peakBytes).toBeLessThan(cache.fullBytes / 2);
    expect(Math.max(...reports.map((report) => report.readingBytes + report.answeringBytes))).toBeLessThanOrEqual(cache.peakBytes);
    expect(reports.at(-1)!.readingPlace).toBe("dropped");
    expect(Math.max(...cache.keptPerLayer)).toBeLessThan(0.35 * promptTokens);

    reads.length = 0;
    await engine.ask(smallest({ documentIds: ["long"], smallestShare: 0.25, question: "Who is named?", maxAnswerTokens: 12 }), told);
    const again = await ask();
    expect(reads.every((done) => done > promptTokens / 2)).toBe(true);
    expect(again.answer).toBe(first.answer);
    expect(again.details).toEqual(first.details);
  });

  it("stopped while reading it goes on where it was, with the same answer", async () => {
    const asked = smallest({ documentIds: ["long"], smallestShare: 0.3, question: "What is told here?", maxAnswerTokens: 8 });
    const expected = await engine.ask(asked, hooks());
    await engine.ask(request(), hooks());
    const controller = new AbortController();
    const stopped = engine.ask(
      asked,
      hooks({
        signal: controller.signal,
        onStatus: (status: EngineStatus) => status.phase === "reading" && status.done > 1200 && controller.abort(new Error("enough")),
      }),
    );
    await expect(stopped).rejects.toThrow("enough");
    const reads: number[] = [];
    const result = await engine.ask(
      asked,
      hooks({ onStatus: (status: EngineStatus) => status.phase === "reading" && reads.push(status.done) }),
    );
    expect(reads[0]).toBeGreaterThan(1200);
    expect(result.answer).toBe(expected.answer);
    expect(result.details.kept).toEqual(expected.details.kept);
  });

  it("other modes read the document anew and answer as ever", async () => {
    const result = await engine.ask(request({ mode: "fast" }), hooks());
    expect(result.answer).toContain("4821");
    expect(result.cache.policy).toBe("phrase");
  });
});
