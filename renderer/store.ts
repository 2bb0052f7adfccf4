/** The one store: a mirror of main's state, and what only the window knows (what is looked at, which dialog is open). */

import { create } from "zustand";
import { type AppError, defaultSettings, nothingAllocated, type Page, type PromptCount, type Turn } from "../preload/api.ts";
import type { Mirror } from "./events.ts";

export type Dialog =
  | { kind: "settings" }
  /** All models, one's own page by its id, or finding one that is here. */
  | { kind: "models"; page: string | null }
  | { kind: "trustModel"; modelId: string }
  | { kind: "shortcuts" }
  | { kind: "library" }
  | { kind: "search" }
  | { kind: "move"; documentId: string }
  | { kind: "link"; href: string }
  | { kind: "compare"; turnId: string }
  /** What of the documents is read; `prompt` as it was counted when it was opened. */
  | { kind: "extent"; prompt: PromptCount };

/**
 * The passage that the reader was taken to: of the evidence, whose place in it is `index`, or what a quote was found in. `visit` counts up, so
 * that going to the same passage again scrolls again.
 */
export type Focus = { turnId: string; index: number | null; documentId: string; start: number; end: number; visit: number };

export type Folio = Mirror & {
  /** False until main's state arrived. */
  connected: boolean;
  /** The document in the viewer, and its pages once they are here. */
  viewing: string | null;
  pages: { documentId: string; list: Page[] } | null;
  /** A document dropped in this window, to be shown and asked about as soon as it is ready. */
  awaited: string | null;
  focus: Focus | null;
  /** The document whose pages' text is being recognised, and how far that is; this window draws them. */
  recognising: { documentId: string; done: number; total: number; secondsLeft: number | null } | null;
  /** PDFs whose text is shown instead of their pages, by id. */
  asText: readonly string[];
  /** Size of a PDF's pages, 1 as on paper; null fits them to the window. */
  zoom: number | null;
  /** Screen pixels a point of the pages in the viewer now. */
  scale: number;
  /** The page that the reader was taken to from elsewhere, counted from 1, for these words on it. `visit` as in `Focus`. */
  place: { documentId: string; page: number; words: string; visit: number } | null;
  /** Which of the library's two lists is shown, and the folders that are closed in it. */
  list: "documents" | "conversations";
  closedFolders: readonly string[];
  /** What was just done, and how it is undone; for some seconds. */
  toast: { text: string; undo: (() => Promise<unknown>) | null; undoWord: string; number: number } | null;
  /** The turn that is to come into view once it is drawn. */
  soughtTurn: string | null;
  /** What the question box holds. */
  draft: string;
  tab: "document" | "conversation";
  dialog: Dialog | null;
  /** Whether the search through the document is open, and what it looks for. */
  finding: boolean;
  findQuery: string;
  /** Whether a passage of the document is being chosen by keys. */
  choosing: boolean;
  gaugeOpen: boolean;
  /** The last request that failed, until the reader closes the message. */
  problem: AppError | null;
};

export const useFolio = create<Folio>()(() => ({
  connected: false,
  engine: { phase: "starting" },
  safeMode: false,
  model: null,
  settings: defaultSettings,
  documents: [],
  conversations: [],
  notice: null,
  opened: null,
  desktop: false,
  conversation: null,
  comparison: null,
  memory: nothingAllocated,
  models: [],
  quality: [],
  downloads: [],
  calibration: null,
  machine: { cores: 1, threads: 1 },
  folders: { data: "", models: "", snapshots: "" },
  history: [],
  readSoFar: null,
  viewing: null,
  pages: null,
  awaited: null,
  focus: null,
  recognising: null,
  asText: [],
  zoom: null,
  scale: 1,
  place: null,
  list: "documents",
  closedFolders: [],
  toast: null,
  soughtTurn: null,
  draft: "",
  tab: "document",
  dialog: null,
  finding: false,
  findQuery: "",
  choosing: false,
  gaugeOpen: false,
  problem: null,
}));

/** The language that is set: what is memoised asks for it, so that it is drawn again in another one. */
export const useLanguage = () => useFolio((s) => s.settings.language);

/** The turn that is being read for or answered now. */
export const isRunning = (turn: Turn): boolean => turn.phase === "waiting" || turn.phase === "answering";

/** A question was asked and its answer is not whole yet; the next one has to wait. */
export const selectAnswering = (state: Folio): boolean => state.conversation?.turns.some(isRunning) ?? false;

/** It can be asked, now or when it has done what it does. */
export const selectEngineReady = ({ engine: { phase } }: Folio): boolean =>
  phase === "idle" || phase === "reading" || phase === "answering";

/** There is something to stop: an answer, or reading ahead of the first question. */
export const selectBusy = (state: Folio): boolean =>
  state.engine.phase === "reading" || state.engine.phase === "answering" || selectAnswering(state);

/** It came to no end of its own. */
export const isBroken = (turn: Turn): boolean => turn.phase === "failed" || (turn.phase === "done" && turn.stopReason === "stopped");

/** It was answered from less than everything. */
export const isComparable = (turn: Turn): turn is Extract<Turn, { phase: "done" }> =>
  turn.phase === "done" && turn.cache.keptPerLayer.some((kept) => kept < turn.promptTokens);

const noTurns: readonly Turn[] = [];
export const selectTurns = (state: Folio): readonly Turn[] => state.conversation?.turns ?? noTurns;
