/** The words of the window: plain ones first, with the field's exact term for the hint. Pure. */

import type { Budget, KvType, MemoryMode, PolicyName } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { percent } from "./format.ts";
import { t } from "./language.ts";

type Choice = { label: PlainText; says: PlainText; term: PlainText };

export const policyWords: Record<PolicyName, Choice> = {
  phrase: {
    label: "Whole phrases",
    says: "Keeps the phrases around what the model's retrieval heads look up, and single words that writing on takes. Recommended.",
    term: "phrase: half of the budget is one set for all layers, by CompressKV's semantic retrieval heads with max-pooling over 17 tokens; the rest goes by the attention of all heads, more to the layers that look at more; the answer's first words count as well",
  },
  compresskv: {
    label: "CompressKV, as published",
    says: "Keeps single words that the retrieval heads look up, with a budget for every layer.",
    term: "compresskv: average pooling over 5, four semantic retrieval heads, error-aware layer budgets",
  },
  snapkv: {
    label: "SnapKV",
    says: "Every attention head keeps what it looks at itself.",
    term: "snapkv: a set of its own per KV head, max-pooling over 5, even budgets",
  },
  pyramidkv: {
    label: "PyramidKV",
    says: "As SnapKV, with more for the early layers and less for the late ones.",
    term: "pyramidkv: linearly falling layer budgets",
  },
  streaming: {
    label: "Beginning and end",
    says: "Keeps the first words and the latest ones. Fast, and blind to the middle.",
    term: "streaming: four attention sinks and a recent window",
  },
  random: {
    label: "Random",
    says: "A control to compare with: keeps what chance picks.",
    term: "random: uniformly drawn positions",
  },
  shared: {
    label: "Same passages in every layer",
    says: "Keeps the phrases that all layers together look up, the same everywhere.",
    term: "shared: one evidence set over all layers, retrieval heads weighted by their scores, max-pooling over 17",
  },
  composite: {
    label: "Phrases of each head",
    says: "Every attention head keeps the phrases that it looks at itself.",
    term: "composite: KVCompose's composite tokens, a set per KV head, max-pooling over 17",
  },
  kvcrush: {
    label: "Phrases and a sample of the rest",
    says: "Keeps phrases, and a spread of what would be left out.",
    term: "kvcrush: a quarter of the budget for representatives, chosen by which heads would keep a token",
  },
  keydiff: {
    label: "Unusual keys",
    says: "Keeps what stands out in the document, whatever is asked. Smallest mode chooses in this way while it reads.",
    term: "keydiff: KeyDiff, per KV head the keys with the lowest cosine to the mean key; query-agnostic",
  },
  full: {
    label: "Everything",
    says: "No compression: the answer needs as much memory as the reading.",
    term: "full: the ordinary KV cache",
  },
};

export const modeWords: Record<MemoryMode, Choice> = {
  fast: {
    label: "Fast",
    says: "What was read stays in memory between questions.",
    term: "reading cache in memory; peak is full + answering",
  },
  balanced: {
    label: "Balanced",
    says: "What was read rests on disk and comes back while you write a question. Recommended.",
    term: "reading cache as a snapshot on disk, loaded for each question",
  },
  smallest: {
    label: "Smallest",
    says: "Lets go of much of the document while reading it. Questions see only what was kept: facts get lost.",
    term: "eviction while reading by KeyDiff, without a question; never more than the bound and one piece in memory; budget and policy do not apply",
  },
};

/** What smallest mode may keep of the documents. */
export const smallestShares = [0.75, 0.5, 0.25, 0.12] as const;

export const kvWords: Record<KvType, Choice> = {
  f16: { label: "Exact", says: "16 bits a number", term: "KV type f16" },
  q8_0: { label: "Compact", says: "about half the memory, a little slower", term: "KV type q8_0" },
};

/** The field's term and meaning behind every number of the gauge. */
export const gaugeWords = {
  answering:
    "Answering KV cache: what the answer is generated from, after its first words. Those are written while all that was read is in memory. Allocated bytes, measured.",
  full: "What an ordinary, full f16 KV cache of this prompt would take. Computed from its length.",
  kept: "Mean number of prompt tokens kept per layer, of all prompt tokens that were read.",
  speed: "Tokens per second: while reading, prefill; while answering, decoding.",
  system: "Memory in use on this computer, all programs together.",
  weights: "The model's weights, loaded once and shared by all questions.",
  reading: "Reading KV cache: the whole document as the model read it. Where it is now, and its measured bytes.",
  compute: "Compute buffers: scratch space for one step of the model, of now or of the last answer.",
  disk: "Snapshots: reading caches saved on disk, of all conversations, and how much room they may take.",
  process: "Resident memory (RSS) of the engine process: everything above and the program itself.",
  layers:
    "Tokens kept in each layer's answering cache, of all that were read. Some policies give each layer the same, others give more to layers that lose more by forgetting.",
  history: "Both caches together while they are in memory, and the resident memory (RSS) of the engine: the most in every second.",
} as const satisfies Record<string, PlainText>;

export const budgetPresets: readonly Budget[] = [
  { kind: "full" },
  ...[0.25, 0.12, 0.06, 0.03].map((share) => ({ kind: "share", share }) as const),
];

export function budgetLabel(budget: Budget): string {
  switch (budget.kind) {
    case "full":
      return t("Full");
    case "share":
      return percent(budget.share);
    case "tokens":
      return t("{count} tokens", { count: budget.tokens });
    default:
      return budget satisfies never;
  }
}

export const sameBudget = (a: Budget, b: Budget): boolean => budgetLabel(a) === budgetLabel(b);

/** Mean tokens per layer that `budget` keeps of a prompt; null while the prompt's length is not known and it matters. */
export function keptTokens(budget: Budget, promptTokens: number | null): number | null {
  if (budget.kind === "tokens") return promptTokens === null ? budget.tokens : Math.min(budget.tokens, promptTokens);
  if (promptTokens === null) return null;
  return budget.kind === "full" ? promptTokens : Math.round(promptTokens * budget.share);
}
