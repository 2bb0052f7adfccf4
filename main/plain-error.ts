/** Expected failures: what went wrong and what to do, as a sentence that is put into words where it is read. */
import type { AppError } from "../preload/api.ts";
import { inEnglish, type Sentence, type Text, type ValuesOf } from "../preload/sentences.ts";

/** A stable code and one plain sentence. Its `message` is English, for command lines and logs. */
export class PlainError<Code extends string, T extends Text = Text> extends Error {
  readonly code: Code;
  readonly said: Sentence;

  constructor(code: Code, text: T, ...[values]: ValuesOf<T>) {
    const said: Sentence = { text, ...(values && { values }) };
    super(inEnglish(said));
    this.code = code;
    this.said = said;
  }

  /** As it travels to another process. */
  get told(): AppError {
    return { code: this.code, ...this.said };
  }
}

/** What anything that was thrown says; what was not expected says it in its own English words. */
export const saidBy = (error: unknown): Sentence =>
  error instanceof PlainError ? error.said : { text: error instanceof Error ? error.message : String(error) };
