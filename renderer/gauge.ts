/** What the gauge says, from main's numbers. Pure: while something runs it is the measurement of now, afterwards that of the last answer. */

import type { EngineStatus, MemoryReport, PolicyName, Turn } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";

export type GaugeFacts = {
  label: PlainText;
  usedBytes: number;
  /** Null while reading: a full cache is being made, and there is nothing to compare it with. */
  fullBytes: number | null;
  /** Bytes of the reading cache that lie in memory beside what is shown as used. */
  besideBytes: number;
  keptTokens: number;
  promptTokens: number;
  tokensPerSecond: number | null;
};

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, n) => sum + n, 0) / values.length);

export function gaugeFacts(engine: EngineStatus, memory: MemoryReport, turns: readonly Turn[]): GaugeFacts | null {
  const readingInMemory = memory.readingPlace === "memory" ? memory.readingBytes : 0;
  if (engine.phase === "reading") {
    return {
      label: "Memory used to read",
      usedBytes: memory.readingBytes,
      fullBytes: null,
      besideBytes: 0,
      keptTokens: engine.done,
      promptTokens: engine.total,
      tokensPerSecond: engine.tokensPerSecond > 0 ? engine.tokensPerSecond : null,
    };
  }
  if (engine.phase === "answering" && (memory.answeringBytes > 0 || readingInMemory > 0)) {
    // Without an answering cache of its own, the answer is written from the reading cache.
    const own = memory.answeringBytes > 0;
    return {
      label: "Memory used to answer",
      usedBytes: own ? memory.answeringBytes : readingInMemory,
      fullBytes: memory.fullBytes,
      besideBytes: own ? readingInMemory : 0,
      keptTokens: memory.keptTokens,
      promptTokens: memory.promptTokens,
      tokensPerSecond: engine.tokensPerSecond > 0 ? engine.tokensPerSecond : null,
    };
  }
  const last = turns.findLast((turn) => turn.phase === "done");
  if (last?.phase !== "done") return null;
  return {
    label: "Memory used to answer",
    usedBytes: last.cache.answeringBytes,
    fullBytes: last.cache.fullBytes,
    besideBytes: readingInMemory,
    keptTokens: Math.round(mean(last.cache.keptPerLayer)),
    promptTokens: last.promptTokens,
    tokensPerSecond: last.timing.decodeTokensPerSecond,
  };
}

/** What every layer keeps of a prompt: [layer]; `policy` is known once the answer is there. */
export type LayersKept = { perLayer: readonly number[]; promptTokens: number; policy: PolicyName | null };

/** The layers to draw: those of now while it answers, or of the last answer; null before the first one. */
export function layersKept(engine: EngineStatus, memory: MemoryReport, turns: readonly Turn[]): LayersKept | null {
  const last = turns.findLast((turn) => turn.phase === "done");
  const done: LayersKept | null =
    last?.phase === "done" && last.cache.keptPerLayer.length > 0
      ? { perLayer: last.cache.keptPerLayer, promptTokens: last.promptTokens, policy: last.cache.policy }
      : null;
  const now: LayersKept | null =
    memory.keptPerLayer.length > 0 ? { perLayer: memory.keptPerLayer, promptTokens: memory.promptTokens, policy: null } : null;
  // What was compared afterwards is no answer of the conversation.
  return engine.phase === "answering" ? (now ?? done) : (done ?? now);
}
