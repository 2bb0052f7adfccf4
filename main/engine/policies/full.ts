import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";

/** Keeps everything: the control that every other policy is measured against. */
export const full: Policy = {
  voters: () => [],
  budgets: evenBudgets,
  select: ({ layers, first, end }) => {
    const all = Array.from({ length: end - first }, (_, i) => first + i);
    return Array.from({ length: layers }, () => [all]);
  },
};
