import { pyramidBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { allHeads } from "./scoring.ts";
import { selectPerKvHead } from "./snapkv.ts";

/** PyramidKV (arXiv 2406.02069): SnapKV's choice with budgets that shrink from the first layer to the last. */
export const pyramidkv: Policy = { voters: allHeads, budgets: pyramidBudgets, select: selectPerKvHead };
