/** What a turn takes and gives. */

import type {
  Budget,
  CacheReport,
  EngineStatus,
  KvType,
  MemoryMode,
  MemoryReport,
  PolicyName,
  StopReason,
  TurnTiming,
} from "../../preload/api.ts";
import type { Sentence } from "../../preload/sentences.ts";
import type { Sampling } from "./addon.ts";
import type { Passage } from "./evidence.ts";
import type { Window } from "./keep.ts";
import type { PastTurn, Pin } from "./prompt.ts";
import type { QuoteCheck } from "./quotes.ts";

/** What of its documents a conversation reads. */
export type ReadExtent =
  | { kind: "whole" }
  /** Of each document these characters, or all of it: [document]. */
  | { kind: "parts"; parts: ({ start: number; end: number } | null)[] }
  | { kind: "windows" };

export type AskRequest = {
  documentIds: string[];
  /** Missing is whole. */
  extent?: ReadExtent;
  history: PastTurn[];
  question: string;
  /** Passages that always stay, outside the budget. */
  pins?: readonly Pin[];
  policy: PolicyName;
  budget: Budget;
  window: Window;
  mode: MemoryMode;
  /** Share of the documents' tokens that smallest mode keeps. */
  smallestShare: number;
  readingKv: KvType;
  answeringKv: KvType;
  maxAnswerTokens: number;
} & Sampling;

export type TurnResult = {
  answer: string;
  stopReason: StopReason;
  promptTokens: number;
  answerTokens: number;
  cache: CacheReport;
  timing: TurnTiming;
  evidence: Passage[];
  quotes: QuoteCheck[];
  /** Share of the layers that kept the tokens of each part of each document, 0 to 1: [document][part]. */
  keptShares: number[][];
  /** When the documents were read in windows: how many windows and tokens were read, and tokens of the sentences that were answered from. */
  windows: { count: number; tokens: number; picked: number } | null;
  /** Why the answer came from the full cache although a budget was set. */
  notice: Sentence | null;
  details: TurnDetails;
};

/** What the cache kept, for people who check it: positions count the prompt's tokens. */
export type TurnDetails = {
  promptTokenIds: number[];
  /** Positions whose attention was probed. */
  window: number[];
  policy: PolicyName;
  /** Heads that decided, [layer][head]. */
  heads: number[][];
  budgets: number[];
  /** Positions kept, [layer][position] ascending. */
  kept: number[][];
  answerTokenIds: number[];
};

/** What a turn tells while it runs. */
export type Hooks = {
  signal: AbortSignal;
  onStatus(status: Extract<EngineStatus, { phase: "reading" | "answering" }>): void;
  onMemory(report: MemoryReport): void;
  onText(text: string): void;
};
