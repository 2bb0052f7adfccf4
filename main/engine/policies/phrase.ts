import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { acrossLayers, maxPool, phraseTokens, retrievalHeads, retrievalScores, topIndices } from "./scoring.ts";

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
  opening: 32,
  select: (input) => {
    const perLayer = retrievalScores(input);
    const overall = acrossLayers(perLayer, input.profile);
    const pooledOverall = maxPool(overall, phraseTokens);
    return input.counts.map((count, layer) => {
      const same = new Set(topIndices(pooledOverall, Math.floor(count * sharedPart), overall));
      const own = maxPool(perLayer[layer]!, phraseTokens);
      for (const t of same) own[t] = -Infinity;
      const chosen = [...same, ...topIndices(own, Math.min(count, own.length) - same.size, perLayer[layer]!)];
      return [chosen.sort((a, b) => a - b).map((t) => input.first + t)];
    });
  },
};
