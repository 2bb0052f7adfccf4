/** What always stays, beside what a policy chooses. */
import { describe, expect, it, test } from "vitest";
import { planKeep } from "../../../main/engine/keep.ts";
import { policies } from "../../../main/engine/policies/index.ts";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { policyNames } from "../../../preload/api.ts";

const length = 200;
const prompt = (pinned: number[]) => ({
  tokens: Array.from({ length }, (_, i) => i),
  documentStarts: [10, 180],
  questionStart: 180,
  questionEnd: 190,
  stops: [180],
  pinned,
});
const random = mulberry32(11);
const rows = Float32Array.from({ length: 6 * length }, random);
const input = {
  layers: 3,
  heads: 6,
  kvHeads: 2,
  attention: () => rows,
  similarity: () => rows.subarray(0, 2 * length),
  positions: length,
  profile: null,
};
const pinned = [10, 11, 12, 60, 90, 91, 179];
const budget = { kind: "tokens", tokens: 40 } as const;

describe("pinned tokens", () => {
  it.each(policyNames.filter((name) => name !== "full"))("%s keeps them beside its budget, never twice", (name) => {
    const without = planKeep(policies[name], input, prompt([]), { budget, window: "question" });
    const keep = planKeep(policies[name], input, prompt(pinned), { budget, window: "question" });
    expect(keep.protectedTokens).toBe(without.protectedTokens + pinned.length);
    // The default may share tokens out among the layers otherwise when others are pinned.
    const sum = (kept: readonly number[]) => kept.reduce((a, b) => a + b, 0);
    if (name === "phrase") expect(sum(keep.perLayer)).toBe(sum(without.perLayer) + pinned.length * input.layers);
    else expect(keep.perLayer).toEqual(without.perLayer.map((kept) => kept + pinned.length));
    expect(keep.budgets).toEqual(keep.perLayer.map((kept) => kept - keep.protectedTokens));
    for (const set of keep.kept!.flat()) {
      expect(set).toEqual([...new Set(set)].sort((a, b) => a - b));
      expect(pinned.every((position) => set.includes(position))).toBe(true);
    }
  });

  it("stay beside the paper's window too, and one inside it counts once", () => {
    const keep = planKeep(policies.compresskv, input, prompt([60, 195]), { budget, window: 8 });
    expect(keep.protectedTokens).toBe(1);
    for (const set of keep.kept!.flat()) expect(set).toEqual([...new Set(set)].sort((a, b) => a - b));
  });
});

test("a policy sees the others in their order, each with its own attention", () => {
  // All attention is on position 100; what is pinned just before it must not shift it.
  const peak = Float32Array.from({ length: 6 * length }, (_, i) => (i % length === 100 ? 1 : 0));
  const keep = planKeep(policies.compresskv, { ...input, attention: () => peak }, prompt([97, 98]), {
    budget: { kind: "tokens", tokens: 32 },
    window: "question",
  });
  for (const set of keep.kept!.flat()) expect(set).toEqual(expect.arrayContaining([97, 98, 99, 100, 101]));
});

test("pinning everything keeps everything", () => {
  const all = Array.from({ length: 170 }, (_, i) => 10 + i);
  const keep = planKeep(policies.phrase, input, prompt(all), { budget, window: "question" });
  for (const set of keep.kept!.flat()) expect(set).toHaveLength(length);
});
