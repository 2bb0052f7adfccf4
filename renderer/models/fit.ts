/** What a model would take of this computer's memory. Pure; the exact numbers are measured once the model answers. */
import { type Budget, type KvType, type Machine, type ModelEntry, type ModelShape, pieceTokens } from "../../preload/api.ts";
import { keptTokens } from "../words.ts";

export type Fit = {
  verdict: "fits" | "tight" | "large";
  /** The prompt's length that it is computed for. */
  tokens: number;
  weights: number;
  reading: number;
  answering: number;
  scratch: number;
  bytes: number;
  /** The longest prompt that still fits, 0 if none does. */
  longest: number;
};

/** Up to these shares of the computer's memory a model fits well, or at all: the system and other programs need the rest. */
const well = 0.6;
const atAll = 0.85;
export const verdictOf = (bytes: number, totalBytes: number): Fit["verdict"] =>
  bytes <= totalBytes * well ? "fits" : bytes <= totalBytes * atAll ? "tight" : "large";
/** Rows of an answering cache beside the budget: the question and the template, and room for an answer's first words. */
export const rowsBeside = 112;
/** The engine itself, with the buffers that have no better place. */
const programBytes = 100e6;

/** Bytes of one token's keys and values in all layers; q8_0 keeps blocks of 32 numbers in 34 bytes. */
export function tokenBytes(shape: ModelShape, kvType: KvType): number {
  const f16 = shape.layers * shape.kvHeads * (shape.keyLength + shape.valueLength) * 2;
  return kvType === "q8_0" ? (f16 * 34) / 64 : f16;
}

/** How a prompt of so many tokens fits into `totalBytes` of memory; null while the model's figures are not known. */
export function fitOf(
  { bytes: weights, shape, settings }: Pick<ModelEntry, "bytes" | "shape" | "settings">,
  use: { tokens: number; budget: Budget; readingKv: KvType; answeringKv: KvType; totalBytes: number },
): Fit | null {
  if (shape === null || use.totalBytes === 0) return null;
  const context = Math.min(settings.contextLength ?? Number.POSITIVE_INFINITY, shape.contextLength || Number.POSITIVE_INFINITY);
  const tokens = Math.min(use.tokens, context);
  const { budget } = use;
  // What answers from the full cache answers from the reading cache itself.
  const beside = budget.kind === "full" ? 0 : rowsBeside;
  const kept = budget.kind === "full" ? 0 : (keptTokens(budget, tokens) ?? 0);
  const readingToken = tokenBytes(shape, settings.readingKv ?? use.readingKv);
  const reading = tokens * readingToken;
  const answeringToken = tokenBytes(shape, settings.answeringKv ?? use.answeringKv);
  const answering = (kept + beside) * answeringToken;
  // What a question attends to is there twice: as it is summed up, and as the policy sees it.
  const attentionToken = 2 * 4 * shape.layers * shape.heads;
  const fixed = pieceTokens(weights) * 4 * (shape.vocabulary + 4 * shape.embedding) + programBytes;
  const scratch = fixed + tokens * attentionToken;
  const bytes = weights + reading + answering + scratch;
  const room = use.totalBytes * atAll - weights - fixed - (budget.kind === "tokens" ? answering : beside * answeringToken);
  const eachToken = readingToken + attentionToken + (budget.kind === "share" ? budget.share * answeringToken : 0);
  return {
    verdict: verdictOf(bytes, use.totalBytes),
    tokens,
    weights,
    reading,
    answering,
    scratch,
    bytes,
    longest: Math.max(0, Math.min(context, Math.floor(room / eachToken))),
  };
}

/** The largest model of Folio's list that fits well and is not too slow for this processor; null when none fits. */
export function recommended(fits: readonly { entry: ModelEntry; fit: Fit | null }[], { cores }: Machine): ModelEntry | null {
  const sizes = cores <= 2 ? ["small"] : ["small", "balanced"];
  const good = fits.filter(({ entry, fit }) => entry.offer && sizes.includes(entry.offer.size) && fit?.verdict === "fits");
  return good.at(-1)?.entry ?? null;
}
