/** What the main side and the engine child say to each other. Every answer carries the number of the call it belongs to. */
import type { AppError, EngineStatus, KvType, MemoryMode, MemoryReport, ModelInfo, PromptCount } from "../../preload/api.ts";
import type { CalibrationProgress } from "./calibrate.ts";
import type { PastTurn, Pin } from "./prompt.ts";
import type { AskRequest, ReadExtent, TurnResult } from "./turn.ts";

/** A model file and how it is used; without a context length or system prompt they are the model's own and Folio's, without `gpuLayers` none. */
export type LoadRequest = { file: string; threads: number; contextLength?: number; systemPrompt?: string; gpuLayers?: number };

export type Call =
  | ({ op: "load"; snapshots: { folder: string; capBytes: number } | null } & LoadRequest)
  /** Looks for the model's profile again. */
  | { op: "profile" }
  /** Snapshots may take so many bytes from now on, and these were removed. */
  | { op: "snapshots"; capBytes: number }
  /** Makes a profile for a model file; for an engine of its own. */
  | { op: "calibrate"; file: string; threads: number }
  | { op: "addDocument"; documentId: string; text: string }
  | { op: "removeDocument"; documentId: string }
  | { op: "countPrompt"; documentIds: string[]; extent?: ReadExtent; history: PastTurn[]; question: string }
  | {
      op: "read";
      documentIds: string[];
      extent?: ReadExtent;
      history: PastTurn[];
      pins?: readonly Pin[];
      mode: MemoryMode;
      smallestShare: number;
      readingKv: KvType;
    }
  | { op: "ask"; request: AskRequest };

/** What each call resolves to. */
export type Results = {
  load: ModelInfo;
  profile: ModelInfo;
  snapshots: undefined;
  calibrate: undefined;
  addDocument: number;
  removeDocument: undefined;
  countPrompt: PromptCount;
  read: undefined;
  ask: TurnResult;
};

export type ToEngine = { kind: "call"; id: number; call: Call } | { kind: "abort"; id: number };

export type FromEngine =
  /** Every second, whatever it does. */
  | { kind: "alive" }
  | { kind: "result"; id: number; result: unknown }
  | { kind: "failure"; id: number; error: AppError }
  | { kind: "loading"; id: number; share: number }
  | { kind: "calibrating"; id: number; progress: CalibrationProgress }
  | { kind: "status"; id: number; status: Extract<EngineStatus, { phase: "reading" | "answering" }> }
  | { kind: "memory"; id: number; memory: MemoryReport }
  | { kind: "text"; id: number; text: string };
