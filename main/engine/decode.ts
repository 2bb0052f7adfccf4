/** Writing an answer, token by token, from whichever cache it is decoded from. */
import type { LlamaModel, Token } from "node-llama-cpp";
import type { StopReason } from "../../preload/api.ts";
import type { NativeContext, Sampler } from "./addon.ts";
import { EngineError } from "./errors.ts";
import { AnswerText, endsInLoop, endsInSameLines } from "./text.ts";

/** Where the next token is sampled from: an output row of a context. */
export type Output = { context: NativeContext; row: number };

/** @throws EngineError when the model gives nothing */
export async function sample({ context, row }: Output, sampler: Sampler): Promise<Token> {
  const token = await context.sampleToken(row, sampler);
  if (token === -1) throw new EngineError("engine-stopped", "The model gave no answer: ask again.");
  return token;
}

/** An answer while it is written; it knows when it is over. */
export class Answer {
  readonly tokens: Token[] = [];
  /** Why it is over, or null while it goes on. */
  over: StopReason | null = null;
  readonly #model: LlamaModel;
  readonly #text: AnswerText;
  readonly #options: { maxTokens: number; signal: AbortSignal; onText(text: string): void; onToken(count: number): void };

  constructor(
    model: LlamaModel,
    options: { maxTokens: number; signal: AbortSignal; onText(text: string): void; onToken(count: number): void },
  ) {
    this.#model = model;
    this.#text = new AnswerText(model);
    this.#options = options;
  }

  get text(): string {
    return this.#text.text;
  }

  /** Adds a token; may end the answer. */
  push(token: Token): void {
    const { maxTokens, signal, onText, onToken } = this.#options;
    if (signal.aborted) this.over = "stopped";
    else if (this.#model.isEogToken(token)) this.over = "end";
    if (this.over !== null) return;
    this.tokens.push(token);
    const piece = this.#text.push(token);
    if (piece !== "") onText(piece);
    onToken(this.tokens.length);
    if (endsInLoop(this.tokens) || (piece.includes("\n") && endsInSameLines(this.text))) this.over = "repeating";
    else if (this.tokens.length >= maxTokens) this.over = "length";
  }

  /**
   * Decodes on until the answer is over.
   *
   * @param next decodes the last token and tells where the one after it is sampled from
   */
  async write(next: (token: Token) => Promise<Output>, sampler: Sampler): Promise<void> {
    while (this.over === null) this.push(await sample(await next(this.tokens.at(-1)!), sampler));
  }
}
