/** The turn taken apart for measuring: a text is read once, a question probed once, and the answer decoded from as many selections as one likes. */
import type { Token } from "node-llama-cpp";
import { createSampler } from "../main/engine/addon.ts";
import { Attention } from "../main/engine/attention.ts";
import { Caches } from "../main/engine/caches.ts";
import { chooseKept } from "../main/engine/choice.ts";
import { Answer } from "../main/engine/decode.ts";
import { planKeep, type Window } from "../main/engine/keep.ts";
import { type LoadedModel, loadModel } from "../main/engine/model.ts";
import { policies } from "../main/engine/policies/index.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "../main/engine/prompt.ts";
import { ReadingCache } from "../main/engine/reading.ts";
import type { Budget, KvType, PolicyName } from "../preload/api.ts";

/** A question that was read and probed; its reading cache is the lab's until the next question. */
export type Probed = { prompt: Prompt; window: Window; attention: Attention; firstLogits: Float32Array };

/** Kept positions, [layer][set][position]; null is the full cache. */
export type Kept = number[][][] | null;

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
    const { model, template, info, scored } = this.loaded;
    const prompt = buildPrompt(model, template, [this.#document], history, question);
    const length = prompt.tokens.length;
    const from = window === "question" ? prompt.questionStart : Math.max(0, length - window);
    const to = window === "question" ? prompt.questionEnd : length;
    const { reading } = this.#caches;
    await this.#readUpTo(prompt, ReadingCache.lastPieceStart(length, prompt.questionStart, from));
    const output = await reading.readProbed(prompt.tokens, from, to);
    const attention = Attention.probed(reading, { layers: scored.length, heads: info.heads }, length);
    return { prompt, window, attention, firstLogits: reading.context.getLogits(output) };
  }

  /** What a policy keeps by the question alone. */
  plan({ prompt, window, attention }: Probed, policy: Exclude<PolicyName, "full">, budget: Budget): Kept {
    const { heads, kvHeads } = this.loaded.info;
    const { layer, positions } = attention;
    const similarity = (of: number) => this.#caches.reading.similarity(of);
    const layers = this.loaded.scored.length;
    const input = { layers, heads, kvHeads, attention: layer, similarity, positions, profile: this.loaded.profile };
    return planKeep(policies[policy], input, prompt, { budget, window }).kept;
  }

  /** A whole turn as the engine does it: the answer, greedily, and what was kept for it. */
  async turn(
    { prompt, window, attention, firstLogits }: Probed,
    policy: Exclude<PolicyName, "full">,
    budget: Budget,
    maxTokens: number,
  ): Promise<{ text: string; kept: Kept }> {
    const { loaded } = this;
    const caches = this.#caches;
    const length = prompt.tokens.length;
    const signal = new AbortController().signal;
    const answer = new Answer(loaded.model, { maxTokens, signal, onText: () => {}, onToken: () => {} });
    const sampler = createSampler(loaded.model, { temperature: 0 });
    try {
      answer.push(indexOfMax(firstLogits) as Token);
      const request = { policy, budget, window };
      const keep = await chooseKept(loaded, caches, { prompt, attention: attention.copy(), answer, sampler, request });
      await caches.gather(keep.kept!, length, "f16");
      await answer.write(caches.next, sampler);
      return { text: answer.text, kept: keep.kept };
    } finally {
      sampler.dispose();
      await caches.forgetAnswer();
      await caches.reading.truncate(length);
    }
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
    await this.session(prompt, kept, kvType, async (step) => {
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
    await this.session(prompt, kept, "f16", async (step) => {
      for (const token of tokens) logits.push(await step(token));
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

  /** Decodes token by token behind a prompt from what is kept: `step` resolves to the logits after its token. */
  async session(
    prompt: Prompt,
    kept: Kept,
    kvType: KvType,
    work: (step: (token: number) => Promise<Float32Array>) => Promise<void>,
  ): Promise<void> {
    const caches = this.#caches;
    const length = prompt.tokens.length;
    if (kept !== null) await caches.gather(kept, length, kvType);
    try {
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

export function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
