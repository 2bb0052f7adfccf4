/**
 * The turn, in order: documents are read into the reading cache, the question is read with its attention probed, a policy picks
 * what stays, the kept rows are gathered into the answering cache, and the answer is decoded from that.
 * Never asks which policy is in use, except whether anything is to be evicted at all.
 */

import { totalmem } from "node:os";
import { availableMemory } from "node:process";
import type {
  Budget,
  CacheReport,
  EngineStatus,
  KvType,
  MemoryMode,
  MemoryReport,
  PolicyName,
  StopReason,
  TurnTiming,
} from "../../preload/api.ts";
import { createSampler } from "./addon.ts";
import { AnsweringCache } from "./answering.ts";
import { EngineError } from "./errors.ts";
import { findEvidence, type Passage } from "./evidence.ts";
import { type Keep, keepEverything, planKeep, type Window } from "./keep.ts";
import { type LoadedModel, loadModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { PolicyInput } from "./policies/policy.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "./prompt.ts";
import { ReadingCache } from "./reading.ts";
import { AnswerText, endsInLoop } from "./text.ts";

export type AskRequest = {
  documentIds: string[];
  history: PastTurn[];
  question: string;
  policy: PolicyName;
  budget: Budget;
  window: Window;
  mode: MemoryMode;
  readingKv: KvType;
  answeringKv: KvType;
  maxAnswerTokens: number;
  temperature: number;
};

export type TurnResult = {
  answer: string;
  stopReason: StopReason;
  promptTokens: number;
  answerTokens: number;
  cache: CacheReport;
  timing: TurnTiming;
  evidence: (Passage & { documentId: string })[];
  notice: string | null;
  details: TurnDetails;
};

/** What the cache kept, for people who check it: positions count the prompt's tokens. */
export type TurnDetails = {
  promptTokenIds: number[];
  window: number[];
  policy: PolicyName;
  heads: number[][];
  budgets: number[];
  kept: number[][];
  answerTokenIds: number[];
};

export type Hooks = {
  signal: AbortSignal;
  onStatus(status: Extract<EngineStatus, { phase: "reading" | "answering" }>): void;
  onMemory(report: MemoryReport): void;
  onText(text: string): void;
};

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
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(loaded: LoadedModel, threads: number) {
    this.loaded = loaded;
    this.#threads = threads;
    this.#reading = new ReadingCache(loaded, { threads, kvType: "f16" });
  }

  /** Loads a model file. @throws EngineError */
  static async load(file: string, options: { threads: number; onProgress?(share: number): void }): Promise<Engine> {
    return new Engine(await loadModel(file, options.threads, options.onProgress), options.threads);
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

  /** Exact length in tokens of the prompt that this question would make, template included. */
  countPrompt(documentIds: readonly string[], history: readonly PastTurn[], question: string): number {
    return this.#prompt(documentIds, history, question).tokens.length;
  }

  /** Reads a conversation's documents ahead of the first question. @throws EngineError `too-long`, or the signal's reason */
  read(documentIds: readonly string[], readingKv: KvType, hooks: Hooks): Promise<void> {
    return this.#exclusive(async () => {
      const prompt = this.#prompt(documentIds, [], "");
      this.#refuseTooLong(prompt.tokens.length);
      await this.#setReadingType(readingKv);
      await this.#readUpTo(prompt, prompt.documentStarts.at(-1)!, hooks);
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
    const started = performance.now();
    const { loaded } = this;
    const prompt = this.#prompt(request.documentIds, request.history, request.question);
    const length = prompt.tokens.length;
    this.#refuseTooLong(length);
    await this.#setReadingType(request.readingKv);

    const [windowStart, windowEnd] = windowOf(prompt, request.window);
    await this.#readUpTo(prompt, ReadingCache.lastPieceStart(length, prompt.questionStart, windowStart), hooks);
    const questionAt = performance.now();
    const reading = this.#reading;
    let output = await reading.readProbed(prompt.tokens, windowStart, windowEnd);
    const selectAt = performance.now();

    const { info } = loaded;
    const input: Omit<PolicyInput, "first" | "end" | "counts"> = {
      layers: info.layers,
      heads: info.heads,
      kvHeads: info.kvHeads,
      attention: (layer) => reading.context.getAttentionProbe(layer),
      positions: length,
      profile: loaded.profile,
    };
    const policy = info.unsupported === null ? request.policy : "full";
    const keep: Keep =
      policy === "full" || request.budget.kind === "full"
        ? keepEverything(length, info.layers)
        : planKeep(policies[policy], input, prompt, request);
    const documents = request.documentIds.map((id) => this.#documents.get(id)!);
    const passages =
      info.unsupported === null
        ? findEvidence(loaded.model, prompt, documents, { ...input, first: 0, end: length, counts: keep.perLayer }, keep.kept)
        : [];
    const gatherAt = performance.now();

    this.#keep = { promptTokens: length, perLayer: keep.perLayer };
    if (keep.kept !== null) {
      this.#answering = await AnsweringCache.gather(loaded, reading.context, keep.kept, length, {
        threads: this.#threads,
        kvType: request.answeringKv,
      });
    }
    const answerAt = performance.now();
    this.#report(hooks, true);

    const maxTokens = Math.min(request.maxAnswerTokens, info.contextLength - length);
    const sampler = createSampler(loaded.model, request.temperature);
    const text = new AnswerText(loaded.model);
    const answerTokenIds: number[] = [];
    let stopReason: StopReason = "length";
    let firstTokenMs = 0;
    let context = reading.context;
    try {
      while (answerTokenIds.length < maxTokens) {
        if (hooks.signal.aborted) {
          stopReason = "stopped";
          break;
        }
        const token = await context.sampleToken(output, sampler);
        if (token === -1) throw new EngineError("engine-stopped", "The model gave no answer: ask again.");
        if (answerTokenIds.length === 0) firstTokenMs = performance.now() - started;
        if (loaded.model.isEogToken(token)) {
          stopReason = "end";
          break;
        }
        answerTokenIds.push(token);
        const piece = text.push(token);
        if (piece !== "") hooks.onText(piece);
        if (endsInLoop(answerTokenIds)) {
          stopReason = "repeating";
          break;
        }
        output = this.#answering ? await this.#answering.decode(token) : await reading.decodeAnswer(token);
        context = this.#answering?.context ?? reading.context;
        const seconds = (performance.now() - answerAt) / 1000;
        if (this.#report(hooks, false))
          hooks.onStatus({ phase: "answering", turnId: "", tokensPerSecond: answerTokenIds.length / seconds });
      }
      const ended = performance.now();
      const readingReport = reading.report();
      const answering = this.#answering?.report() ?? null;
      this.#report(hooks, true);
      return {
        answer: text.text,
        stopReason,
        promptTokens: length,
        answerTokens: answerTokenIds.length,
        cache: {
          policy,
          mode: request.mode,
          budgetTokens: keep.budget,
          fullBytes: length * loaded.tokenBytes,
          readingBytes: readingReport?.bytes ?? 0,
          answeringBytes: answering?.bytes ?? readingReport?.bytes ?? 0,
          peakBytes: (readingReport?.bytes ?? 0) + (answering?.bytes ?? 0),
          computeBytes: (answering ?? readingReport)?.computeBytes ?? 0,
          protectedTokens: keep.protectedTokens,
          keptPerLayer: keep.perLayer,
        },
        timing: {
          readMs: questionAt - started,
          restoreMs: 0,
          questionMs: selectAt - questionAt,
          selectMs: gatherAt - selectAt,
          gatherMs: answerAt - gatherAt,
          firstTokenMs,
          decodeTokensPerSecond: answerTokenIds.length / Math.max(1e-3, (ended - answerAt) / 1000),
        },
        evidence: passages.map((passage) => ({ ...passage, documentId: request.documentIds[passage.documentIndex]! })),
        notice: info.unsupported === null ? null : `This model answers from the full cache: ${info.unsupported}.`,
        details: {
          promptTokenIds: prompt.tokens,
          window: Array.from({ length: windowEnd - windowStart }, (_, i) => windowStart + i),
          policy,
          heads: Array.from({ length: info.layers }, (_, layer) => policies[policy].voters(info.heads, loaded.profile?.scores[layer])),
          budgets: keep.budgets,
          kept: keep.union(length),
          answerTokenIds,
        },
      };
    } finally {
      sampler.dispose();
      await this.#answering?.dispose();
      this.#answering = null;
      await reading.truncate(length);
    }
  }

  #prompt(documentIds: readonly string[], history: readonly PastTurn[], question: string): Prompt {
    const documents = documentIds.map((id) => {
      const document = this.#documents.get(id);
      if (document === undefined) throw new EngineError("nothing-to-read", "This document is not loaded any more: add it again.");
      return document;
    });
    return buildPrompt(this.loaded.model, this.loaded.template, documents, history, question);
  }

  #refuseTooLong(promptTokens: number): void {
    const limit = this.loaded.info.contextLength - leastAnswerTokens;
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
      reserve: 0,
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
      readingPlace: reading ? "memory" : "none",
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
