import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";

const sinks = 4;

/** StreamingLLM (arXiv 2309.17453): the first 4 tokens, which soak up attention, and the most recent ones. Never looks at attention. */
export const streaming: Policy = {
  voters: () => [],
  budgets: evenBudgets,
  select: ({ first, end, counts }) =>
    counts.map((count) => {
      const head = Math.min(sinks, count);
      const recent = Math.max(first + head, end - (count - head));
      const chosen: number[] = [];
      for (let t = first; t < Math.min(end, first + head); t++) chosen.push(t);
      for (let t = recent; t < end; t++) chosen.push(t);
      return [chosen];
    }),
};
