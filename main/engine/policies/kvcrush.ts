import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { allHeads, maxPool, meanOverHeads, phraseTokens, topIndices } from "./scoring.ts";

/** Share of the budget that goes to representatives of what would be evicted. */
const representatives = 0.25;

/**
 * After KVCrush (arXiv 2503.00022), by phrases: most of the budget goes to the highest tokens, the rest to representatives of all others. A token
 * is described by which heads would keep it; the others are ordered by the Hamming distance of that to "none", and taken at even steps.
 */
export const kvcrush: Policy = {
  voters: allHeads,
  budgets: evenBudgets,
  select: ({ heads, first, end, counts, attention, positions }) =>
    counts.map((count, layer) => {
      const mass = attention(layer);
      const scores = meanOverHeads(mass, positions, allHeads(heads), first, end);
      const best = topIndices(maxPool(scores, phraseTokens), count - Math.floor(count * representatives), scores);
      const kept = new Set(best);
      const keepers = new Uint8Array(end - first);
      for (let head = 0; head < heads; head++) {
        const own = mass.subarray(head * positions + first, head * positions + end);
        for (const t of topIndices(maxPool(own, phraseTokens), count, own)) keepers[t]!++;
      }
      const others = Array.from(keepers.keys())
        .filter((t) => !kept.has(t))
        .sort((a, b) => keepers[b]! - keepers[a]! || a - b);
      const wanted = Math.min(count, end - first) - best.length;
      const taken = Array.from({ length: wanted }, (_, i) => others[Math.floor((i * others.length) / wanted)]!);
      return [[...best, ...taken].sort((a, b) => a - b).map((t) => first + t)];
    }),
};
