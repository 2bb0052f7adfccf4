/** What the main side and the engine child say to each other. Every answer carries the number of the call it belongs to. */
import type { AppError, EngineStatus, KvType, MemoryMode, MemoryReport, ModelInfo } from "../../preload/api.ts";
import type { PastTurn } from "./prompt.ts";
import type { AskRequest, TurnResult } from "./turn.ts";

export type Call =
  | { op: "load"; file: string; threads: number; snapshots: { folder: string; capBytes: number } | null }
  | { op: "addDocument"; documentId: string; text: string }
  | { op: "removeDocument"; documentId: string }
  | { op: "countPrompt"; documentIds: string[]; history: PastTurn[]; question: string }
  | { op: "read"; documentIds: string[]; mode: MemoryMode; smallestShare: number; readingKv: KvType }
  | { op: "ask"; request: AskRequest }
  | { op: "memory" };

/** What each call resolves to. */
export type Results = {
  load: ModelInfo;
  addDocument: number;
  removeDocument: undefined;
  countPrompt: { promptTokens: number; limit: number };
  read: undefined;
  ask: TurnResult;
  memory: MemoryReport;
};

export type ToEngine = { kind: "call"; id: number; call: Call } | { kind: "abort"; id: number };

export type FromEngine =
  | { kind: "result"; id: number; result: unknown }
  | { kind: "failure"; id: number; error: AppError }
  | { kind: "loading"; id: number; share: number }
  | { kind: "status"; id: number; status: Extract<EngineStatus, { phase: "reading" | "answering" }> }
  | { kind: "memory"; id: number; memory: MemoryReport }
  | { kind: "text"; id: number; text: string };
