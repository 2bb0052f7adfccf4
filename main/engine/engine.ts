/**
 * The turn, in order: documents are read into the reading cache, the question is read with its attention probed, a policy picks
 * what stays, the kept rows are gathered into the answering cache, and the answer is decoded from that.
 */

import type { MemoryReport, ModelInfo, PolicyName } from "../../preload/api.ts";
import { sentence } from "../../preload/sentences.ts";
import { createSampler, type Sampler } from "./addon.ts";
import { Attention } from "./attention.ts";
import { Caches, type ConversationPrompt, type ReadingSettings } from "./caches.ts";
import { chooseKept } from "./choice.ts";
import { Answer, sample } from "./decode.ts";
import { EngineError } from "./errors.ts";
import { findEvidence, type Passage } from "./evidence.ts";
import { type Keep, keepEverything, range, type Window } from "./keep.ts";
import { keptShares } from "./kept.ts";
import { onAllLayers, withWindows } from "./layers.ts";
import { type LoadedModel, loadModel, useProfile } from "./model.ts";
import { policies } from "./policies/index.ts";
import { buildPrompt, type PastTurn, type Prompt, type TokenizedText, tokenizeDocument } from "./prompt.ts";
import type { LoadRequest } from "./protocol.ts";
import { checkQuotes } from "./quotes.ts";
import { ReadingCache } from "./reading.ts";
import type { SnapshotStore } from "./snapshot.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { AskRequest, Hooks, TurnDetails, TurnResult } from "./turn.ts";

/** Answers shorter than this are not worth a prompt that fills the whole window. */
const leastAnswerTokens = 16;
const reportEveryMs = 100;

export class Engine {
  readonly loaded: LoadedModel;
  readonly #documents = new Map<string, TokenizedText>();
  readonly #caches: Caches;
  #lastReport = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** Aborts what is done while nothing is wanted. */
  #aside: AbortController | null = null;

  private constructor(loaded: LoadedModel, threads: number, snapshots: SnapshotStore | null) {
    this.loaded = loaded;
    this.#caches = new Caches(loaded, threads, snapshots);
  }

  /**
   * Loads a model file.
   *
   * @param options.snapshots where reading caches are saved; without it nothing is written and `balanced` is as `fast`
   * @throws EngineError
   */
  static async load(
    file: string,
    options: Omit<LoadRequest, "file"> & { snapshots?: SnapshotStore; onProgress?(share: number): void },
  ): Promise<Engine> {
    return new Engine(await loadModel(file, options.threads, options), options.threads, options.snapshots ?? null);
  }

  /** Uses the profile that is there now, e.g. after a calibration. */
  findProfile(): Promise<ModelInfo> {
    return this.#exclusive(() => useProfile(this.loaded));
  }

  /** Snapshots may take so many bytes from now on; what was removed meanwhile is saved again when it is needed. */
  snapshotsChanged(capBytes: number): Promise<void> {
    return this.#exclusive(() => this.#caches.snapshotsChanged(capBytes));
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

  /** Reads a conversation ahead of its next question: the documents and what was said. @throws EngineError `too-long`, or the signal's reason */
  read(request: ReadingSettings & { documentIds: readonly string[]; history: readonly PastTurn[] }, hooks: Hooks): Promise<void> {
    return this.#exclusive(async () => {
      const prompt = this.#prompt(request.documentIds, request.history, "");
      this.#refuseTooLong(prompt.tokens.length);
      await this.#caches.setReading(request);
      const end = prompt.questionStart;
      await this.#caches.restore(prompt, end);
      await this.#caches.read(prompt, end, 0, this.#readingHooks(hooks));
      // From now on the documents open in the time of reading a file, also after a crash.
      await this.#caches.save(prompt);
      this.#report(hooks, true);
    });
  }

  /** Answers one question. When stopped it resolves with what was said. @throws EngineError `too-long`, `no-memory` */
  ask(request: AskRequest, hooks: Hooks): Promise<TurnResult> {
    const turn = this.#exclusive(() => this.#turn(request, hooks));
    if (request.mode === "fast") turn.then(({ answer }) => this.#readAnswer(request, answer)).catch(() => {});
    return turn;
  }

  /** Reads an answer while a person does, so that the next question finds it read; whatever else is wanted of the engine comes first. */
  #readAnswer({ documentIds, history, question }: AskRequest, answer: string): Promise<void> {
    const controller = new AbortController();
    const read = this.#exclusive(async () => {
      const prompt = this.#prompt(documentIds, [...history, { question, answer }], "");
      if (prompt.tokens.length > this.#limit || controller.signal.aborted) return;
      await this.#caches.read(prompt, prompt.questionStart, 0, { signal: controller.signal, onProgress: () => {} });
    });
    this.#aside = controller;
    return read;
  }

  /** What is allocated at this moment. */
  memory(): MemoryReport {
    return this.#caches.memory();
  }

  /** Frees everything, the model too. */
  async dispose(): Promise<void> {
    await this.#exclusive(async () => {
      await this.#caches.dispose();
      await this.loaded.dispose();
    });
  }

  async #turn(request: AskRequest, hooks: Hooks): Promise<TurnResult> {
    const clock = new Stopwatch();
    const { loaded } = this;
    const caches = this.#caches;
    const documents = this.#texts(request.documentIds);
    const prompt = this.#prompt(request.documentIds, request.history, request.question);
    const length = prompt.tokens.length;
    this.#refuseTooLong(length);
    const maxTokens = Math.min(request.maxAnswerTokens, loaded.info.contextLength - length);
    /** Tokens of the answer that were there before it was decoded on. */
    let begun = 1;
    const answer = new Answer(loaded.model, {
      maxTokens,
      signal: hooks.signal,
      onText: hooks.onText,
      onToken: (count) => {
        const tokensPerSecond = (count - begun) / Math.max(1e-3, clock.sinceLap() / 1000);
        if (this.#report(hooks, false) && count > begun) hooks.onStatus({ phase: "answering", turnId: "", tokensPerSecond });
      },
    });
    const sampler = createSampler(loaded.model, request);
    try {
      await caches.setReading(request);
      const window = windowOf(prompt, request.window);
      const end = ReadingCache.lastPieceStart(length, prompt.questionStart, window[0]);
      const restoreMs = await caches.restore(prompt, end);
      await caches.read(prompt, end, maxTokens, this.#readingHooks(hooks));
      const readMs = clock.lap() - restoreMs;
      const row = await caches.reading.readProbed(prompt.tokens, ...window);
      answer.push(await sample({ context: caches.reading.context, row }, sampler));
      const firstTokenMs = clock.total();
      const questionMs = clock.lap();

      const { policy, keep, evidence } = await this.#choose(request, prompt, documents, answer, sampler);
      begun = answer.tokens.length;
      const selectMs = clock.lap();
      const readingBytes = caches.reading.report()!.bytes;
      if (keep.kept !== null && !caches.bounded) {
        await caches.gather(keep.kept, length, request.answeringKv);
        await caches.reading.truncate(length);
      }
      const { perLayer } = withWindows(loaded.windows, keep, length);
      caches.kept = { promptTokens: length, perLayer };
      const gatherMs = clock.lap();
      this.#report(hooks, true);
      const { peakBytes } = caches;
      // An answer from the full cache needs it until its end.
      if (request.mode === "balanced" && caches.answering) await caches.leaveMemory(prompt);

      clock.lap();
      await answer.write(caches.next, sampler);
      const decodeMs = clock.lap();
      const answered = caches.answering?.report() ?? caches.reading.report()!;
      this.#report(hooks, true);
      return {
        answer: answer.text,
        stopReason: answer.over!,
        promptTokens: length,
        answerTokens: answer.tokens.length,
        cache: {
          policy,
          mode: request.mode,
          budgetTokens: keep.budget,
          fullBytes: loaded.fullBytes(length),
          readingBytes,
          answeringBytes: answered.bytes,
          peakBytes: Math.max(peakBytes, caches.peakBytes),
          computeBytes: answered.computeBytes,
          protectedTokens: keep.protectedTokens,
          keptPerLayer: perLayer,
        },
        timing: {
          readMs,
          restoreMs,
          questionMs,
          selectMs,
          gatherMs,
          firstTokenMs,
          decodeTokensPerSecond: perSecond(answer.tokens.length, begun, decodeMs, selectMs + gatherMs + decodeMs),
        },
        evidence,
        quotes: checkQuotes(answer.text, request.question, documents),
        keptShares: keptShares(prompt.documentStarts, documents, keep.kept),
        notice:
          loaded.info.unsupported === null
            ? null
            : sentence("This model answers from the full cache: {why}.", { why: { text: loaded.info.unsupported } }),
        details: detailsOf(loaded, prompt, window, { policy, keep }, answer),
      };
    } finally {
      sampler.dispose();
      await caches.forgetAnswer();
      await caches.reading.truncate(length);
      if (request.mode === "balanced" && !hooks.signal.aborted) await caches.leaveMemory(prompt);
      this.#report(hooks, true);
    }
  }

  /** What stays of the prompt whose question was just probed, and the passages that it comes from. */
  async #choose(
    request: AskRequest,
    prompt: Prompt,
    documents: TokenizedText[],
    answer: Answer,
    sampler: Sampler,
  ): Promise<{ policy: PolicyName; keep: Keep; evidence: Passage[] }> {
    const { loaded } = this;
    const { info, model, profile, scored } = loaded;
    const { heads, kvHeads } = info;
    const layers = scored.length;
    const { reading, bounded } = this.#caches;
    const positions = prompt.tokens.length;
    if (info.unsupported !== null) return { policy: "full", keep: keepEverything(positions, layers), evidence: [] };
    const attention = Attention.probed(reading, { layers, heads }, positions);
    const keep = await chooseKept(loaded, this.#caches, { prompt, attention, answer, sampler, request });
    const similarity = (layer: number) => reading.similarity(layer);
    const seen = { layers, heads, kvHeads, profile, attention: attention.layer, similarity, positions };
    return { policy: bounded ? "keydiff" : request.policy, keep, evidence: findEvidence(model, prompt, documents, seen, keep.kept) };
  }

  #texts(documentIds: readonly string[]): TokenizedText[] {
    return documentIds.map((id) => {
      const document = this.#documents.get(id);
      if (document === undefined) throw new EngineError("nothing-to-read", "This document is not loaded any more: add it again.");
      return document;
    });
  }

  #prompt(documentIds: readonly string[], history: readonly PastTurn[], question: string): ConversationPrompt {
    const { model, template } = this.loaded;
    return { ...buildPrompt(model, template, this.#texts(documentIds), history, question), firstDocument: documentIds[0] ?? "" };
  }

  get #limit(): number {
    return this.loaded.info.contextLength - leastAnswerTokens;
  }

  #refuseTooLong(promptTokens: number): void {
    const limit = this.#limit;
    if (promptTokens <= limit) return;
    throw new EngineError(
      "too-long",
      "This conversation is {tokens} tokens long, but {model} reads at most {limit}: use a shorter document, fewer documents, or a model with a longer context.",
      { tokens: promptTokens, model: this.loaded.info.name, limit },
    );
  }

  #readingHooks(hooks: Hooks): Parameters<Caches["read"]>[3] {
    return {
      signal: hooks.signal,
      onProgress: (status) => {
        hooks.onStatus(status);
        this.#report(hooks, false);
      },
    };
  }

  /** Sends the gauge's numbers, at most ten times a second unless forced. */
  #report(hooks: Hooks, force: boolean): boolean {
    const now = performance.now();
    if (!force && now - this.#lastReport < reportEveryMs) return false;
    this.#lastReport = now;
    hooks.onMemory(this.memory());
    return true;
  }

  /** One operation at a time: they share the caches. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    this.#aside?.abort();
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

/** Tokens decoded in a second, of those after the first `begun`; of a short answer that was begun whole, all after the first. */
function perSecond(tokens: number, begun: number, decodeMs: number, sinceFirstMs: number): number {
  return tokens > begun ? (tokens - begun) / Math.max(1e-3, decodeMs / 1000) : (tokens - 1) / Math.max(1e-3, sinceFirstMs / 1000);
}

function detailsOf(
  { info, profile, windows, scored }: LoadedModel,
  prompt: Prompt,
  [from, to]: [number, number],
  { policy, keep }: { policy: PolicyName; keep: Keep },
  answer: Answer,
): TurnDetails {
  const voters = scored.map((_, layer) => policies[policy].voters(info.heads, profile?.scores[layer]));
  const { budgets, kept } = withWindows(windows, keep, prompt.tokens.length);
  return {
    promptTokenIds: prompt.tokens,
    window: range(from, to),
    policy,
    heads: onAllLayers(windows, voters, () => []),
    budgets,
    kept,
    answerTokenIds: answer.tokens,
  };
}
