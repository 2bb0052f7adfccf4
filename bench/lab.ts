/** The turn taken apart for measuring: a text is read once, a question probed once, and the answer decoded from as many selections as one likes. */
import { AnsweringCache } from "../main/engine/answering.ts";
import type { Window } from "../main/engine/keep.ts";
import { type LoadedModel, loadModel } from "../main/engine/model.ts";
import type { PolicyInput } from "../main/engine/policies/policy.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "../main/engine/prompt.ts";
import { ReadingCache } from "../main/engine/reading.ts";
import type { KvType } from "../preload/api.ts";

/** A question that was read and probed; its reading cache is the lab's until the next question. */
export type Probed = { prompt: Prompt; input: Omit<PolicyInput, "first" | "end" | "counts">; firstLogits: Float32Array };

/** Kept positions, [layer][set][position]; null is the full cache. */
export type Kept = number[][][] | null;

export class Lab {
  readonly loaded: LoadedModel;
  readonly #threads: number;
  readonly #reading: ReadingCache;
  #document: TokenizedText = { text: "", tokens: [], slices: [] };

  private constructor(loaded: LoadedModel, threads: number) {
    this.loaded = loaded;
    this.#threads = threads;
    this.#reading = new ReadingCache(loaded, { threads, kvType: "f16" });
  }

  static async open(modelFile: string, threads: number): Promise<Lab> {
    return new Lab(await loadModel(modelFile, threads), threads);
  }

  /** A second lab on the same model with a reading cache of its own. */
  beside(): Lab {
    return new Lab(this.loaded, this.#threads);
  }

  /** How long a text is in tokens. */
  countTokens = (text: string): number => this.loaded.model.tokenize(text, false).length;

  /** Reads a document, whole. */
  async read(text: string): Promise<void> {
    this.#document = await tokenizeDocument(this.loaded.model, text);
    const prompt = buildPrompt(this.loaded.model, this.loaded.template, [this.#document], [], "");
    await this.#readUpTo(prompt, prompt.documentStarts.at(-1)!);
  }

  /** Reads a question behind the document and probes the window's attention, as Engine does. */
  async ask(question: string, window: Window, history: PastTurn[] = []): Promise<Probed> {
    const { model, template, info, profile } = this.loaded;
    const prompt = buildPrompt(model, template, [this.#document], history, question);
    const length = prompt.tokens.length;
    const from = window === "question" ? prompt.questionStart : Math.max(0, length - window);
    const to = window === "question" ? prompt.questionEnd : length;
    await this.#readUpTo(prompt, ReadingCache.lastPieceStart(length, prompt.questionStart, from));
    const output = await this.#reading.readProbed(prompt.tokens, from, to);
    const mass = Array.from({ length: info.layers }, (_, layer) => this.#reading.context.getAttentionProbe(layer));
    return {
      prompt,
      input: {
        layers: info.layers,
        heads: info.heads,
        kvHeads: info.kvHeads,
        attention: (layer) => mass[layer]!,
        positions: length,
        profile,
      },
      firstLogits: this.#reading.context.getLogits(output),
    };
  }

  /** The attention that draft tokens behind the prompt pay to the document, [layer] of [head][position], positions as in `probed`. */
  async look({ prompt, input }: Probed, draft: readonly number[]): Promise<Float32Array[]> {
    const length = prompt.tokens.length;
    await this.#reading.readProbed([...prompt.tokens, ...draft], length, length + draft.length);
    const wide = length + draft.length;
    const mass = Array.from({ length: input.layers }, (_, layer) => {
      const all = this.#reading.context.getAttentionProbe(layer);
      const cut = new Float32Array(input.heads * length);
      for (let head = 0; head < input.heads; head++) cut.set(all.subarray(head * wide, head * wide + length), head * length);
      return cut;
    });
    await this.#reading.truncate(length);
    return mass;
  }

  /** The greedy answer from what is kept, and the logits that each of its tokens was taken from. */
  async answer(
    { prompt, firstLogits }: Probed,
    kept: Kept,
    maxTokens: number,
    kvType: KvType = "f16",
  ): Promise<{ text: string; tokens: number[]; logits: Float32Array[] }> {
    const { model } = this.loaded;
    const tokens: number[] = [];
    const logits: Float32Array[] = [];
    await this.#from(prompt, kept, kvType, async (step) => {
      let current = firstLogits;
      for (;;) {
        const token = indexOfMax(current);
        logits.push(current);
        if (model.isEogToken(token as never) || tokens.length === maxTokens) break;
        tokens.push(token);
        current = await step(token);
      }
    });
    return { text: model.detokenize(tokens as never[], false), tokens, logits };
  }

  /** The logits after each of the given answer tokens. */
  async follow({ prompt, firstLogits }: Probed, kept: Kept, tokens: readonly number[]): Promise<Float32Array[]> {
    const logits = [firstLogits];
    await this.#from(prompt, kept, "f16", async (step) => {
      for (const token of tokens) logits.push(await step(token));
    });
    return logits;
  }

  /** Frees the reading cache; the model stays. */
  async forget(): Promise<void> {
    await this.#reading.drop();
  }

  async close(): Promise<void> {
    await this.forget();
    await this.loaded.dispose();
  }

  async #from(
    prompt: Prompt,
    kept: Kept,
    kvType: KvType,
    work: (step: (token: number) => Promise<Float32Array>) => Promise<void>,
  ): Promise<void> {
    const length = prompt.tokens.length;
    if (kept === null) {
      await work(async (token) => this.#reading.context.getLogits(await this.#reading.decodeAnswer(token)));
      await this.#reading.truncate(length);
      return;
    }
    const answering = await AnsweringCache.gather(this.loaded, this.#reading.context, kept, length, { threads: this.#threads, kvType });
    try {
      await work(async (token) => answering.context.getLogits(await answering.decode(token)));
    } finally {
      await answering.dispose();
    }
  }

  async #readUpTo(prompt: Prompt, end: number): Promise<void> {
    await this.#reading.read(prompt.tokens, prompt.stops, end, {
      answerTokens: 0,
      signal: new AbortController().signal,
      onProgress: () => {},
    });
  }
}

/** Kullback-Leibler divergence of the softmax of `other` from that of `truth`, in nats. */
export function divergence(truth: Float32Array, other: Float32Array): number {
  const [p, q] = [logSoftmaxShift(truth), logSoftmaxShift(other)];
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const logP = truth[i]! - p;
    sum += Math.exp(logP) * (logP - (other[i]! - q));
  }
  return sum;
}

function logSoftmaxShift(logits: Float32Array): number {
  let most = -Infinity;
  for (const value of logits) if (value > most) most = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

export function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
