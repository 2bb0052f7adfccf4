/** What the gauge shows: where the caches are and what they take. Part of the contract in api.ts. */

/** Where the reading cache is now. */
export type ReadingPlace = "none" | "memory" | "disk" | "dropped";

/** The gauge's numbers; all bytes are measured except `fullBytes`. Sent at most ten times a second while something changes. */
export type MemoryReport = {
  weightsBytes: number;
  readingPlace: ReadingPlace;
  readingBytes: number;
  answeringBytes: number;
  computeBytes: number;
  fullBytes: number;
  promptTokens: number;
  keptTokens: number;
  keptPerLayer: number[];
  /** Resident memory of the engine process. */
  processBytes: number;
  systemFreeBytes: number;
  systemTotalBytes: number;
};

/** Nothing is loaded yet. */
export const nothingAllocated: MemoryReport = {
  weightsBytes: 0,
  readingPlace: "none",
  readingBytes: 0,
  answeringBytes: 0,
  computeBytes: 0,
  fullBytes: 0,
  promptTokens: 0,
  keptTokens: 0,
  keptPerLayer: [],
  processBytes: 0,
  systemFreeBytes: 0,
  systemTotalBytes: 0,
};
