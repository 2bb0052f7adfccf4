/** The gauge's numbers. */
import { totalmem } from "node:os";
import { availableMemory } from "node:process";
import type { MemoryReport, ReadingPlace } from "../../preload/api.ts";
import type { KvReport } from "./addon.ts";
import type { LoadedModel } from "./model.ts";

/**
 * What is allocated at this moment.
 *
 * @param place where the reading cache is while it is not in memory
 * @param kept the prompt's length in tokens, and how many of them each layer keeps; no layers: all of them
 */
export function memoryReport(
  loaded: LoadedModel,
  reading: KvReport | null,
  answering: KvReport | null,
  place: ReadingPlace,
  { promptTokens, perLayer }: { promptTokens: number; perLayer: number[] },
): MemoryReport {
  const keptTokens = perLayer.length > 0 ? Math.round(perLayer.reduce((a, b) => a + b, 0) / perLayer.length) : promptTokens;
  return {
    weightsBytes: loaded.info.bytes,
    readingPlace: reading ? "memory" : place,
    readingBytes: reading?.bytes ?? 0,
    answeringBytes: answering?.bytes ?? 0,
    computeBytes: (reading?.computeBytes ?? 0) + (answering?.computeBytes ?? 0),
    fullBytes: loaded.fullBytes(promptTokens),
    promptTokens,
    keptTokens,
    keptPerLayer: perLayer,
    processBytes: process.memoryUsage.rss(),
    systemFreeBytes: availableMemory(),
    systemTotalBytes: totalmem(),
  };
}
