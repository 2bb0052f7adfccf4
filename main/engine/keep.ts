/** From a policy and a budget to the positions that the answering cache keeps. */
import type { Budget } from "../../preload/api.ts";
import { selectAround } from "./pins.ts";
import type { Policy, PolicyInput } from "./policies/policy.ts";
import type { Prompt } from "./prompt.ts";

/**
 * Whose attention decides. `question`: the question's own tokens; template and question always stay, outside the budget.
 * A number: the prompt's last tokens, which stay inside the budget (8 in the paper).
 */
export type Window = "question" | number;

export type Keep = {
  /** Mean tokens a layer may keep. */
  budget: number;
  /** Tokens each layer may keep, [layer]; layers here and below are those that policies choose for. */
  budgets: number[];
  /** Positions kept, [layer][set][position] ascending; null keeps everything. */
  kept: number[][][] | null;
  /** Tokens each layer really keeps, [layer]. */
  perLayer: number[];
  /** Tokens that stay outside the budget, those that a person pinned among them. */
  protectedTokens: number;
  /** Positions that a layer keeps for at least one KV head, [layer][position] ascending. */
  union(promptTokens: number): number[][];
};

/** Nothing is evicted. */
export function keepEverything(promptTokens: number, layers: number): Keep {
  const perLayer = new Array<number>(layers).fill(promptTokens);
  const all = (length: number) => Array.from({ length }, (_, i) => i);
  return {
    budget: promptTokens,
    budgets: perLayer,
    kept: null,
    perLayer,
    protectedTokens: 0,
    union: (length) => perLayer.map(() => all(length)),
  };
}

/** Lets a policy choose among the tokens that may be evicted and adds those that always stay. */
export function planKeep(
  policy: Policy,
  input: Omit<PolicyInput, "first" | "end" | "counts">,
  prompt: Prompt,
  { budget, window }: { budget: Budget; window: Window },
): Keep {
  const length = prompt.tokens.length;
  const mean = meanBudget(budget, length);
  const budgets = policy.budgets(mean, input.layers, input.profile);

  // The paper's window lies inside the budget; question, template and what a person pinned lie outside it.
  const first = window === "question" ? prompt.documentStarts[0]! : 0;
  const end = window === "question" ? prompt.questionStart : Math.max(0, length - window);
  const inside = window === "question" ? 0 : length - end;
  const pinned = prompt.pinned.filter((position) => position >= first && position < end);
  const protectedTokens = pinned.length + (window === "question" ? first + (length - end) : 0);

  const counts = budgets.map((tokens) => Math.max(0, Math.min(tokens - inside, end - first - pinned.length)));
  const before = range(0, first);
  const after = range(end, length);
  const selection = selectAround(policy.select, { ...input, first, end, counts }, pinned);
  const kept = selection.map((sets) => sets.map((set) => [...before, ...set, ...after]));
  return {
    budget: mean,
    // A policy that sees the attention may have given tokens of one layer to another.
    budgets: budgets.map((tokens, layer) => tokens + (selection[layer]![0]!.length - pinned.length - counts[layer]!)),
    kept,
    perLayer: kept.map((sets) => sets[0]!.length),
    protectedTokens,
    union: () => kept.map((sets) => (sets.length === 1 ? sets[0]! : [...new Set(sets.flat())].sort((a, b) => a - b))),
  };
}

/** A share of a short prompt would leave next to nothing; this is also the least that the paper gives a layer. */
const leastShareTokens = 32;

/** The mean budget in tokens, at most the prompt. */
function meanBudget(budget: Budget, promptTokens: number): number {
  switch (budget.kind) {
    case "full":
      return promptTokens;
    case "share":
      return Math.min(promptTokens, Math.max(leastShareTokens, Math.round(budget.share * promptTokens)));
    case "tokens":
      return Math.max(1, Math.min(promptTokens, Math.round(budget.tokens)));
    default:
      return budget satisfies never;
  }
}

/** The whole numbers from `from` up to, not including, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
