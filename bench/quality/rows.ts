/** What is compared: every policy, the default without its opening, and what people do without compression. */
import { range, type Window } from "../../main/engine/keep.ts";
import { type PolicyName, policyNames } from "../../preload/api.ts";
import type { Kept, Lab, Probed } from "../lab.ts";
import { retrieve, truncate } from "./baselines.ts";

/** `own`: as it is used; `cut`: ended where a fact is to be said, so that it is read from what is kept. */
export type Opening = "own" | "cut" | "none";
export type PolicyRow = { name: string; kind: "policy"; policy: Exclude<PolicyName, "full">; window: Window; opening: Opening };
export type TextRow = {
  name: string;
  kind: "text";
  shorten(text: string, question: string, tokens: number, countTokens: (text: string) => number): string;
};
export type Row = PolicyRow | TextRow;

/** The default without its opening: what its choice alone is worth. */
export const questionAlone = "phrase, question alone";

export const rows: readonly Row[] = [
  ...policyNames
    .filter((policy) => policy !== "full")
    .map((policy): Row => ({ name: policy, kind: "policy", policy, window: "question", opening: policy === "phrase" ? "own" : "none" })),
  { name: "phrase, fact behind the opening", kind: "policy", policy: "phrase", window: "question", opening: "cut" },
  { name: questionAlone, kind: "policy", policy: "phrase", window: "question", opening: "none" },
  { name: "compresskv, window 8", kind: "policy", policy: "compresskv", window: 8, opening: "none" },
  { name: "truncation", kind: "text", shorten: truncate },
  { name: "BM25 retrieval", kind: "text", shorten: retrieve },
];

/** Rows of the full cache, brought to q8_0 for the answer: what storing them in fewer bits costs alone. */
export const fullQ8 = "full, q8_0 rows";

/** Everything, as a choice. */
export function everything(lab: Lab, { prompt }: Probed): Kept {
  return Array.from({ length: lab.loaded.scored.length }, () => [range(0, prompt.tokens.length)]);
}

/** The largest share of a text that is read alone: reading takes most of these rows' time, and a large part of a text is no small cache. */
const largestText = 0.12;

/** The shares that a row is measured at. */
export function sharesOf(row: Row, shares: readonly number[]): readonly number[] {
  return row.kind === "text" ? shares.filter((share) => share <= largestText) : shares;
}
