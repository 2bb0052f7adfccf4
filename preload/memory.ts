/** What the gauge shows: where the caches are and what they take. Part of the contract in api.ts. */

/** Where the reading cache is now. */
export type ReadingPlace = "none" | "memory" | "disk" | "dropped";

/**
 * Tokens decoded at once, for a model of so many bytes. A stop is heard between pieces, so large models get small ones; on small
 * models 256 read as fast as 512. It depends on the model alone: the same text must always be cut alike.
 */
export function pieceTokens(modelBytes: number): number {
  const mebibytes = modelBytes / 2 ** 20;
  return mebibytes < 512 ? 256 : mebibytes < 2048 ? 128 : 64;
}

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
