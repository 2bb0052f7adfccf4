/** The settings a person can change, and what they are at first. Part of the contract in api.ts. */
import type { Language } from "./sentences.ts";

export const policyNames = [
  "full",
  "streaming",
  "random",
  "snapkv",
  "pyramidkv",
  "compresskv",
  "phrase",
  "shared",
  "composite",
  "kvcrush",
  "keydiff",
] as const;
export type PolicyName = (typeof policyNames)[number];
export const memoryModes = ["fast", "balanced", "smallest"] as const;
export type MemoryMode = (typeof memoryModes)[number];
export type KvType = "f16" | "q8_0";
/** Share of the prompt (0 < share < 1), a mean number of tokens per layer, or everything. */
export type Budget = { kind: "full" } | { kind: "share"; share: number } | { kind: "tokens"; tokens: number };

export type Settings = {
  budget: Budget;
  policy: PolicyName;
  mode: MemoryMode;
  /** Share of the documents' tokens that smallest mode keeps, 0 < share < 1; not used in other modes. */
  smallestShare: number;
  readingKv: KvType;
  answeringKv: KvType;
  maxAnswerTokens: number;
  /** Bytes that snapshots may take on disk. */
  snapshotCapBytes: number;
  theme: "system" | "light" | "dark";
  /** How the library's documents are ordered: the latest, or the largest, first. */
  librarySort: LibrarySort;
  language: "system" | Language;
  /** The local server for programs. */
  server: { enabled: boolean; port: number };
};
export type LibrarySort = "name" | "added" | "size";

/** As Folio comes. */
export const defaultSettings: Settings = {
  budget: { kind: "share", share: 0.06 },
  policy: "phrase",
  mode: "balanced",
  smallestShare: 0.5,
  readingKv: "f16",
  answeringKv: "f16",
  maxAnswerTokens: 512,
  snapshotCapBytes: 8e9,
  theme: "system",
  librarySort: "added",
  language: "system",
  server: { enabled: false, port: 7650 },
};
