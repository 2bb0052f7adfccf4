import { expect, test } from "vitest";
import type { EngineStatus, MemoryReport, Turn } from "../../../preload/api.ts";
import { gaugeFacts, layersKept } from "../../../renderer/gauge.ts";
import { useFolio } from "../../../renderer/store.ts";
import { budgetLabel, keptTokens, sameBudget } from "../../../renderer/words.ts";

const nothing: MemoryReport = useFolio.getInitialState().memory;
const idle: EngineStatus = { phase: "idle" };
const answering: EngineStatus = { phase: "answering", turnId: "t", tokensPerSecond: 41 };
const done: Turn = {
  id: "t",
  question: "Who?",
  answer: "Either party.",
  phase: "done",
  stopReason: "end",
  promptTokens: 7000,
  answerTokens: 4,
  cache: {
    policy: "phrase",
    mode: "fast",
    budgetTokens: 100,
    fullBytes: 188,
    readingBytes: 188,
    answeringBytes: 6,
    peakBytes: 194,
    computeBytes: 11,
    protectedTokens: 20,
    keptPerLayer: [100, 200],
    openingTokens: 3,
  },
  timing: { readMs: 1, restoreMs: 0, questionMs: 1, selectMs: 1, gatherMs: 1, firstTokenMs: 4, decodeTokensPerSecond: 40 },
  evidence: [],
  notice: null,
};

test("nothing is said before anything was measured", () => {
  expect(gaugeFacts(idle, nothing, [])).toBeNull();
});

test("while reading: the reading cache against its full size", () => {
  const engine: EngineStatus = { phase: "reading", done: 300, total: 700, tokensPerSecond: 0, secondsLeft: null };
  const facts = gaugeFacts(engine, { ...nothing, readingPlace: "memory", readingBytes: 80, fullBytes: 188 }, []);
  expect(facts).toMatchObject({ label: "Memory used to read", usedBytes: 80, fullBytes: null, keptTokens: 300, tokensPerSecond: null });
});

test("while answering: the answering cache, and beside it a reading cache that stays in memory", () => {
  const memory: MemoryReport = { ...nothing, answeringBytes: 6, readingBytes: 188, readingPlace: "memory", fullBytes: 188 };
  expect(gaugeFacts(answering, memory, [])).toMatchObject({ usedBytes: 6, besideBytes: 188, tokensPerSecond: 41 });
  expect(gaugeFacts(answering, { ...memory, readingPlace: "disk" }, [])).toMatchObject({ usedBytes: 6, besideBytes: 0 });
});

test("an answer from the full cache counts the whole reading cache as used", () => {
  const memory: MemoryReport = { ...nothing, readingBytes: 188, readingPlace: "memory", fullBytes: 188 };
  expect(gaugeFacts(answering, memory, [])).toMatchObject({ usedBytes: 188, besideBytes: 0 });
});

test("afterwards: what the last answer took, also when its cache is freed", () => {
  const facts = gaugeFacts(idle, { ...nothing, readingPlace: "dropped" }, [done]);
  expect(facts).toMatchObject({ usedBytes: 6, fullBytes: 188, keptTokens: 150, promptTokens: 7000, tokensPerSecond: 40, besideBytes: 0 });
  const before = { perLayer: [100, 200], promptTokens: 7000, policy: "phrase" };
  const live = { ...nothing, keptPerLayer: [3], promptTokens: 9 };
  const now = { perLayer: [3], promptTokens: 9, policy: null };
  expect(layersKept(idle, nothing, [])).toBeNull();
  expect(layersKept(idle, nothing, [done])).toEqual(before);
  expect(layersKept(answering, live, [done])).toEqual(now);
  expect(layersKept(idle, live, [done])).toEqual(before);
  expect(layersKept(idle, live, [])).toEqual(now);
});

test("budgets in words and in tokens", () => {
  expect(budgetLabel({ kind: "full" })).toBe("Full");
  expect(budgetLabel({ kind: "share", share: 0.06 })).toBe("6 %");
  expect(budgetLabel({ kind: "tokens", tokens: 1024 })).toBe("1,024 tokens");
  expect(sameBudget({ kind: "share", share: 0.12 }, { kind: "share", share: 0.12 })).toBe(true);
  expect(sameBudget({ kind: "tokens", tokens: 12 }, { kind: "share", share: 0.12 })).toBe(false);
  expect(keptTokens({ kind: "share", share: 0.06 }, 7000)).toBe(420);
  expect(keptTokens({ kind: "tokens", tokens: 256 }, 100)).toBe(100);
  expect(keptTokens({ kind: "full" }, null)).toBeNull();
});
