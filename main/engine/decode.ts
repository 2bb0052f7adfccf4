/** Decoding an answer, token by token, from whichever cache it is answered from. */
import type { Token } from "node-llama-cpp";
import type { StopReason } from "../../preload/api.ts";
import type { NativeContext, Sampler } from "./addon.ts";
import { EngineError } from "./errors.ts";
import type { LoadedModel } from "./model.ts";
import { AnswerText, endsInLoop } from "./text.ts";

/** Where the next token is sampled from: an output row of a context. */
export type Output = { context: NativeContext; row: number };

export type Answer = { text: string; tokens: number[]; stopReason: StopReason; endedAt: number };

/** @throws EngineError when the model gives nothing */
export async function sample({ context, row }: Output, sampler: Sampler): Promise<Token> {
  const token = await context.sampleToken(row, sampler);
  if (token === -1) throw new EngineError("engine-stopped", "The model gave no answer: ask again.");
  return token;
}

/**
 * Decodes until the model ends its answer, the limit is reached, it repeats itself, or the signal is aborted.
 *
 * @param first the answer's first token, sampled from the prompt
 * @param next decodes a token and tells where the one after it is sampled from
 */
export async function decodeAnswer(
  { model }: LoadedModel,
  first: Token,
  next: (token: Token) => Promise<Output>,
  options: { sampler: Sampler; maxTokens: number; signal: AbortSignal; onText(text: string): void; onToken(count: number): void },
): Promise<Answer> {
  const text = new AnswerText(model);
  const tokens: number[] = [];
  const end = (stopReason: StopReason): Answer => ({ text: text.text, tokens, stopReason, endedAt: performance.now() });
  for (let token = first; ; token = await sample(await next(token), options.sampler)) {
    if (options.signal.aborted) return end("stopped");
    if (model.isEogToken(token)) return end("end");
    tokens.push(token);
    const piece = text.push(token);
    if (piece !== "") options.onText(piece);
    options.onToken(tokens.length);
    if (endsInLoop(tokens)) return end("repeating");
    if (tokens.length >= options.maxTokens) return end("length");
  }
}
