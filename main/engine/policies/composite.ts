import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { allHeads, phraseTokens } from "./scoring.ts";
import { selectPerKvHead } from "./snapkv.ts";

/**
 * Composite tokens (KVCompose, arXiv 2509.05165): each KV head keeps tokens of its own, so that one row of the answering cache holds the keys
 * of another token for every head. Chosen as SnapKV does, but by whole phrases.
 */
export const composite: Policy = { voters: allHeads, budgets: evenBudgets, select: (input) => selectPerKvHead(input, phraseTokens) };
