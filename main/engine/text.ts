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

/** Longest phrase, in tokens, whose repetition is noticed, and how many tokens must be nothing but repetition. */
const longestPhrase = 96;
const leastRepeated = 32;

/** Whether the answer ends in the same phrase three times over: small models get caught in such loops and never end by themselves. */
export function endsInLoop(tokens: readonly number[]): boolean {
  for (let phrase = 1; phrase <= longestPhrase; phrase++) {
    const repeated = Math.max(3 * phrase, leastRepeated);
    if (repeated > tokens.length) return false;
    let same = true;
    for (let i = tokens.length - 1; same && i >= tokens.length - repeated + phrase; i--) same = tokens[i] === tokens[i - phrase];
    if (same) return true;
  }
  return false;
}

/** Longest group of lines whose repetition is noticed. */
const longestGroup = 8;
const leastLetters = 12;

/** Whether the answer's last lines are the same three times over (a single line four times) but for their numbers in a list. */
export function endsInSameLines(text: string): boolean {
  const lines = text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.replace(/^\s*(?:[-*•]|\(?\d+[.):]*)\s+/, "").trim())
    .filter((line) => line !== "");
  for (let group = 1; group <= longestGroup; group++) {
    const last = lines.slice(-Math.max(4, 3 * group));
    if (last.length < Math.max(4, 3 * group)) return false;
    const said = last.slice(-group).join("").match(/\p{L}/gu)?.length ?? 0;
    if (said >= leastLetters && last.every((line, i) => i < group || line === last[i - group])) return true;
  }
  return false;
}
