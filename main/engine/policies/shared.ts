import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { acrossLayers, maxPool, phraseTokens, retrievalHeads, retrievalScores, topIndices } from "./scoring.ts";

/**
 * One evidence set for all layers: the semantic retrieval heads of every layer vote together, a layer by its best head's score, and whole
 * phrases stay. A passage that is kept is kept everywhere; what a single layer looks up is lost.
 */
export const shared: Policy = {
  voters: retrievalHeads,
  budgets: evenBudgets,
  select: (input) => {
    const scores = acrossLayers(retrievalScores(input), input.profile);
    const pooled = maxPool(scores, phraseTokens);
    return input.counts.map((count) => [topIndices(pooled, count, scores).map((t) => input.first + t)]);
  },
};
