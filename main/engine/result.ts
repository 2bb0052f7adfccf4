/** What a turn came to, put together from what was measured while it ran. */
import type { TurnTiming } from "../../preload/api.ts";
import { sentence } from "../../preload/sentences.ts";
import type { Caches, ConversationPrompt } from "./caches.ts";
import type { Choice } from "./choice.ts";
import type { Answer } from "./decode.ts";
import { type Excerpt, inDocument } from "./excerpt.ts";
import { range } from "./keep.ts";
import { keptShares } from "./kept.ts";
import { onAllLayers, withWindows } from "./layers.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt, TokenizedText } from "./prompt.ts";
import { checkQuotes } from "./quotes.ts";
import type { AskRequest, TurnDetails, TurnResult } from "./turn.ts";

/** A turn's text: what is read of the conversation's documents. `firstDocument` is null when no later turn will begin with the same. */
export type Material = { documents: TokenizedText[]; excerpts: Excerpt[]; firstDocument: string | null };

/** A turn at its end, its answering cache still there. Times are ms. */
export type Ended = {
  request: AskRequest;
  material: Material;
  prompt: ConversationPrompt;
  /** Positions probed, [from, to). */
  window: [number, number];
  choice: Choice;
  answer: Answer;
  /** Tokens of the answer that were written from the reading cache, before it was decoded on. */
  begun: number;
  readingBytes: number;
  /** The most that both caches took at once before the answer was decoded on. */
  peakBytes: number;
  timing: Omit<TurnTiming, "decodeTokensPerSecond">;
  decodeMs: number;
};

export function resultOf(loaded: LoadedModel, caches: Caches, ended: Ended): TurnResult {
  const { request, prompt, choice, answer, begun, timing, decodeMs } = ended;
  const { documents, excerpts } = ended.material;
  const { policy, keep, evidence } = choice;
  const promptTokens = prompt.tokens.length;
  const answered = caches.answering?.report() ?? caches.reading.report()!;
  const sinceFirstMs = timing.selectMs + timing.gatherMs + decodeMs;
  return {
    answer: answer.text,
    stopReason: answer.over!,
    promptTokens,
    answerTokens: answer.tokens.length,
    cache: {
      policy,
      mode: request.mode,
      budgetTokens: keep.budget,
      fullBytes: loaded.fullBytes(promptTokens),
      readingBytes: ended.readingBytes,
      answeringBytes: answered.bytes,
      peakBytes: Math.max(ended.peakBytes, caches.peakBytes),
      computeBytes: answered.computeBytes,
      protectedTokens: keep.protectedTokens,
      keptPerLayer: withWindows(loaded.windows, keep, promptTokens).perLayer,
      openingTokens: keep.kept === null ? answer.tokens.length : begun,
    },
    timing: { ...timing, decodeTokensPerSecond: perSecond(answer.tokens.length, begun, decodeMs, sinceFirstMs) },
    evidence: evidence.map((passage) => inDocument(excerpts, passage)),
    quotes: checkQuotes(answer.text, request.question, documents),
    keptShares: keptShares(prompt.documentStarts, excerpts, documents, keep.kept),
    windows: null,
    notice:
      loaded.info.unsupported === null
        ? null
        : sentence("This model answers from the full cache: {why}.", { why: { text: loaded.info.unsupported } }),
    details: detailsOf(loaded, prompt, ended.window, choice, answer),
  };
}

/** Tokens decoded in a second, of those after the first `begun`; of a short answer that was begun whole, all after the first. An empty one has none. */
function perSecond(tokens: number, begun: number, decodeMs: number, sinceFirstMs: number): number {
  const [after, ms] = tokens > begun ? [tokens - begun, decodeMs] : [Math.max(0, tokens - 1), sinceFirstMs];
  return after / Math.max(1e-3, ms / 1000);
}

function detailsOf(
  { info, profile, windows, scored }: LoadedModel,
  prompt: Prompt,
  [from, to]: [number, number],
  { policy, keep }: Choice,
  answer: Answer,
): TurnDetails {
  const voters = scored.map((_, layer) => policies[policy].voters(info.heads, profile?.scores[layer]));
  const { budgets, kept } = withWindows(windows, keep, prompt.tokens.length);
  return {
    promptTokenIds: prompt.tokens,
    window: range(from, to),
    policy,
    heads: onAllLayers(windows, voters, () => []),
    budgets,
    kept,
    answerTokenIds: answer.tokens,
  };
}
