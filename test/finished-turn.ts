/** A question that was answered: what a test does not say of it is some plausible number. */
import type { Turn } from "../preload/api.ts";

type Done = Extract<Turn, { phase: "done" }>;

export function finishedTurn(turn: Partial<Done>): Done {
  return {
    id: "t",
    question: "What did the keeper write?",
    answer: "",
    phase: "done",
    stopReason: "end",
    promptTokens: 7055,
    answerTokens: 20,
    cache: {
      policy: "phrase",
      mode: "balanced",
      budgetTokens: 421,
      fullBytes: 188e6,
      readingBytes: 188e6,
      answeringBytes: 6.1e6,
      peakBytes: 194e6,
      computeBytes: 11e6,
      protectedTokens: 40,
      keptPerLayer: [100, 200, 300],
      openingTokens: 20,
    },
    timing: { readMs: 1, restoreMs: 0, questionMs: 1, selectMs: 1, gatherMs: 1, firstTokenMs: 4, decodeTokensPerSecond: 41 },
    evidence: [],
    notice: null,
    ...turn,
  };
}
