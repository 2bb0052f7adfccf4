/**
 * The turn, in order: documents are read into the reading cache, the question is read with its attention probed, a policy picks
 * what stays, the kept rows are gathered into the answering cache, and the answer is decoded from that.
 * Never asks which policy is in use, except whether anything is to be evicted at all.
 */
import { totalmem } from "node:os";
import { availableMemory } from "node:process";
import type { KvType, MemoryReport, ReadingPlace } from "../../preload/api.ts";
import { createSampler } from "./addon.ts";
import { AnsweringCache } from "./answering.ts";
import { decodeAnswer, sample } from "./decode.ts";
import { EngineError } from "./errors.ts";
import { findEvidence } from "./evidence.ts";
import { type Keep, keepEverything, planKeep, type Window } from "./keep.ts";
import { type LoadedModel, loadModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { PolicyInput } from "./policies/policy.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "./prompt.ts";
import { ReadingCache } from "./reading.ts";
import type { SnapshotStore } from "./snapshot.ts";
import type { AskRequest, Hooks, TurnResult } from "./turn.ts";

/** Answers shorter than this are not worth a prompt that fills the whole window. */
const leastAnswerTokens = 16;
const reportEveryMs = 100;

export class Engine {
  readonly loaded: LoadedModel;
  readonly #threads: number;
  readonly #documents = new Map<string, TokenizedText>();
  #reading: ReadingCache;
  #answering: AnsweringCache | null = null;
  #lastReport = 0;
  #keep: { promptTokens: number; perLayer: number[] } = { promptTokens: 0, perLayer: [] };
  readonly #snapshots: SnapshotStore | null;
  /** Where the reading cache is while it is not in memory. */
  #place: ReadingPlace = "none";
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(loaded: LoadedModel, threads: number, snapshots: SnapshotStore | null) {
    this.loaded = loaded;
    this.#threads = threads;
    this.#snapshots = loaded.info.unsupported === null ? snapshots : null;
    this.#reading = new ReadingCache(loaded, { threads, kvType: "f16" });
  }

  /**
   * Loads a model file.
   *
   * @param options.snapshots where reading caches are saved; without it nothing is written and `balanced` is as `fast`
   * @throws EngineError
   */
  static async load(
    file: string,
    options: { threads: number; snapshots?: SnapshotStore; onProgress?(share: number): void },
  ): Promise<Engine> {
    return new Engine(await loadModel(file, options.threads, options.onProgress), options.threads, options.snapshots ?? null);
  }

  /** Tokenises a document; resolves to its length in tokens. */
  async addDocument(id: string, text: string): Promise<number> {
    const document = await tokenizeDocument(this.loaded.model, text);
    if (document.tokens.length === 0) throw new EngineError("nothing-to-read", "This document has no text to read.");
    this.#documents.set(id, document);
    return document.tokens.length;
  }

  removeDocument(id: string): void {
    this.#documents.delete(id);
  }

  /** Exact length in tokens of the prompt that this question would make, template included, and the most that the model can answer. */
  countPrompt(documentIds: readonly string[], history: readonly PastTurn[], question: string): { promptTokens: number; limit: number } {
    return { promptTokens: this.#prompt(documentIds, history, question).tokens.length, limit: this.#limit };
  }

  /** Reads a conversation's documents ahead of the first question. @throws EngineError `too-long`, or the signal's reason */
  read(documentIds: readonly string[], readingKv: KvType, hooks: Hooks): Promise<void> {
    return this.#exclusive(async () => {
      const prompt = this.#prompt(documentIds, [], "");
      this.#refuseTooLong(prompt.tokens.length);
      await this.#setReadingType(readingKv);
      const end = prompt.documentStarts.at(-1)!;
      await this.#restore(prompt, end);
      await this.#readUpTo(prompt, end, hooks);
      // From now on the documents open in the time of reading a file, also after a crash.
      if (this.#snapshots) await this.#reading.save(this.#snapshots, prompt.stops);
      this.#report(hooks, true);
    });
  }

  /** Answers one question. When stopped it resolves with what was said. @throws EngineError `too-long`, `no-memory` */
  ask(request: AskRequest, hooks: Hooks): Promise<TurnResult> {
    return this.#exclusive(() => this.#turn(request, hooks));
  }

  /** Frees everything, the model too. */
  async dispose(): Promise<void> {
    await this.#exclusive(async () => {
      await this.#answering?.dispose();
      await this.#reading.drop();
      await this.loaded.dispose();
    });
  }

  async #turn(request: AskRequest, hooks: Hooks): Promise<TurnResult> {
    const clock = new Stopwatch();
    const { loaded } = this;
    const { info, model, profile } = loaded;
    const prompt = this.#prompt(request.documentIds, request.history, request.question);
    const length = prompt.tokens.length;
    this.#refuseTooLong(length);
    await this.#setReadingType(request.readingKv);
    const reading = this.#reading;
    const sampler = createSampler(model, request.temperature);
    try {
      const [windowStart, windowEnd] = windowOf(prompt, request.window);
      const end = ReadingCache.lastPieceStart(length, prompt.questionStart, windowStart);
      const restoreMs = await this.#restore(prompt, end);
      await this.#readUpTo(prompt, end, hooks);
      const readMs = clock.lap() - restoreMs;
      const row = await reading.readProbed(prompt.tokens, windowStart, windowEnd);
      const first = await sample({ context: reading.context, row }, sampler);
      const questionMs = clock.lap();

      const input = {
        layers: info.layers,
        heads: info.heads,
        kvHeads: info.kvHeads,
        attention: (layer: number) => reading.context.getAttentionProbe(layer),
        positions: length,
        profile,
      };
      const policy = info.unsupported === null ? request.policy : "full";
      const everything = policy === "full" || request.budget.kind === "full";
      const keep: Keep = everything ? keepEverything(length, info.layers) : planKeep(policies[policy], input, prompt, request);
      this.#keep = { promptTokens: length, perLayer: keep.perLayer };
      const evidence = this.#evidence(prompt, request.documentIds, input, keep);
      const selectMs = clock.lap();

      if (keep.kept !== null) {
        const options = { threads: this.#threads, kvType: request.answeringKv };
        this.#answering = await AnsweringCache.gather(loaded, reading.context, keep.kept, length, options);
      }
      const gatherMs = clock.lap();
      this.#report(hooks, true);
      const read = reading.report()!;
      const peakBytes = read.bytes + (this.#answering?.report().bytes ?? 0);
      // An answer from the full cache needs it until its end.
      if (request.mode === "balanced" && this.#answering) await this.#leaveMemory(prompt);

      const firstTokenMs = clock.total();
      clock.lap();
      const answer = await decodeAnswer(loaded, first, (token) => this.#next(token), {
        sampler,
        maxTokens: Math.min(request.maxAnswerTokens, info.contextLength - length),
        signal: hooks.signal,
        onText: hooks.onText,
        onToken: (count) => {
          const tokensPerSecond = count / (clock.sinceLap() / 1000);
          if (this.#report(hooks, false)) hooks.onStatus({ phase: "answering", turnId: "", tokensPerSecond });
        },
      });
      const decodeMs = clock.lap();
      const answered = this.#answering?.report() ?? reading.report()!;
      this.#report(hooks, true);
      return {
        answer: answer.text,
        stopReason: answer.stopReason,
        promptTokens: length,
        answerTokens: answer.tokens.length,
        cache: {
          policy,
          mode: request.mode,
          budgetTokens: keep.budget,
          fullBytes: length * loaded.tokenBytes,
          readingBytes: read.bytes,
          answeringBytes: answered.bytes,
          peakBytes: Math.max(peakBytes, answered.bytes),
          computeBytes: answered.computeBytes,
          protectedTokens: keep.protectedTokens,
          keptPerLayer: keep.perLayer,
        },
        timing: {
          readMs,
          restoreMs,
          questionMs,
          selectMs,
          gatherMs,
          firstTokenMs,
          // The first token came with the prompt.
          decodeTokensPerSecond: Math.max(0, answer.tokens.length - 1) / Math.max(1e-3, decodeMs / 1000),
        },
        evidence,
        notice: info.unsupported === null ? null : `This model answers from the full cache: ${info.unsupported}.`,
        details: {
          promptTokenIds: prompt.tokens,
          window: Array.from({ length: windowEnd - windowStart }, (_, i) => windowStart + i),
          policy,
          heads: Array.from({ length: info.layers }, (_, layer) => policies[policy].voters(info.heads, profile?.scores[layer])),
          budgets: keep.budgets,
          kept: keep.union(length),
          answerTokenIds: answer.tokens,
        },
      };
    } finally {
      sampler.dispose();
      await this.#answering?.dispose();
      this.#answering = null;
      await reading.truncate(length);
      if (request.mode === "balanced" && reading.length > 0 && !hooks.signal.aborted) await this.#leaveMemory(prompt);
      this.#report(hooks, true);
    }
  }

  /** Decodes an answer's token in the cache that it is answered from. */
  async #next(token: number) {
    const answering = this.#answering;
    if (answering) return { row: await answering.decode(token), context: answering.context };
    return { row: await this.#reading.decodeAnswer(token), context: this.#reading.context };
  }

  #evidence(prompt: Prompt, documentIds: readonly string[], input: Omit<PolicyInput, "first" | "end" | "counts">, keep: Keep) {
    if (this.loaded.info.unsupported !== null) return [];
    const documents = documentIds.map((id) => this.#documents.get(id)!);
    return findEvidence(this.loaded.model, prompt, documents, input, keep.kept);
  }

  /** Brings back what was saved of a prompt; resolves to the time that took in ms. */
  async #restore(prompt: Prompt, end: number): Promise<number> {
    const started = performance.now();
    if (this.#snapshots === null) return 0;
    const restored = await this.#reading.restore(this.#snapshots, prompt.tokens, prompt.stops, end);
    return restored ? performance.now() - started : 0;
  }

  /** Saves the reading cache and frees its memory, unless it could not be saved. */
  async #leaveMemory(prompt: Prompt): Promise<void> {
    if (this.#snapshots === null || !(await this.#reading.save(this.#snapshots, prompt.stops))) return;
    await this.#reading.drop();
    this.#place = "disk";
  }

  #prompt(documentIds: readonly string[], history: readonly PastTurn[], question: string): Prompt {
    const documents = documentIds.map((id) => {
      const document = this.#documents.get(id);
      if (document === undefined) throw new EngineError("nothing-to-read", "This document is not loaded any more: add it again.");
      return document;
    });
    return buildPrompt(this.loaded.model, this.loaded.template, documents, history, question);
  }

  get #limit(): number {
    return this.loaded.info.contextLength - leastAnswerTokens;
  }

  #refuseTooLong(promptTokens: number): void {
    const limit = this.#limit;
    if (promptTokens <= limit) return;
    throw new EngineError(
      "too-long",
      `This conversation is ${promptTokens.toLocaleString("en")} tokens long, but ${this.loaded.info.name} reads at most ${limit.toLocaleString("en")}: ` +
        "use a shorter document, fewer documents, or a model with a longer context.",
    );
  }

  async #setReadingType(kvType: KvType): Promise<void> {
    if (this.#reading.kvType === kvType) return;
    await this.#reading.drop();
    this.#reading = new ReadingCache(this.loaded, { threads: this.#threads, kvType });
  }

  async #readUpTo(prompt: Prompt, end: number, hooks: Hooks): Promise<void> {
    const reading = this.#reading;
    const missing = prompt.tokens.length - reading.sharedWith(prompt.tokens);
    const needed = Math.max(0, prompt.tokens.length - reading.length) * this.loaded.tokenBytes;
    if (needed > 0.7 * availableMemory()) {
      const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
      throw new EngineError(
        "no-memory",
        `Reading ${missing.toLocaleString("en")} tokens needs ${mebibytes(needed)} of memory, but only ${mebibytes(availableMemory())} is free: ` +
          "close other programs, or use a shorter document or a smaller model.",
      );
    }
    const started = performance.now();
    let first = -1;
    await reading.read(prompt.tokens, prompt.stops, end, {
      signal: hooks.signal,
      onProgress: ({ done, total }) => {
        if (first < 0) first = done;
        this.#keep = { promptTokens: done, perLayer: [] };
        const tokensPerSecond = (done - first) / Math.max(1e-3, (performance.now() - started) / 1000);
        const secondsLeft = done > first ? (total - done) / tokensPerSecond : null;
        if (total > first) hooks.onStatus({ phase: "reading", done, total, tokensPerSecond, secondsLeft });
        this.#report(hooks, false);
      },
    });
  }

  /** Sends the gauge's numbers, at most ten times a second unless forced. */
  #report(hooks: Hooks, force: boolean): boolean {
    const now = performance.now();
    if (!force && now - this.#lastReport < reportEveryMs) return false;
    this.#lastReport = now;
    hooks.onMemory(this.memory());
    return true;
  }

  /** What is allocated at this moment. */
  memory(): MemoryReport {
    const reading = this.#reading.report();
    const answering = this.#answering?.report() ?? null;
    const { promptTokens, perLayer } = this.#keep;
    const keptTokens = perLayer.length > 0 ? Math.round(perLayer.reduce((a, b) => a + b, 0) / perLayer.length) : promptTokens;
    return {
      weightsBytes: this.loaded.info.bytes,
      readingPlace: reading ? "memory" : this.#place,
      readingBytes: reading?.bytes ?? 0,
      answeringBytes: answering?.bytes ?? 0,
      computeBytes: (reading?.computeBytes ?? 0) + (answering?.computeBytes ?? 0),
      fullBytes: promptTokens * this.loaded.tokenBytes,
      promptTokens,
      keptTokens,
      keptPerLayer: perLayer,
      processBytes: process.memoryUsage.rss(),
      systemFreeBytes: availableMemory(),
      systemTotalBytes: totalmem(),
    };
  }

  /** One operation at a time: they share the caches. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}

/** The rows whose attention is probed, as positions [from, to): the question's own tokens, or the prompt's last ones. */
function windowOf(prompt: Prompt, window: Window): [number, number] {
  const length = prompt.tokens.length;
  if (window !== "question") return [Math.max(0, length - window), length];
  return [ReadingCache.lastPieceStart(length, prompt.questionStart, prompt.questionStart), prompt.questionEnd];
}

/** Times of a turn's steps, in ms. */
class Stopwatch {
  readonly #started = performance.now();
  #last = this.#started;

  /** Since the last lap. */
  lap(): number {
    const elapsed = this.sinceLap();
    this.#last += elapsed;
    return elapsed;
  }

  sinceLap(): number {
    return performance.now() - this.#last;
  }

  total(): number {
    return performance.now() - this.#started;
  }
}
