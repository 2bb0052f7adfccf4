import { describe, expect, it } from "vitest";
import { policies } from "../../../main/engine/policies/index.ts";
import type { PolicyInput } from "../../../main/engine/policies/policy.ts";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { averagePool, maxPool, shareOut, topIndices } from "../../../main/engine/policies/scoring.ts";
import { policyNames } from "../../../preload/api.ts";

/** Attention [head][position] of one layer, made of rows. */
function input(rows: number[][], overrides: Partial<PolicyInput> = {}): PolicyInput {
  const positions = rows[0]!.length;
  return {
    layers: 1,
    heads: rows.length,
    kvHeads: 1,
    first: 0,
    end: positions,
    counts: [3],
    attention: () => Float32Array.from(rows.flat()),
    similarity: () => Float32Array.from(rows[0]!),
    positions,
    profile: null,
    ...overrides,
  };
}

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

/** A row with single peaks. */
const peaks = (length: number, at: Record<number, number>) => Array.from({ length }, (_, i) => at[i] ?? 0);

describe("every policy", () => {
  const next = mulberry32(3);

  it.each(policyNames.filter((name) => name !== "full"))("%s keeps exactly its budgets, in order, inside the range", (name) => {
    for (let round = 0; round < 30; round++) {
      const layers = 4;
      const positions = 60 + Math.floor(next() * 100);
      const first = Math.floor(next() * 10);
      const end = positions - Math.floor(next() * 10);
      const attention = Float32Array.from({ length: 6 * positions }, next);
      const counts = Array.from({ length: layers }, () => Math.floor(next() * 40));
      const profile =
        next() < 0.5 ? null : { scores: Array.from({ length: layers }, () => Array.from({ length: 6 }, next)), layerErrors: [] };
      const selection = policies[name].select({
        layers,
        heads: 6,
        kvHeads: 2,
        first,
        end,
        counts,
        attention: () => attention,
        similarity: () => attention.subarray(0, 2 * positions),
        positions,
        profile,
      });
      expect(selection).toHaveLength(layers);
      const wanted = counts.map((count) => Math.min(count, end - first));
      const kept = selection.map((sets) => sets[0]!.length);
      // The default gives tokens of one layer to another.
      if (name === "phrase") expect(sum(kept)).toBe(sum(wanted));
      else expect(kept).toEqual(wanted);
      selection.forEach((sets, layer) => {
        expect([1, 2]).toContain(sets.length);
        for (const set of sets) {
          expect(set).toHaveLength(kept[layer]!);
          expect([...new Set(set)].sort((a, b) => a - b)).toEqual(set);
          if (set.length > 0) expect(set[0]!).toBeGreaterThanOrEqual(first);
          if (set.length > 0) expect(set.at(-1)!).toBeLessThan(end);
        }
      });
    }
  });

  it.each(policyNames)("%s keeps everything when the budget is larger than the prompt", (name) => {
    const selection = policies[name].select(input([peaks(20, { 4: 1 })], { counts: [99] }));
    for (const set of selection[0]!) expect(set).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});

describe("compresskv", () => {
  it("averages over five neighbours and over the four best heads", () => {
    // Heads 0 to 3 look at 20, head 4 much harder at 10: only without a profile does head 4 vote.
    const rows = [...Array.from({ length: 4 }, () => peaks(40, { 20: 1 })), peaks(40, { 10: 9 })];
    const profile = { scores: [[5, 4, 3, 2, 1]], layerErrors: [] };
    expect(policies.compresskv.select(input(rows, { counts: [5], profile }))[0]).toEqual([[18, 19, 20, 21, 22]]);
    expect(policies.compresskv.select(input(rows, { counts: [5] }))[0]).toEqual([[8, 9, 10, 11, 12]]);
  });

  it("uses error-aware budgets with a profile and even ones without", () => {
    expect(policies.compresskv.budgets(64, 2, { scores: [], layerErrors: [0.75, 0.25] })).toEqual([80, 48]);
    expect(policies.compresskv.budgets(64, 2, null)).toEqual([64, 64]);
  });
});

describe("streaming", () => {
  it("keeps four sinks and the most recent", () => {
    expect(policies.streaming.select(input([peaks(30, {})], { counts: [7] }))[0]).toEqual([[0, 1, 2, 3, 27, 28, 29]]);
  });
});

describe("snapkv", () => {
  it("lets each KV head choose for itself", () => {
    const rows = [peaks(40, { 10: 1 }), peaks(40, { 10: 1 }), peaks(40, { 30: 1 }), peaks(40, { 30: 1 })];
    expect(policies.snapkv.select(input(rows, { kvHeads: 2, counts: [1] }))[0]).toEqual([[10], [30]]);
  });
});

describe("phrase", () => {
  const profile = {
    scores: [
      [1, 0.1],
      [0.1, 0.1],
    ],
    layerErrors: [],
  };
  /** What a peak lifts: more of what follows it than of what is before it. */
  const around = (peak: number) => Array.from({ length: 17 }, (_, i) => peak - 4 + i);

  it("keeps whole in every layer the phrase that the retrieval heads look up, and in half of the budget", () => {
    const layers = [
      [peaks(80, { 40: 1 }), peaks(80, {})],
      [peaks(80, { 10: 0.2 }), peaks(80, { 70: 0.2 })],
    ];
    const attention = (layer: number) => Float32Array.from(layers[layer]!.flat());
    const selection = policies.phrase.select(input(layers[0]!, { layers: 2, counts: [34, 34], attention, profile }));
    for (const [set] of selection) expect(set).toEqual(expect.arrayContaining(around(40)));
    expect(selection[1]![0]).toEqual(expect.arrayContaining([10, 70]));
  });

  it("keeps single tokens beside it that any head of a layer looks at", () => {
    const odd = [1, 3, 5, 7, 9];
    const even = [62, 64, 66, 68, 70];
    const at = (own: number[]) => Object.fromEntries(own.map((t) => [t, 1]));
    const rows = [peaks(80, { 40: 9, ...at(odd) }), peaks(80, at(even))];
    const profile = { scores: [[1, 0.1]], layerErrors: [] };
    const [set] = policies.phrase.select(input(rows, { counts: [34], profile }))[0]!;
    expect(set).toEqual(expect.arrayContaining([...odd, ...around(40), ...even]));
  });

  it("gives more to layers that look at more, and to none less than an eighth of the budget beside the phrases", () => {
    const layers = [peaks(200, Object.fromEntries(Array.from({ length: 60 }, (_, i) => [3 * i, 1]))), peaks(200, { 100: 0.1 })];
    const attention = (layer: number) => Float32Array.from(layers[layer]!);
    const profile = { scores: [[1], [1]], layerErrors: [] };
    const selection = policies.phrase.select(input([layers[0]!], { layers: 2, counts: [40, 40], attention, profile }));
    expect(selection.map(([set]) => set!.length)).toEqual([55, 25]);
  });
});

describe("the default's opening", () => {
  it("reads no more rows behind a short prompt than behind 7,000 tokens, and is never shorter than there", () => {
    const opening = policies.phrase.opening!;
    expect([100, 2000, 4000, 7000, 32_000].map(opening)).toEqual([128, 112, 56, 32, 32]);
  });
});

describe("sharing tokens out among layers", () => {
  const layer = (...scores: number[]) => Float32Array.from(scores);
  it("goes where the next-highest scores are, above what every layer gets", () => {
    expect(shareOut([layer(9, 8, 7, 6), layer(5, 1, 1, 1)], [2, 2], 0)).toEqual([4, 0]);
    expect(shareOut([layer(9, 8, 7, 6), layer(5, 1, 1, 1)], [2, 2], 0.5)).toEqual([3, 1]);
  });
  it("gives equal scores to the first layers and never what cannot be chosen", () => {
    expect(shareOut([layer(1, -Infinity, 1), layer(1, 1, 1)], [1, 2], 0)).toEqual([2, 1]);
    expect(shareOut([layer(1, 1), layer(1, 1)], [0, 0], 0.25)).toEqual([0, 0]);
  });
});

describe("shared", () => {
  it("keeps in every layer what the layers look up together, each by its best head", () => {
    const layers = [peaks(60, { 10: 1 }), peaks(60, { 30: 0.8 }), peaks(60, { 50: 0.6 })];
    const attention = (layer: number) => Float32Array.from(layers[layer]!);
    const profile = { scores: [[0.1], [0.2], [0.9]], layerErrors: [] };
    const around50 = Array.from({ length: 17 }, (_, i) => 42 + i);
    const wide = input([layers[0]!], { layers: 3, counts: [17, 17, 5], attention, profile });
    const selection = policies.shared.select(wide);
    expect(selection[0]).toEqual([around50]);
    expect(selection[1]).toEqual([around50]);
    expect(selection[2]![0]).toHaveLength(5);
    expect(policies.shared.select({ ...wide, profile: null })[0]![0]).toContain(10);
  });
});

describe("composite", () => {
  it("lets each KV head keep a phrase of its own", () => {
    const rows = [peaks(80, { 20: 1 }), peaks(80, { 60: 1 })];
    const around = (peak: number) => Array.from({ length: 17 }, (_, i) => peak - 8 + i);
    expect(policies.composite.select(input(rows, { kvHeads: 2, counts: [17] }))[0]).toEqual([around(20), around(60)]);
  });
});

describe("kvcrush", () => {
  it("gives three quarters to the highest and spreads the rest over all that would be evicted", () => {
    const [set] = policies.kvcrush.select(input([peaks(200, { 100: 1 })], { counts: [24] }))[0]!;
    expect(set!.filter((t) => t >= 91 && t <= 109)).toHaveLength(18);
    const spread = set!.filter((t) => t < 91 || t > 109);
    expect(spread).toHaveLength(6);
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(100);
  });
});

describe("pooling", () => {
  it("counts the zeros beyond the ends in averages", () => {
    expect([...averagePool(Float32Array.of(5, 0, 0, 0, 5), 5)]).toEqual([1, 1, 2, 1, 1]);
  });
  it("takes the highest neighbour", () => {
    expect([...maxPool(Float32Array.of(1, 0, 0, 2), 3)]).toEqual([1, 1, 2, 2]);
    expect([...maxPool(Float32Array.of(0, 2, 0, 0, 0), 3, 2)]).toEqual([0, 2, 2, 2, 0]);
  });
  it("breaks ties by the second score, then by position", () => {
    expect(topIndices(Float32Array.of(1, 1, 1, 1), 2, Float32Array.of(0, 3, 0, 2))).toEqual([1, 3]);
    expect(topIndices(Float32Array.of(1, 1, 1), 2)).toEqual([0, 1]);
  });
});

describe("keydiff", () => {
  it("keeps the keys that differ most, with their neighbours, for each KV head", () => {
    const positions = 60;
    const alike = (odd: number) => Array.from({ length: positions }, (_, i) => (i === odd ? -0.5 : 0.9));
    const similarity = () => Float32Array.from([...alike(20), ...alike(40)]);
    const [layer] = policies.keydiff.select(input([alike(0)], { kvHeads: 2, positions, end: positions, counts: [13], similarity }));
    const around = (odd: number) => Array.from({ length: 13 }, (_, i) => odd - 6 + i);
    expect(layer).toEqual([around(20), around(40)]);
  });
});
