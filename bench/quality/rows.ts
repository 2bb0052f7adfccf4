/** What is compared: every policy, the default without its opening, and what people do without compression. */
import type { Window } from "../../main/engine/keep.ts";
import { type PolicyName, policyNames } from "../../preload/api.ts";
import type { Kept, Lab, Probed } from "../lab.ts";
import { retrieve, truncate } from "./baselines.ts";

export const answerTokens = 24;

export type PolicyRow = { name: string; kind: "policy"; policy: Exclude<PolicyName, "full">; window: Window; opening: boolean };
export type TextRow = {
  name: string;
  kind: "text";
  shorten(text: string, question: string, tokens: number, countTokens: (text: string) => number): string;
};
export type Row = PolicyRow | TextRow;

export const rows: readonly Row[] = [
  ...policyNames
    .filter((policy) => policy !== "full")
    .map((policy): Row => ({ name: policy, kind: "policy", policy, window: "question", opening: policy === "phrase" })),
  { name: "phrase, question alone", kind: "policy", policy: "phrase", window: "question", opening: false },
  { name: "compresskv, window 8", kind: "policy", policy: "compresskv", window: 8, opening: false },
  { name: "truncation", kind: "text", shorten: truncate },
  { name: "BM25 retrieval", kind: "text", shorten: retrieve },
];

/** A policy's answer at a share of the prompt, greedily. */
export async function answerFrom(lab: Lab, row: PolicyRow, probed: Probed, share: number): Promise<string> {
  const budget = { kind: "share", share } as const;
  if (row.opening) return (await lab.turn(probed, row.policy, budget, answerTokens)).text;
  return (await lab.answer(probed, lab.plan(probed, row.policy, budget), answerTokens)).text;
}

/** What a policy keeps at a share of the prompt. */
export async function keptBy(lab: Lab, row: PolicyRow, probed: Probed, share: number): Promise<Kept> {
  const budget = { kind: "share", share } as const;
  return row.opening ? (await lab.turn(probed, row.policy, budget, 1 + answerTokens)).kept : lab.plan(probed, row.policy, budget);
}
