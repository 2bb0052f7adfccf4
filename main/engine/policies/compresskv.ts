import { errorAwareBudgets, evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { averagePool, meanOverHeads, retrievalHeads, topIndices } from "./scoring.ts";

const kernel = 5;

/**
 * CompressKV (arXiv 2508.02401), exactly: the window's attention is average-pooled over 5 tokens, averaged over the layer's top 4
 * semantic retrieval heads, and the highest tokens are kept, the same for all KV heads of the layer; layer budgets follow the
 * calibrated eviction errors. Without a profile: all heads, even budgets.
 */
export const compresskv: Policy = {
  voters: retrievalHeads,
  budgets: (mean, layers, profile) =>
    profile !== null && profile.layerErrors.length === layers ? errorAwareBudgets(mean, profile.layerErrors) : evenBudgets(mean, layers),
  select: ({ heads, first, end, counts, attention, positions, profile }) =>
    counts.map((count, layer) => {
      // Pooling is linear, so pooling the mean equals the mean of the pooled heads.
      const scores = averagePool(
        meanOverHeads(attention(layer), positions, retrievalHeads(heads, profile?.scores[layer]), first, end),
        kernel,
      );
      return [topIndices(scores, count).map((t) => first + t)];
    }),
};
