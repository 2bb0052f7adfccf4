/** The turn taken apart for measuring: a text is read once, a question probed once, and the answer decoded from as many selections as one likes. */
import { batchSize, tailStep } from "../main/engine/answering.ts";
import { Caches } from "../main/engine/caches.ts";
import { planKeep, type Window } from "../main/engine/keep.ts";
import { type LoadedModel, loadModel } from "../main/engine/model.ts";
import { policies } from "../main/engine/policies/index.ts";
import type { Attention } from "../main/engine/probe.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "../main/engine/prompt.ts";
import { probedRows, ReadingCache } from "../main/engine/reading.ts";
import type { Budget, KvType, PolicyName } from "../preload/api.ts";

/** A question that was read and probed; its reading cache is the lab's until the next question. */
export type Probed = {
  prompt: Prompt;
  window: Window;
  attention: Attention;
  /** Behind the question, or behind the opening. */
  firstLogits: Float32Array;
  /** Answer tokens that were decoded in the reading cache and attended as well. */
  opening: readonly number[];
};

/** Kept positions, [layer][set][position]; null is the full cache. */
export type Kept = number[][][] | null;

export type AnswerOptions = {
  maxTokens: number;
  kvType?: KvType;
  choose?(logits: Float32Array): number;
  /** Whether what was said is enough; nothing more is decoded then. */
  enough?(text: string): boolean;
};

export class Lab {
  readonly loaded: LoadedModel;
  readonly #threads: number;
  readonly #caches: Caches;
  #document: TokenizedText = { text: "", tokens: [], slices: [] };

  private constructor(loaded: LoadedModel, threads: number) {
    this.loaded = loaded;
    this.#threads = threads;
    this.#caches = new Caches(loaded, threads, null);
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
    const { model, template } = this.loaded;
    const prompt = buildPrompt(model, template, [this.#document], history, question);
    const length = prompt.tokens.length;
    const [from, to] = probedRows(prompt, window);
    const { reading } = this.#caches;
    await this.#readUpTo(prompt, ReadingCache.lastPieceStart(length, prompt.questionStart, from));
    const output = await reading.readProbed(prompt.tokens, from, to);
    const attention = await reading.attention(length);
    return { prompt, window, attention, firstLogits: reading.context.getLogits(output), opening: [] };
  }

  /** What a policy keeps by the question, and by the answer's opening if there is one. */
  plan({ prompt, window, attention }: Probed, policy: Exclude<PolicyName, "full">, budget: Budget): Kept {
    const { heads, kvHeads } = this.loaded.info;
    const similarity = (of: number) => this.#caches.reading.similarity(of);
    const layers = this.loaded.scored.length;
    const positions = prompt.tokens.length;
    const input = {
      layers,
      heads,
      kvHeads,
      attention: (layer: number) => attention[layer]!,
      similarity,
      positions,
      profile: this.loaded.profile,
    };
    return planKeep(policies[policy], input, prompt, { budget, window }).kept;
  }

  /**
   * Lets an answer begin in the reading cache, as Engine does for policies with an opening: what these tokens attend to joins the question's
   * attention, and they stay in front of what `follow` decodes.
   */
  async open(probed: Probed, opening: readonly number[]): Promise<Probed> {
    const { reading } = this.#caches;
    const length = probed.prompt.tokens.length;
    const output = await reading.readProbed([...probed.prompt.tokens, ...opening], length, length + opening.length);
    const firstLogits = reading.context.getLogits(output);
    const more = await reading.attention(length);
    const attention = probed.attention.map((mass, layer) => mass.map((value, i) => value + more[layer]![i]!));
    await reading.truncate(length);
    return { ...probed, attention, firstLogits, opening };
  }

  /** An answer from what is kept, and the logits that each of its tokens behind the opening was taken from; greedily, unless `choose` says otherwise. */
  async answer(
    probed: Probed,
    kept: Kept,
    { maxTokens, kvType = "f16", choose = indexOfMax, enough = () => false }: AnswerOptions,
  ): Promise<{ text: string; tokens: number[]; logits: Float32Array[] }> {
    const { model } = this.loaded;
    const tokens = [...probed.opening];
    const logits: Float32Array[] = [];
    const text = () => model.detokenize(tokens as never[], false);
    await this.session(probed, kept, kvType, async (step) => {
      for (let current = probed.firstLogits; ; ) {
        const token = choose(current);
        logits.push(current);
        if (model.isEogToken(token as never) || tokens.length === maxTokens) break;
        tokens.push(token);
        if (enough(text())) break;
        current = await step(token);
      }
    });
    return { text: text(), tokens, logits };
  }

  /** The logits after each of the given answer tokens that lies behind the opening. */
  async follow(probed: Probed, kept: Kept, tokens: readonly number[], kvType: KvType = "f16"): Promise<Float32Array[]> {
    const begun = probed.opening.length;
    const rest = tokens.slice(begun);
    const logits: Float32Array[] = [];
    await this.session(probed, kept, kvType, async (step) => {
      if (kept === null) {
        for (const token of rest) logits.push(await step(token));
        return;
      }
      const { context } = this.#caches.answering!;
      if (rest.length > tailStep) await context.growKvTail(rest.length);
      // Nothing depends on what is drawn, so tokens are decoded in pieces.
      for (let from = 0; from < rest.length; from += batchSize) {
        const piece = Uint32Array.from(rest.slice(from, from + batchSize));
        context.initBatch(piece.length);
        const rows = context.addToBatch(
          0,
          probed.prompt.tokens.length + begun + from,
          piece,
          piece.map((_, row) => row),
        );
        await context.decodeBatch();
        for (const row of rows) logits.push(context.getLogits(row));
      }
    });
    return logits;
  }

  /** Frees the reading cache; the model stays. */
  async forget(): Promise<void> {
    await this.#caches.dispose();
  }

  async close(): Promise<void> {
    await this.forget();
    await this.loaded.dispose();
  }

  /** Decodes token by token behind a prompt and its opening from what is kept: `step` resolves to the logits after its token. */
  async session(
    { prompt, opening }: Pick<Probed, "prompt" | "opening">,
    kept: Kept,
    kvType: KvType,
    work: (step: (token: number) => Promise<Float32Array>) => Promise<void>,
  ): Promise<void> {
    const caches = this.#caches;
    const length = prompt.tokens.length;
    try {
      if (opening.length > 0) await caches.reading.readProbed([...prompt.tokens, ...opening], length, length + opening.length);
      if (kept !== null) await caches.gather(kept, length, kvType);
      await work(async (token) => {
        const { context, row } = await caches.next(token);
        return context.getLogits(row);
      });
    } finally {
      await caches.forgetAnswer();
      await caches.reading.truncate(length);
    }
  }

  async #readUpTo(prompt: Prompt, end: number): Promise<void> {
    await this.#caches.reading.read(prompt, end, {
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

/** Draws tokens from the softmax at a temperature. */
export function drawn(random: () => number, temperature: number): (logits: Float32Array) => number {
  return (logits) => {
    const most = logits[indexOfMax(logits)]!;
    const weights = logits.map((logit) => Math.exp((logit - most) / temperature));
    const wanted = random() * weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    for (const [token, weight] of weights.entries()) {
      sum += weight;
      if (sum >= wanted) return token;
    }
    return indexOfMax(logits);
  };
}

export function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
