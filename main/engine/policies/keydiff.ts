import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { maxPool, topIndices } from "./scoring.ts";

/** Neighbours that an unusual key keeps alive with it; single tokens, as in the paper, lose most facts. */
const kernel = 13;

/**
 * KeyDiff (arXiv 2504.15364), by phrases: every KV head keeps the tokens whose keys differ most from the mean of all keys, with those around
 * them. It never looks at attention, so it needs no question and can choose while a document is still being read.
 */
export const keydiff: Policy = {
  voters: () => [],
  budgets: evenBudgets,
  select: ({ first, end, counts, similarity, positions }) =>
    counts.map((count, layer) => {
      const cosines = similarity(layer);
      return Array.from({ length: cosines.length / positions }, (_, head) => {
        const difference = cosines.subarray(head * positions + first, head * positions + end).map((cosine) => -cosine);
        return topIndices(maxPool(difference, kernel), count, difference).map((index) => first + index);
      });
    }),
};
