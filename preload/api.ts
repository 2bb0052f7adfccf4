/**
 * The one typed contract between the window and the main side.
 * Requests are asked by the window and answered once; events are pushed by main and carry only what changed.
 * Everything crossing it is plain data. Sizes are bytes, durations ms, lengths tokens unless a name says otherwise.
 */

import type {
  Comparison,
  Conversation,
  ConversationInfo,
  ExportedFile,
  ExportFormat,
  Extent,
  PromptCount,
  SearchResult,
  Turn,
} from "./conversations.ts";
import type { DocumentInfo, Page, SourceState } from "./documents.ts";
import type { MemoryReport } from "./memory.ts";
import type { Calibration, Download, Folders, Machine, ModelEntry, ModelRequests, QualityStep } from "./models.ts";
import type { Language, Sentence } from "./sentences.ts";
import type { Settings } from "./settings.ts";

export * from "./conversations.ts";
export * from "./documents.ts";
export * from "./memory.ts";
export * from "./models.ts";
export * from "./settings.ts";

/** An expected failure: one plain sentence that says what happened and what to do, and a stable code for tests and styling. */
export type AppError = { code: string } & Sentence;

/** What the engine does now. `secondsLeft` is null until the speed is known. */
export type EngineStatus =
  | { phase: "starting" }
  | { phase: "loading"; model: string; progress: number }
  | { phase: "no-model"; error: AppError }
  | { phase: "idle" }
  | {
      phase: "reading";
      done: number;
      total: number;
      /** 0 until it is known. */
      tokensPerSecond: number;
      secondsLeft: number | null;
      /** Of documents that are read in windows. */
      window?: { number: number; of: number };
    }
  | { phase: "answering"; turnId: string; tokensPerSecond: number }
  | { phase: "restarting"; error: AppError }
  /** It stopped too often, and stays so until it is started in safe mode or another model is chosen. */
  | { phase: "down"; error: AppError };

export type ModelInfo = {
  name: string;
  file: string;
  bytes: number;
  sha256: string;
  layers: number;
  heads: number;
  kvHeads: number;
  /** The longest prompt and answer together, as it is used now. */
  contextLength: number;
  /** What the model was made for. */
  longestContext: number;
  /** Bytes that one more token takes in a full f16 cache of a long document: layers with a sliding window have theirs full. */
  tokenBytes: number;
  /** Tokens a second when this computer last read with it; null until it has. */
  readingSpeed: number | null;
  /** The graphics card and how many layers it computes, the output as one of them; null when the processor computes everything. */
  gpu: { name: string; layers: number } | null;
  /** Null when the retrieval heads of this model were not calibrated: all heads and even budgets are used. */
  profile: string | null;
  /** Null when compression works; otherwise why only the full cache can be used. */
  unsupported: string | null;
};

/** Everything the window shows, sent once when it opens; events keep it current. */
export type AppState = {
  engine: EngineStatus;
  /** Whether the engine runs with the model that Folio comes with and a short prompt, whatever is chosen; until the next start. */
  safeMode: boolean;
  model: ModelInfo | null;
  settings: Settings;
  documents: DocumentInfo[];
  conversations: ConversationInfo[];
  conversation: Conversation | null;
  /** The last one of this session; it is not saved. */
  comparison: Comparison | null;
  memory: MemoryReport;
  models: ModelEntry[];
  downloads: Download[];
  calibration: Calibration | null;
  machine: Machine;
  /** Empty while nothing was measured. */
  quality: QualityStep[];
  folders: Folders;
  /** What main has to say by itself, until a person closes it: a library that was restored, words that could not be saved. */
  notice: AppError | null;
  /** The document that the system last asked Folio to open, until another one or a conversation is opened. */
  opened: string | null;
  /** Whether the host can show a file in its folder and ask where to save one; a browser saves by itself. */
  desktop: boolean;
};

/** A request fails with a RequestError, which holds an AppError. */
export type Requests = {
  getState(): Promise<AppState>;
  /**
   * Imports a dropped or picked file; the document appears through `document` events. Resolves to its id once accepted, which is
   * the id of the one that is there if the same file was added before. A name like "Contracts/2024/Lease.pdf" goes into the library's folder
   * "Contracts/2024". `source` is its path where the host tells it.
   */
  importFile(name: string, bytes: Uint8Array, source?: string): Promise<string>;
  /** Stops an import, or removes a document; for a minute it can be restored. Conversations about it stay. */
  removeDocument(documentId: string): Promise<void>;
  restoreDocument(documentId: string): Promise<void>;
  renameDocument(documentId: string, name: string): Promise<void>;
  /** Puts it into a folder of the library; "" is none. A folder is there as long as something lies in it, and "/" parts it from the folder that it lies in. */
  moveDocument(documentId: string, folder: string): Promise<void>;
  /** Shows the file it was added from, or Folio's copy, in the system's file manager. Only where `desktop` is true. */
  showInFolder(documentId: string): Promise<void>;
  /** Looks for words in names, pages and conversations. */
  search(words: string): Promise<SearchResult>;
  getPages(documentId: string): Promise<Page[]>;
  /** Looks whether the file that a document was added from is still what it was. */
  checkSource(documentId: string): Promise<SourceState>;
  /** Adds that file as it is now, as `importFile` does; the document as it was stays. */
  addChangedSource(documentId: string): Promise<string>;
  /** Always keeps a passage of a ready document; what it touches or overlaps becomes one with it. */
  pin(documentId: string, start: number, end: number): Promise<void>;
  /** Chooses anew each time whether to keep the passage that begins at `start`. */
  unpin(documentId: string, start: number): Promise<void>;
  /** The file's own bytes, for showing its pages as they look. */
  getFile(documentId: string): Promise<Uint8Array>;
  /** Recognises the text of a page without text; `picture` is the page as a PNG. Resolves once the text is in the library. */
  recognisePage(documentId: string, page: number, picture: Uint8Array): Promise<void>;
  /** No more pages follow: the document is counted, and read if it is open. */
  finishRecognition(documentId: string): Promise<void>;
  /** Starts an empty conversation over these documents, in this order. */
  openConversation(documentIds: string[]): Promise<void>;
  /** Opens a conversation of the list. What is being answered in another one is stopped, and kept as far as it got. */
  showConversation(conversationId: string): Promise<void>;
  /** Adds a document behind the others of the open conversation; only the new one has to be read. */
  addToConversation(documentId: string): Promise<void>;
  renameConversation(conversationId: string, title: string): Promise<void>;
  /** Removes it; for a minute it can be restored. */
  removeConversation(conversationId: string): Promise<void>;
  restoreConversation(conversationId: string): Promise<void>;
  /**
   * Asks `question` in the place of a turn of the open conversation, in a new conversation that begins with the turns before it. The old one
   * stays as it was; only a last turn that came to nothing is asked again in its place. Resolves to the new turn's id.
   */
  branch(turnId: string, question: string): Promise<string>;
  /** The conversation as a file to save, with Folio's own words in a language; null when the host has asked a person where to save it and is done. */
  exportConversation(conversationId: string, format: ExportFormat, language: Language): Promise<ExportedFile | null>;
  /** What the open conversation gives the model from now on; read ahead at once, and remembered with it. */
  changeExtent(extent: Extent): Promise<void>;
  countPrompt(question: string): Promise<PromptCount>;
  /** Begins a turn; resolves to its id at once, the answer arrives through events. */
  ask(question: string): Promise<string>;
  /** Answers the question of a turn of the open conversation from the full cache too; it arrives as the comparison. */
  compare(turnId: string): Promise<void>;
  /** Stops reading or answering; what was read and said is kept. */
  stop(): Promise<void>;
  changeSettings(changes: Partial<Settings>): Promise<void>;
  /** Every setting as Folio comes with it; models keep theirs. */
  resetSettings(): Promise<void>;
  /** Starts the engine in safe mode, or as usual. */
  setSafeMode(on: boolean): Promise<void>;
  /** Takes back what main had to say. */
  closeNotice(): Promise<void>;
} & ModelRequests;

export type Events = {
  engine: EngineStatus;
  safeMode: boolean;
  model: ModelInfo | null;
  settings: Settings;
  /** The whole list, where most of it changed at once. */
  documents: DocumentInfo[];
  document: DocumentInfo;
  documentRemoved: string;
  /** A conversation of the list, new or changed. */
  conversationInfo: ConversationInfo;
  conversationRemoved: string;
  conversation: Conversation | null;
  turn: Turn;
  comparison: Comparison | null;
  /** Text to append to the answer of a turn, or of the comparison. */
  answer: { turnId: string; text: string };
  memory: MemoryReport;
  models: ModelEntry[];
  downloads: Download[];
  calibration: Calibration | null;
  notice: AppError | null;
  opened: string | null;
};

export type RequestName = keyof Requests;
export type EventName = keyof Events;

/** Every request's name, for the bridges to loop over; the type keeps it complete. */
export const requestNames = Object.keys({
  getState: 0,
  importFile: 0,
  removeDocument: 0,
  restoreDocument: 0,
  getPages: 0,
  getFile: 0,
  checkSource: 0,
  addChangedSource: 0,
  pin: 0,
  unpin: 0,
  recognisePage: 0,
  finishRecognition: 0,
  renameDocument: 0,
  moveDocument: 0,
  showInFolder: 0,
  search: 0,
  openConversation: 0,
  showConversation: 0,
  addToConversation: 0,
  renameConversation: 0,
  removeConversation: 0,
  restoreConversation: 0,
  branch: 0,
  exportConversation: 0,
  changeExtent: 0,
  countPrompt: 0,
  ask: 0,
  compare: 0,
  stop: 0,
  changeSettings: 0,
  resetSettings: 0,
  setSafeMode: 0,
  closeNotice: 0,
  refreshModels: 0,
  linkModel: 0,
  listFolder: 0,
  removeModel: 0,
  chooseModel: 0,
  changeModelSettings: 0,
  startDownload: 0,
  pauseDownload: 0,
  cancelDownload: 0,
  calibrate: 0,
  stopCalibration: 0,
  getProfile: 0,
  getSnapshotSizes: 0,
  clearSnapshots: 0,
  showFolder: 0,
} satisfies Record<RequestName, 0>) as RequestName[];

/** How a request ends on its way to the window, whatever carries it: errors themselves lose their name between processes. */
export type Answer<Value = unknown> = { value: Value } | { error: AppError };

/** What the preload script sets as `window.folio`: requests that answer, and never reject. */
export type PreloadApi = {
  [Name in RequestName]: (...args: Parameters<Requests[Name]>) => Promise<Answer<Awaited<ReturnType<Requests[Name]>>>>;
} & Pick<FolioApi, "on" | "pathOf">;

/** What the window works with, whichever host it has. */
export type FolioApi = Requests & {
  /** Where a dropped or picked file lies; only the desktop can tell. */
  pathOf?(file: File): string;
  /** Listens to one event; call the result to stop. */
  on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void;
};

/** The only two channels of Electron's IPC. */
export const requestChannel = "folio:request";
export const eventChannel = "folio:event";
