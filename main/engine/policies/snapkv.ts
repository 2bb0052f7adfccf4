import { evenBudgets } from "../budget.ts";
import type { Policy, PolicyInput, Selection } from "./policy.ts";
import { allHeads, maxPool, meanOverHeads, topIndices } from "./scoring.ts";

const kernel = 5;

/**
 * SnapKV (arXiv 2404.14469): the window's attention, max-pooled over 5 tokens, picks the top tokens of every KV head by itself.
 * Query heads that share a KV head vote with their mean.
 */
export const snapkv: Policy = { voters: allHeads, budgets: evenBudgets, select: (input) => selectPerKvHead(input) };

/** SnapKV's choice; PyramidKV makes the same one with other budgets, `composite` with wider pooling. */
export function selectPerKvHead(
  { heads, kvHeads, first, end, counts, attention, positions }: PolicyInput,
  pooled: number = kernel,
): Selection {
  const group = heads / kvHeads;
  return counts.map((count, layer) => {
    const mass = attention(layer);
    return Array.from({ length: kvHeads }, (_, kvHead) => {
      const sharing = Array.from({ length: group }, (_, i) => kvHead * group + i);
      const scores = meanOverHeads(mass, positions, sharing, first, end);
      return topIndices(maxPool(scores, pooled), count, scores).map((t) => first + t);
    });
  });
}
