/** The documents that the engine holds: as tokens, and as parts and windows once these are asked for. */
import type { LlamaModel } from "node-llama-cpp";
import { EngineError } from "./errors.ts";
import { type Excerpt, partOf, type Tokenize, wholeDocument } from "./excerpt.ts";
import { type TokenizedText, tokenizeDocument } from "./prompt.ts";
import type { ReadExtent } from "./turn.ts";
import { cutWindows, type ReadingWindow, windowTokens } from "./windows.ts";

type Held = {
  text: TokenizedText;
  /** The part that was asked for last. */
  part: { start: number; end: number; text: TokenizedText } | null;
  windows: Promise<ReadingWindow[]> | null;
};

export class HeldDocuments {
  readonly tokenize: Tokenize;
  readonly #model: LlamaModel;
  readonly #windowTokens: number;
  readonly #held = new Map<string, Held>();

  /** @param contextLength tokens that the model's context holds */
  constructor(model: LlamaModel, contextLength: number) {
    this.#model = model;
    this.#windowTokens = windowTokens(contextLength);
    this.tokenize = (text, first) => model.tokenize(text, false, first ? undefined : "trimLeadingSpace");
  }

  /** Tokenises a document; resolves to its length in tokens. @throws EngineError `nothing-to-read` */
  async add(id: string, text: string): Promise<number> {
    const tokenized = await tokenizeDocument(this.#model, text);
    if (tokenized.tokens.length === 0) throw new EngineError("nothing-to-read", "This document has no text to read.");
    this.#held.set(id, { text: tokenized, part: null, windows: null });
    return tokenized.tokens.length;
  }

  remove(id: string): void {
    this.#held.delete(id);
  }

  /** @throws EngineError `nothing-to-read` */
  texts(ids: readonly string[]): TokenizedText[] {
    return ids.map((id) => this.#get(id).text);
  }

  /** What is read of each document, when it is not read in windows. @throws EngineError `nothing-to-read` */
  async excerpts(ids: readonly string[], extent: ReadExtent): Promise<Excerpt[]> {
    const parts = extent.kind === "parts" ? extent.parts : [];
    return await Promise.all(
      ids.map(async (id, i) => {
        const held = this.#get(id);
        const part = parts[i];
        if (!part) return wholeDocument(held.text, i);
        return partOf(held.text, i, part.start, await this.#part(held, part.start, part.end));
      }),
    );
  }

  /** All windows of these documents, in their order. @throws EngineError `nothing-to-read` */
  async windows(ids: readonly string[]): Promise<ReadingWindow[]> {
    const windows = ids.map(async (id, documentIndex) => {
      const held = this.#get(id);
      held.windows ??= cutWindows(this.tokenize, held.text.text, documentIndex, this.#windowTokens);
      // The same document may have another place in another conversation.
      return (await held.windows).map((window) => ({ ...window, documentIndex }));
    });
    return (await Promise.all(windows)).flat();
  }

  async #part(held: Held, start: number, end: number): Promise<TokenizedText> {
    if (held.part?.start === start && held.part.end === end) return held.part.text;
    const text = await tokenizeDocument(this.#model, held.text.text.slice(start, end));
    if (text.tokens.length === 0) throw new EngineError("nothing-to-read", "These pages have no text to read: choose others.");
    held.part = { start, end, text };
    return text;
  }

  #get(id: string): Held {
    const held = this.#held.get(id);
    if (held === undefined) throw new EngineError("nothing-to-read", "This document is not loaded any more: add it again.");
    return held;
  }
}
