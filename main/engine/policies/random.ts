import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";

/** Random tokens, another draw for each layer, the same in every run: what a policy must beat to claim anything. */
export const random: Policy = {
  voters: () => [],
  budgets: evenBudgets,
  select: ({ first, end, counts }) =>
    counts.map((count, layer) => {
      const next = mulberry32(0x9e3779b9 ^ layer);
      const pool = Array.from({ length: end - first }, (_, i) => first + i);
      const kept = Math.min(count, pool.length);
      for (let i = 0; i < kept; i++) {
        const j = i + Math.floor(next() * (pool.length - i));
        [pool[i], pool[j]] = [pool[j]!, pool[i]!];
      }
      return [pool.slice(0, kept).sort((a, b) => a - b)];
    }),
};

/** Mulberry32: a small seeded generator of numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
