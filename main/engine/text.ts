/** Answer tokens to text as they come. */
import type { LlamaModel, Token } from "node-llama-cpp";

/** Tokens before the new ones that tell the tokenizer whether a space belongs between them. */
const contextTokens = 4;

/** Decodes a growing list of tokens; holds back bytes of a character that is not complete yet. */
export class AnswerText {
  readonly #model: LlamaModel;
  #told: Token[] = [];
  #pending: Token[] = [];
  text = "";

  constructor(model: LlamaModel) {
    this.#model = model;
  }

  /** Adds a token and returns the text that became certain with it. */
  push(token: Token): string {
    this.#pending.push(token);
    const piece = this.#model.detokenize(this.#pending, false, this.#told);
    if (piece.endsWith("\ufffd") && this.#pending.length < 8) return "";
    this.#told = [...this.#told, ...this.#pending].slice(-contextTokens);
    this.#pending = [];
    this.text += piece;
    return piece;
  }
}
