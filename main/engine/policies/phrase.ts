import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { maxPool, meanOverHeads, retrievalHeads, topIndices } from "./scoring.ts";

/** Neighbours that a peak of attention keeps alive with it: a stated fact and a little room. */
const kernel = 17;
/** Share of a layer's budget that all layers spend on the same tokens. */
const sharedPart = 0.5;

/**
 * Folio's own policy: CompressKV's semantic retrieval heads, but whole phrases survive together (max-pooling over 17 tokens), and half
 * of each layer's budget goes to one evidence set that all layers share, so that a passage found by a few layers is there in
 * every layer that has to read it out. The other half stays each layer's own choice. What the answer's first words attend to
 * counts as much as what the question attends to.
 */
export const phrase: Policy = {
  voters: retrievalHeads,
  budgets: evenBudgets,
  opening: 16,
  select: ({ heads, first, end, counts, attention, positions, profile }) => {
    const perLayer = counts.map((_, layer) => {
      const voters = retrievalHeads(heads, profile?.scores[layer]);
      return meanOverHeads(attention(layer), positions, voters, first, end);
    });
    const overall = new Float32Array(end - first);
    perLayer.forEach((scores, layer) => {
      const weight = profile ? Math.max(0, ...profile.scores[layer]!) : 1;
      for (let t = 0; t < overall.length; t++) overall[t]! += weight * scores[t]!;
    });
    const pooledOverall = maxPool(overall, kernel);

    return counts.map((count, layer) => {
      const shared = new Set(topIndices(pooledOverall, Math.floor(count * sharedPart), overall));
      const own = maxPool(perLayer[layer]!, kernel);
      for (const t of shared) own[t] = -Infinity;
      const chosen = [...shared, ...topIndices(own, Math.min(count, own.length) - shared.size, perLayer[layer]!)];
      return [chosen.sort((a, b) => a - b).map((t) => first + t)];
    });
  },
};
