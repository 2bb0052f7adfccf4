/** The part of the contract that is about conversations. Offsets are UTF-16 code units, sizes bytes, lengths tokens unless a name says otherwise. */
import type { AppError, MemoryMode, PolicyName } from "./api.ts";
import type { Sentence } from "./sentences.ts";

/** A passage that the answer rests on: kept because the retrieval heads attended to it. Offsets are in the document's whole text, `label` is its page's. */
export type Evidence = { documentId: string; page: number; label?: string; start: number; end: number; text: string; score: number };

/** A quote at [start, end) of an answer, and where a document says the same, whatever the space, hyphens and case; null when none does. */
export type Quote = {
  start: number;
  end: number;
  found: { documentId: string; page: number; label?: string; start: number; end: number } | null;
};

/** Where the cache kept tokens of a document: for equal parts of its text the share of layers that kept their tokens, 0 to 1. */
export type KeptMap = { documentId: string; shares: number[] };

/** Pages [from, to] of a document, counted from 1. */
export type PageRange = { documentId: string; from: number; to: number };

/** What of its documents a conversation's model is given. Of documents without a range all pages; windows: everything, a part at a time. */
export type Extent = { kind: "whole" } | { kind: "pages"; ranges: PageRange[] } | { kind: "windows" };

/**
 * What of the documents was read for an answer when it was not all of them at once. Windows: tokens read in how many, and tokens of the
 * sentences that were picked from them for the answer.
 */
export type Coverage = { kind: "pages"; ranges: PageRange[] } | { kind: "windows"; windows: number; tokens: number; pickedTokens: number };

/** A prompt's exact length in tokens, the most that the model reads, and what reading in windows would read, where that is in question. */
export type PromptCount = { promptTokens: number; limit: number; windows: { count: number; tokens: number } | null };

/** Why an answer ended; `repeating`: the model had begun to say the same thing over and over. */
export type StopReason = "end" | "length" | "stopped" | "repeating";

/** What one turn's cache really held; bytes are measured from the allocator, `fullBytes` is what a full f16 cache of the prompt takes. */
export type CacheReport = {
  policy: PolicyName;
  mode: MemoryMode;
  budgetTokens: number;
  fullBytes: number;
  readingBytes: number;
  answeringBytes: number;
  peakBytes: number;
  computeBytes: number;
  /** Tokens of question, template and pins that are always kept, outside the budget. */
  protectedTokens: number;
  keptPerLayer: number[];
  /** Tokens of the answer that were written before anything was left out, with everything that was read in memory. */
  openingTokens: number;
};

export type TurnTiming = {
  readMs: number;
  restoreMs: number;
  questionMs: number;
  selectMs: number;
  gatherMs: number;
  firstTokenMs: number;
  decodeTokensPerSecond: number;
};

/** One question and its answer. */
export type Turn = { id: string; question: string; answer: string } & (
  | { phase: "waiting" }
  | { phase: "answering" }
  | {
      phase: "done";
      stopReason: StopReason;
      promptTokens: number;
      answerTokens: number;
      cache: CacheReport;
      timing: TurnTiming;
      /** In the documents' order. */
      evidence: Evidence[];
      /** These two are missing in conversations of earlier versions. */
      quotes?: Quote[];
      kept?: KeptMap[];
      /** Missing when the documents were read whole. */
      coverage?: Coverage;
      /** Why the answer came from the full cache although a budget was set, e.g. an unsupported model. */
      notice: Sentence | null;
    }
  | { phase: "failed"; error: AppError }
);

/** The question of a turn answered once more, from the full cache. `full.id` is its own, which `answer` events name. */
export type Comparison = { turnId: string; full: Turn };

export type Conversation = { id: string; documentIds: string[]; extent: Extent; turns: Turn[] };

/** What the list of conversations shows of one. A conversation is listed, and kept, from its first question on. */
export type ConversationInfo = {
  id: string;
  title: string;
  documentIds: string[];
  /** As they were called when they were added; a conversation outlives its documents. */
  documentNames: string[];
  turns: number;
  /** The conversation that it went on from another way. */
  branchOf: string | null;
  /** ms since 1970. */
  createdAt: number;
  changedAt: number;
};

/** Text in pieces, of which some are what was looked for. */
export type Snippet = { text: string; hit: boolean }[];

/** What a search found, best first in each kind. */
export type SearchResult = {
  documents: { documentId: string; title: Snippet }[];
  pages: { documentId: string; page: number; label?: string; text: Snippet }[];
  conversations: { conversationId: string; title: Snippet }[];
  turns: { conversationId: string; turnId: string; text: Snippet }[];
};

/** A conversation's whole text in a form for elsewhere, as a file. */
export type ExportFormat = "markdown" | "html" | "json";
export type ExportedFile = { name: string; type: string; text: string };
