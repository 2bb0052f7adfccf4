/**
 * The turn, in order: documents are read into the reading cache, the question is read with its attention probed, a policy picks
 * what stays, the kept rows are gathered into the answering cache, and the answer is decoded from that.
 */
import type { MemoryReport, ModelInfo, PromptCount } from "../../preload/api.ts";
import { createSampler } from "./addon.ts";
import { Caches, type ConversationPrompt, type ReadingSettings } from "./caches.ts";
import { choose } from "./choice.ts";
import { Answer, sample } from "./decode.ts";
import { HeldDocuments } from "./documents.ts";
import { EngineError } from "./errors.ts";
import { pinsWithin } from "./excerpt.ts";
import { withWindows } from "./layers.ts";
import { type LoadedModel, loadModel, useProfile } from "./model.ts";
import { buildPrompt, type PastTurn, type Pin } from "./prompt.ts";
import type { LoadRequest } from "./protocol.ts";
import { probedRows, ReadingCache } from "./reading.ts";
import { type Material, resultOf } from "./result.ts";
import { readWindows, searchWindows, tokensOf, withSearch } from "./search.ts";
import type { SnapshotStore } from "./snapshot.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { AskRequest, Hooks, ReadExtent, TurnResult } from "./turn.ts";

/** Answers shorter than this are not worth a prompt that fills the whole window. */
const leastAnswerTokens = 16;
const reportEveryMs = 100;
const whole: ReadExtent = { kind: "whole" };

/** What is asked, of what. */
type Asked = Pick<AskRequest, "documentIds" | "extent" | "history" | "question" | "pins">;

export class Engine {
  readonly loaded: LoadedModel;
  readonly #documents: HeldDocuments;
  readonly #caches: Caches;
  #lastReport = 0;
  #queue: Promise<unknown> = Promise.resolve();
  /** Aborts what is done while nothing is wanted. */
  #aside: AbortController | null = null;

  private constructor(loaded: LoadedModel, threads: number, snapshots: SnapshotStore | null) {
    this.loaded = loaded;
    this.#documents = new HeldDocuments(loaded.model, loaded.info.contextLength);
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
  addDocument(id: string, text: string): Promise<number> {
    return this.#documents.add(id, text);
  }

  removeDocument(id: string): void {
    this.#documents.remove(id);
  }

  /** What this question would make of a prompt; windows are counted when not everything is read at once. */
  async countPrompt({ documentIds, extent = whole, history, question }: Asked): Promise<PromptCount> {
    const prompt = this.#prompt(await this.#material(documentIds, extent), history, question);
    const promptTokens = prompt.tokens.length;
    if (promptTokens <= this.#limit && extent.kind === "whole") return { promptTokens, limit: this.#limit, windows: null };
    const windows = await this.#documents.windows(documentIds);
    return { promptTokens, limit: this.#limit, windows: { count: windows.length, tokens: tokensOf(windows) } };
  }

  /** Reads a conversation ahead of its next question: the documents and what was said. @throws EngineError `too-long`, or the signal's reason */
  read(request: ReadingSettings & Omit<Asked, "question">, hooks: Hooks): Promise<void> {
    const { documentIds, extent = whole, history, pins } = request;
    return this.#exclusive(async () => {
      if (extent.kind === "windows") {
        const windows = await this.#documents.windows(documentIds);
        return await readWindows(this.loaded, this.#caches, windows, request, this.#readingHooks(hooks));
      }
      const prompt = this.#prompt(await this.#material(documentIds, extent), history, "", pins);
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
    const { documentIds, extent = whole } = request;
    if (extent.kind === "windows") return this.#exclusive(() => this.#turnInWindows(request, hooks));
    const turn = this.#exclusive(async () => this.#turn(request, await this.#material(documentIds, extent), hooks));
    const last = this.#queue;
    // Behind what waits already, it would take the place of what that has read.
    const readOn = (answer: string) => (this.#queue === last ? this.#readAnswer(request, answer) : undefined);
    if (request.mode === "fast") turn.then(({ answer }) => readOn(answer)).catch(() => {});
    return turn;
  }

  /** Reads an answer while a person does, so that the next question finds it read; whatever else is wanted of the engine comes first. */
  #readAnswer({ documentIds, extent = whole, history, question }: AskRequest, answer: string): Promise<void> {
    const controller = new AbortController();
    const read = this.#exclusive(async () => {
      const prompt = this.#prompt(await this.#material(documentIds, extent), [...history, { question, answer }], "");
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

  /** The question looks through every window; what it finds is the excerpt that a turn is then made of. */
  async #turnInWindows(request: AskRequest, hooks: Hooks): Promise<TurnResult> {
    const { documentIds, mode } = request;
    const documents = this.#documents.texts(documentIds);
    const windows = await this.#documents.windows(documentIds);
    const { tokenize } = this.#documents;
    const search = await searchWindows(this.loaded, this.#caches, { documents, windows, tokenize }, request, this.#readingHooks(hooks));
    // An excerpt is soon read and needed once, so its cache goes before the answer is decoded.
    const onStatus = (status: Parameters<Hooks["onStatus"]>[0]) => status.phase === "reading" || hooks.onStatus(status);
    const material = { documents, excerpts: search.excerpts, firstDocument: null };
    const result = await this.#turn({ ...request, mode: "balanced" }, material, { ...hooks, onStatus });
    return withSearch(result, search, mode);
  }

  async #turn(request: AskRequest, material: Material, hooks: Hooks): Promise<TurnResult> {
    const clock = new Stopwatch();
    const { loaded } = this;
    const caches = this.#caches;
    const prompt = this.#prompt(material, request.history, request.question, request.pins);
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
      const window = probedRows(prompt, request.window);
      const end = ReadingCache.lastPieceStart(length, prompt.questionStart, window[0]);
      const restoreMs = await caches.restore(prompt, end);
      await caches.read(prompt, end, maxTokens, this.#readingHooks(hooks));
      const readMs = clock.lap() - restoreMs;
      const row = await caches.reading.readProbed(prompt.tokens, ...window);
      answer.push(await sample({ context: caches.reading.context, row }, sampler));
      const firstTokenMs = clock.total();
      const questionMs = clock.lap();

      const choice = await choose(loaded, caches, { request, prompt, excerpts: material.excerpts, answer, sampler });
      const { keep } = choice;
      begun = answer.tokens.length;
      const selectMs = clock.lap();
      const readingBytes = caches.reading.report()!.bytes;
      if (keep.kept !== null && !caches.bounded) {
        await caches.gather(keep.kept, length, request.answeringKv);
        await caches.reading.truncate(length);
      }
      caches.kept = { promptTokens: length, perLayer: withWindows(loaded.windows, keep, length).perLayer };
      const gatherMs = clock.lap();
      this.#report(hooks, true);
      const { peakBytes } = caches;
      // An answer from the full cache needs it until its end.
      if (request.mode === "balanced" && caches.answering) await caches.leaveMemory(prompt);

      clock.lap();
      await answer.write(caches.next, sampler);
      const decodeMs = clock.lap();
      this.#report(hooks, true);
      const timing = { readMs, restoreMs, questionMs, selectMs, gatherMs, firstTokenMs };
      return resultOf(loaded, caches, {
        request,
        material,
        prompt,
        window,
        choice,
        answer,
        begun,
        readingBytes,
        peakBytes,
        timing,
        decodeMs,
      });
    } finally {
      sampler.dispose();
      await caches.forgetAnswer();
      await caches.reading.truncate(length);
      if (request.mode === "balanced" && !hooks.signal.aborted) await caches.leaveMemory(prompt);
      this.#report(hooks, true);
    }
  }

  /** What is read of these documents in one prompt. */
  async #material(documentIds: readonly string[], extent: ReadExtent): Promise<Material> {
    const excerpts = await this.#documents.excerpts(documentIds, extent);
    return { documents: this.#documents.texts(documentIds), excerpts, firstDocument: documentIds[0] ?? "" };
  }

  #prompt(
    { excerpts, firstDocument }: Material,
    history: readonly PastTurn[],
    question: string,
    pins?: readonly Pin[],
  ): ConversationPrompt {
    const texts = excerpts.map(({ text }) => text);
    const { model, template } = this.loaded;
    return { ...buildPrompt(model, template, texts, history, question, pinsWithin(excerpts, pins ?? [])), firstDocument };
  }

  get #limit(): number {
    return this.loaded.info.contextLength - leastAnswerTokens;
  }

  #refuseTooLong(promptTokens: number): void {
    const limit = this.#limit;
    if (promptTokens <= limit) return;
    throw new EngineError(
      "too-long",
      "This conversation is {tokens} tokens long, but {model} reads at most {limit}: choose the pages to read, read in windows, or use a model with a longer context.",
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
