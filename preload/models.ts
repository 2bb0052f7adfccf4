/** The part of the contract that is about models. Sizes are bytes, lengths tokens unless a name says otherwise. */
import type { KvType, PolicyName } from "./api.ts";
import type { Sentence } from "./sentences.ts";

/**
 * Tokens decoded at once, for a model of so many bytes. A stop is heard between pieces, so large models get small ones; on small
 * models 256 read as fast as 512. It depends on the model alone: the same text must always be cut alike.
 */
export function pieceTokens(modelBytes: number): number {
  const mebibytes = modelBytes / 2 ** 20;
  return mebibytes < 512 ? 256 : mebibytes < 2048 ? 128 : 64;
}

/** The figures of a model's architecture that decide how much memory it takes. */
export type ModelShape = {
  architecture: string;
  layers: number;
  heads: number;
  kvHeads: number;
  /** Numbers in one key, and in one value, of one head. */
  keyLength: number;
  valueLength: number;
  embedding: number;
  vocabulary: number;
  contextLength: number;
};

/** What Folio's own list says of a model. */
export type ModelOffer = { size: "small" | "balanced" | "large"; why: string; licence: string; languages: string; repository: string };

/** How one model is used. Null is "as Folio does it by itself". */
export type ModelSettings = {
  /** At most the model's own. */
  contextLength: number | null;
  /** At most the processor's cores. */
  threads: number | null;
  /** Layers that a graphics card computes, the output as one of them; 0 is none. */
  gpuLayers: number;
  readingKv: KvType | null;
  answeringKv: KvType | null;
  systemPrompt: string | null;
  /** 0 always takes the most likely word; of what follows only the repeat penalty has an effect then. */
  temperature: number;
  topP: number;
  topK: number;
  /** Words less likely than this share of the likeliest one are left out. */
  minP: number;
  /** Words of the last 64 tokens of the answer become less likely; 1 is off. */
  repeatPenalty: number;
  /** Null draws another one for every answer. */
  seed: number | null;
};

export const defaultModelSettings: ModelSettings = {
  contextLength: null,
  threads: null,
  gpuLayers: 0,
  readingKv: null,
  answeringKv: null,
  systemPrompt: null,
  temperature: 0,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  repeatPenalty: 1,
  seed: null,
};

/** What a model has to be loaded again for. */
export const reloading = ["contextLength", "threads", "gpuLayers", "systemPrompt"] as const satisfies (keyof ModelSettings)[];

/** What a model is told before the document, unless its settings say otherwise. */
export const defaultSystemPrompt =
  "You answer questions about the document that the user gives you. Answer briefly and exactly, with facts from the document.";

/** The most memory that the engine's process was seen to take, and how long the prompt was then. */
export type MeasuredMemory = { processBytes: number; promptTokens: number };

/** A model that can be used, or fetched and then used. */
export type ModelEntry = {
  id: string;
  name: string;
  bytes: number;
  /** `list`: Folio offers it; `folder`: a file in Folio's models folder; `linked`: somebody's own file, which stays where it is. */
  origin: "list" | "folder" | "linked";
  /** Null while it is only offered. */
  file: string | null;
  /** What it is said to be, which for a model of the list needs no file. */
  shape: ModelShape | null;
  offer: ModelOffer | null;
  /** Why it cannot be used, in one sentence. */
  problem: Sentence | null;
  /** Files of unknown origin are loaded only after a person said so once. */
  trusted: boolean;
  settings: ModelSettings;
  measured: MeasuredMemory | null;
};

/** A model on its way here. It is used only once all of it has come and its checksum is right. */
export type Download = { modelId: string; done: number; total: number } & (
  | { phase: "running"; bytesPerSecond: number; secondsLeft: number | null }
  /** The connection broke; it goes on by itself. */
  | { phase: "waiting"; why: Sentence }
  | { phase: "paused" }
  | { phase: "checking" }
  | { phase: "failed"; why: Sentence }
);

/** What lies in a folder of this computer, as far as models go. */
export type FolderListing = {
  path: string;
  parent: string | null;
  folders: string[];
  models: { name: string; bytes: number }[];
};

/** A calibration that runs. */
export type Calibration = { model: string; stage: "starting" | "heads" | "layers"; share: number; secondsLeft: number | null };

/** What calibration found: semantic retrieval scores [layer][head], and each layer's share of the eviction error [layer], or none. */
export type ProfileScores = { calibration: string; scores: number[][]; layerErrors: number[] };

/** Snapshots on disk: all together, and those of conversations that begin with a document. */
export type SnapshotSizes = { bytes: number; documents: { documentId: string; bytes: number }[] };

/** This computer's processor: its cores, and how many threads Folio uses by itself. */
export type Machine = { cores: number; threads: number };

/** Folders that Folio keeps things in, as the system writes their paths. */
export type Folders = { data: string; models: string; snapshots: string };
export type FolderName = keyof Folders;

/** What the window asks about models, profiles, and what lies on disk. */
export type ModelRequests = {
  /** Looks at the disk again. */
  refreshModels(): Promise<void>;
  /** Links a model file, or every model in a folder; resolves to how many there are. Nothing is copied. */
  linkModel(path: string): Promise<number>;
  /** What lies in a folder; null is the person's own. */
  listFolder(path: string | null): Promise<FolderListing>;
  /** Deletes a model that Folio downloaded; a linked one is only forgotten. */
  removeModel(modelId: string): Promise<void>;
  /** Loads a model; `trust` says that a file of unknown origin may be loaded. */
  chooseModel(modelId: string, trust: boolean): Promise<void>;
  /** What concerns loading takes effect at once, sampling at the next question. */
  changeModelSettings(modelId: string, settings: ModelSettings): Promise<void>;
  /** Starts a download, or goes on with it. */
  startDownload(modelId: string): Promise<void>;
  pauseDownload(modelId: string): Promise<void>;
  /** Throws away what has come. */
  cancelDownload(modelId: string): Promise<void>;
  /** Makes a profile for the model in use, in the background; goes on where it was stopped. */
  calibrate(): Promise<void>;
  stopCalibration(): Promise<void>;
  /** Null when the model in use has none. */
  getProfile(): Promise<ProfileScores | null>;
  getSnapshotSizes(): Promise<SnapshotSizes>;
  /** Removes the snapshots of conversations that begin with a document, or all. */
  clearSnapshots(documentId: string | null): Promise<void>;
  /** Opens one of Folio's folders in the system's file manager. */
  showFolder(name: FolderName): Promise<void>;
};

/**
 * How often the next word of an answer, behind those that it may begin with from the full cache, is what the full cache would choose, 0 to 1,
 * with a policy and a share of the prompt as its budget.
 */
export type QualityStep = { policy: PolicyName; share: number; same: number };
