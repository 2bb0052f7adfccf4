/** The two caches of a conversation: where the reading cache is, what the answering cache holds, and what both take. */
import { availableMemory } from "node:process";
import type { EngineStatus, KvType, MemoryReport, ReadingPlace } from "../../preload/api.ts";
import { AnsweringCache } from "./answering.ts";
import { BoundedCache } from "./bounded.ts";
import type { Output } from "./decode.ts";
import { EngineError } from "./errors.ts";
import { memoryReport } from "./memory.ts";
import type { LoadedModel } from "./model.ts";
import type { Prompt } from "./prompt.ts";
import { ReadingCache } from "./reading.ts";
import type { SnapshotStore } from "./snapshot.ts";
import type { AskRequest } from "./turn.ts";

type Reading = Extract<EngineStatus, { phase: "reading" }>;

/** What decides how documents are read. */
export type ReadingSettings = Pick<AskRequest, "mode" | "smallestShare" | "readingKv">;

/** Share of the free memory that reading may take. */
const mostOfFree = 0.7;

/** A prompt, and the document that its conversation begins with: its snapshots lie together. Null when no other prompt will begin alike. */
export type ConversationPrompt = Prompt & { firstDocument: string | null };

export class Caches {
  reading: ReadingCache | BoundedCache;
  answering: AnsweringCache | null = null;
  /** What the gauge says of tokens: how many were read, and how many each layer keeps (none: all of them). */
  kept: { promptTokens: number; perLayer: number[] } = { promptTokens: 0, perLayer: [] };
  readonly #loaded: LoadedModel;
  readonly #threads: number;
  readonly #snapshots: SnapshotStore | null;
  /** Where the reading cache is while it is not in memory. */
  #place: ReadingPlace = "none";

  constructor(loaded: LoadedModel, threads: number, snapshots: SnapshotStore | null) {
    this.#loaded = loaded;
    this.#threads = threads;
    // What a sliding window held earlier is gone by the end of a document: such a cache cannot be cut into parts and saved.
    this.#snapshots = loaded.info.unsupported === null && loaded.scored.length === loaded.info.layers ? snapshots : null;
    this.reading = new ReadingCache(loaded, { threads, kvType: "f16" });
  }

  /** Reads on in this way; a cache of another kind is dropped. */
  async setReading({ mode, smallestShare, readingKv }: ReadingSettings): Promise<void> {
    const share = mode === "smallest" && this.#loaded.info.unsupported === null ? smallestShare : null;
    if (this.reading.kvType === readingKv && (this.reading instanceof BoundedCache ? this.reading.share : null) === share) return;
    await this.reading.drop();
    this.#place = "none";
    const options = { threads: this.#threads, kvType: readingKv };
    this.reading = share === null ? new ReadingCache(this.#loaded, options) : new BoundedCache(this.#loaded, { ...options, share });
  }

  /** Whether tokens are let go of while they are read: then the answer is decoded from what is left. */
  get bounded(): boolean {
    return this.reading instanceof BoundedCache;
  }

  /** The most bytes that both caches have taken at once for this prompt, so far. */
  get peakBytes(): number {
    if (this.reading instanceof BoundedCache) return this.reading.peakBytes;
    return (this.reading.report()?.bytes ?? 0) + (this.answering?.report().bytes ?? 0);
  }

  /** Whether what was read can be saved. */
  get saves(): boolean {
    return this.#snapshots !== null;
  }

  /** Brings back what was saved of a prompt; resolves to the time that took in ms. @throws EngineError `no-memory` */
  async restore(prompt: ConversationPrompt, end: number): Promise<number> {
    const started = performance.now();
    if (this.#snapshots === null || prompt.firstDocument === null || !(this.reading instanceof ReadingCache)) return 0;
    this.#refuseTooLarge(prompt);
    const restored = await this.reading.restore(this.#snapshots.of(prompt.firstDocument), prompt.tokens, prompt.stops, end);
    return restored ? performance.now() - started : 0;
  }

  /**
   * Reads a prompt's first `end` tokens.
   *
   * @param answerTokens room for an answer that is decoded in the reading cache itself
   * @throws EngineError `no-memory`, or the signal's reason
   */
  async read(
    prompt: Prompt,
    end: number,
    answerTokens: number,
    options: { signal: AbortSignal; onProgress(status: Reading): void },
  ): Promise<void> {
    this.#refuseTooLarge(prompt);
    const started = performance.now();
    let first = -1;
    await this.reading.read(prompt, end, {
      answerTokens,
      signal: options.signal,
      onProgress: ({ done, total }) => {
        if (first < 0) first = done;
        this.kept = { promptTokens: done, perLayer: [] };
        const tokensPerSecond = (done - first) / Math.max(1e-3, (performance.now() - started) / 1000);
        const secondsLeft = done > first ? (total - done) / tokensPerSecond : null;
        if (total > first) options.onProgress({ phase: "reading", done, total, tokensPerSecond, secondsLeft });
      },
    });
  }

  /** Saves what was read, so that it opens in the time of reading a file; resolves to whether all of it is on disk. */
  async save(prompt: ConversationPrompt): Promise<boolean> {
    if (this.#snapshots === null || prompt.firstDocument === null || !(this.reading instanceof ReadingCache)) return false;
    return await this.reading.save(this.#snapshots.of(prompt.firstDocument), prompt.stops);
  }

  /** Saves the reading cache and frees its memory, unless it is needed again and could not be saved. */
  async leaveMemory(prompt: ConversationPrompt): Promise<void> {
    if (this.reading.length === 0) return;
    const saved = await this.save(prompt);
    if (!saved && prompt.firstDocument !== null) return;
    await this.reading.drop();
    this.#place = saved ? "disk" : "dropped";
    // Rows on their way to the disk were copies; the engine's process is started so that they can be collected now.
    globalThis.gc?.();
  }

  /**
   * Fills an answering cache with rows of the reading cache. What lies behind the prompt is the answer's beginning and goes along.
   *
   * @param kept ascending prompt positions, [layer][set][position]
   */
  async gather(kept: readonly (readonly number[][])[], promptTokens: number, kvType: KvType): Promise<void> {
    const { context, length } = this.reading;
    const said = Array.from({ length: length - promptTokens }, (_, i) => promptTokens + i);
    const rows = said.length === 0 ? kept : kept.map((sets) => sets.map((set) => [...set, ...said]));
    this.answering = await AnsweringCache.gather(this.#loaded, context, rows, length, { threads: this.#threads, kvType });
  }

  /** Decodes an answer's token in the cache that it is answered from. */
  readonly next = async (token: number): Promise<Output> => {
    const { answering, reading } = this;
    if (answering) return { row: await answering.decode(token), context: answering.context };
    return { row: await reading.decodeAnswer(token), context: reading.context };
  };

  /** Frees the answering cache. */
  async forgetAnswer(): Promise<void> {
    await this.answering?.dispose();
    this.answering = null;
  }

  /** Snapshots may take so many bytes from now on, and some of them may be gone. */
  async snapshotsChanged(capBytes: number): Promise<void> {
    await this.#snapshots?.setCap(capBytes);
    if (this.reading instanceof ReadingCache) this.reading.forgetSaved();
  }

  /** What is allocated at this moment. */
  memory(): MemoryReport {
    const reading = this.reading.report();
    // The bounded cache is what is answered from, once it has read all.
    if (this.reading instanceof BoundedCache && this.kept.perLayer.length > 0) {
      return memoryReport(this.#loaded, null, reading, "dropped", this.kept);
    }
    return memoryReport(this.#loaded, reading, this.answering?.report() ?? null, this.#place, this.kept);
  }

  /** Frees both caches. */
  async dispose(): Promise<void> {
    await this.forgetAnswer();
    await this.reading.drop();
  }

  #refuseTooLarge(prompt: Prompt): void {
    const missing = prompt.tokens.length - this.reading.sharedWith(prompt.tokens);
    const { fullBytes } = this.#loaded;
    const held = this.reading instanceof BoundedCache ? (this.reading.report()?.bytes ?? 0) : fullBytes(this.reading.rows);
    const needed = fullBytes(this.reading.rowsFor(prompt)) - held;
    if (needed <= mostOfFree * availableMemory()) return;
    throw new EngineError(
      "no-memory",
      "Reading {tokens} tokens needs {needed} of memory, but only {free} is free: close other programs, or use a shorter document or a smaller model.",
      { tokens: missing, needed: { bytes: needed }, free: { bytes: availableMemory() } },
    );
  }
}
