/**
 * The reading cache: the ordinary, full KV cache of a conversation's documents, past turns and the new question.
 * Its content depends on the token sequence alone: tokens are decoded in the same pieces whatever was read before.
 */
import { type KvType, pieceTokens } from "../../preload/api.ts";
import { createContext, decode, type KvReport, type NativeContext } from "./addon.ts";
import type { Window } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { type Attention, Probe } from "./probe.ts";
import type { Prompt } from "./prompt.ts";
import type { SnapshotIdentity, SnapshotParts } from "./snapshot.ts";

/** Tokens behind what a turn begins with: question and template. Longer questions are probed over their last tokens. */
const mostProbed = 512;
/** Tokens that can be taken back in layers with a sliding window, besides those of a piece; beyond that the prompt is read anew. */
const windowBack = 512;
/** Rows are allocated in steps of this many, as llama.cpp counts its cells. */
const rowStep = 256;
/** Rows for a next question and an answer's first words: to grow is to copy the whole cache, and people would wait for that. */
const rowsAhead = 128;

export type ReadProgress = { done: number; total: number };

export class ReadingCache {
  readonly kvType: KvType;
  readonly #loaded: LoadedModel;
  readonly #threads: number;
  readonly #probe: Probe;
  #context: NativeContext | null = null;
  #tokens: number[] = [];
  #rows = 0;
  /** Ascending positions up to which it is on disk, part by part. */
  #saved: number[] = [0];

  constructor(loaded: LoadedModel, options: { threads: number; kvType: KvType }) {
    this.#loaded = loaded;
    this.#threads = options.threads;
    this.kvType = options.kvType;
    this.#probe = new Probe({ heads: loaded.info.heads, layers: loaded.scored });
  }

  /** How many tokens it holds. */
  get length(): number {
    return this.#tokens.length;
  }

  /** Rows that are allocated, in each layer. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that are allocated once it holds a prompt; those that are there stay. */
  rowsFor({ tokens }: Pick<Prompt, "tokens">): number {
    return Math.max(this.#rows, this.#steps(tokens.length));
  }

  /** How many tokens of a prompt it holds already. */
  sharedWith(tokens: readonly number[]): number {
    return sharedLength(this.#tokens, tokens);
  }

  /** What the rows that were probed since the last `readProbed` paid to the first `positions` positions. */
  attention(positions: number): Promise<Attention> {
    return this.#probe.take(this.context, positions);
  }

  /** How alike the keys of a layer that policies choose for are: [kvHead][position]. */
  similarity(layer: number): Float32Array {
    return this.context.getKeySimilarity(this.#loaded.scored[layer]!);
  }

  /** The context to gather from and to decode a full answer on. */
  get context(): NativeContext {
    if (this.#context === null) throw new Error("nothing was read yet");
    return this.#context;
  }

  /**
   * Brings the cache to hold exactly the prompt's tokens [0, end): forgets what differs and reads the rest, in pieces that end at the prompt's
   * stops, so that every path to a prompt cuts it alike. When aborted it keeps what was read and throws the signal's reason.
   *
   * @param options.answerTokens how many tokens an answer may decode in this cache
   */
  async read(
    { tokens, stops }: Pick<Prompt, "tokens" | "stops">,
    end: number,
    options: { answerTokens: number; signal: AbortSignal; onProgress(progress: ReadProgress): void },
  ): Promise<void> {
    await this.#forgetOtherDocuments(tokens, stops);
    // A cache that cannot grow takes the answer's room at once.
    await this.#makeRoom(tokens.length + (this.#loaded.info.unsupported === null ? 0 : options.answerTokens));
    await this.#keepOnly(pieceStart(stops, this.sharedWith(tokens), end, this.#pieceTokens));
    let position = this.#tokens.length;
    options.onProgress({ done: position, total: end });
    while (position < end) {
      options.signal.throwIfAborted();
      const next = nextPieceEnd(stops, position, end, this.#pieceTokens);
      await this.#decode(tokens, position, next);
      position = next;
      options.onProgress({ done: position, total: end });
    }
  }

  /**
   * Continues from disk as far as parts of `tokens[0, end)` were saved there, when that is further than what it holds.
   *
   * @returns whether anything was restored
   */
  async restore(store: SnapshotParts, tokens: readonly number[], stops: readonly number[], end: number): Promise<boolean> {
    await this.#forgetOtherDocuments(tokens, stops);
    const within = stops.filter((stop) => stop <= end);
    const shared = this.sharedWith(tokens);
    if (!within.some((stop) => stop > shared)) return false;
    await this.#makeRoom(tokens.length);
    await this.#keepOnly(within.findLast((stop) => stop <= shared) ?? 0);
    const from = this.#tokens.length;
    const restored = await orDrop(this, store.restore(this.context, this.#identity, tokens, within, from));
    for (const position of restored) this.#saved.push(position);
    const to = restored.at(-1) ?? from;
    for (let position = from; position < to; position++) this.#tokens.push(tokens[position]!);
    return to > from;
  }

  /** Saves what is not on disk yet, in parts that end at `stops` and at the end; resolves to whether all of it is there now. */
  async save(store: SnapshotParts, stops: readonly number[]): Promise<boolean> {
    const end = this.#tokens.length;
    for (const stop of [...stops.filter((candidate) => candidate < end), end]) {
      const from = this.#saved.at(-1)!;
      if (stop <= from) continue;
      if (!(await store.save(this.context, this.#identity, this.#tokens, from, stop))) return false;
      this.#saved.push(stop);
    }
    return true;
  }

  /** What was on disk may be gone: the next save looks again. */
  forgetSaved(): void {
    this.#saved = [0];
  }

  get #pieceTokens(): number {
    return pieceTokens(this.#loaded.info.bytes);
  }

  get #identity(): SnapshotIdentity {
    const { info, patchVersion } = this.#loaded;
    const { sha256: modelSha256, layers, contextLength, gpu } = info;
    return { modelSha256, patchVersion, kvType: this.kvType, layers, contextLength, gpuLayers: gpu?.layers ?? 0 };
  }

  /**
   * Reads the rest of the prompt and probes the attention that the rows [from, to) pay to everything before them, if the model allows it.
   *
   * @returns the output row to sample the first answer token from
   */
  async readProbed(tokens: readonly number[], from: number, to: number): Promise<number> {
    await this.#makeRoom(tokens.length);
    const rows = this.#loaded.info.unsupported === null ? { from, to } : { from: 0, to: 0 };
    const pieces = { start: this.#tokens.length, end: tokens.length, piece: this.#pieceTokens };
    return await this.#probe.read(this.context, { ...pieces, ...rows }, (start, end) => this.#decode(tokens, start, end));
  }

  /** Decodes one answer token, probed; resolves to the output row to sample the next one from. */
  async decodeProbed(token: number): Promise<number> {
    await this.#makeRoom(this.#tokens.length + 1);
    await this.#probe.hold(this.context, 0, 1);
    return await this.#decode([...this.#tokens, token], this.#tokens.length, this.#tokens.length + 1);
  }

  /** Where the end of a prompt begins, which every turn reads for itself: at its question, or at the window before that. */
  static lastPieceStart(promptTokens: number, questionStart: number, windowStart: number): number {
    return Math.max(0, Math.min(questionStart, windowStart), promptTokens - mostProbed);
  }

  /** Decodes one answer token for the policies that answer from the full cache. */
  async decodeAnswer(token: number): Promise<number> {
    await this.#makeRoom(this.#tokens.length + 1);
    return await this.#decode([...this.#tokens, token], this.#tokens.length, this.#tokens.length + 1);
  }

  /** Forgets everything from a position on. */
  async truncate(length: number): Promise<void> {
    await this.#keepOnly(Math.min(length, this.#tokens.length));
  }

  report(): KvReport | null {
    return this.#context?.getKvReport() ?? null;
  }

  /** Frees all of its memory. */
  async drop(): Promise<void> {
    await this.#context?.dispose();
    this.#context = null;
    this.#tokens = [];
    this.#rows = 0;
    this.#saved = [0];
  }

  async #decode(tokens: readonly number[], from: number, to: number): Promise<number> {
    const piece = tokens.slice(from, to);
    const output = await orDrop(this, decode(this.context, piece, from));
    for (const token of piece) this.#tokens.push(token);
    return output;
  }

  async #makeRoom(tokens: number): Promise<void> {
    if (this.#context !== null && tokens <= this.#rows) return;
    const { info, model } = this.#loaded;
    const rows = this.#steps(tokens);
    if (this.#context !== null && info.unsupported === null) {
      await this.#context.growKvTail(rows);
    } else {
      await this.drop();
      // A cache that can grow allocates only what it needs; the window that rope factors depend on stays the model's.
      const layout = { kept: new Uint32Array(info.layers), tail: rows, back: Math.min(windowBack, info.contextLength) };
      this.#context = await createContext(model, {
        contextSize: info.unsupported === null ? info.contextLength : rows,
        batchSize: Math.min(this.#pieceTokens, info.contextLength),
        threads: this.#threads,
        kvType: this.kvType,
        ...(info.unsupported === null && { layout }),
      });
    }
    this.#rows = rows;
  }

  /** Rows to allocate for so many tokens. */
  #steps(tokens: number): number {
    return Math.ceil(Math.min(tokens + rowsAhead, this.#loaded.info.contextLength) / rowStep) * rowStep;
  }

  /** Frees the memory of a conversation that shares no document with this prompt. */
  async #forgetOtherDocuments(tokens: readonly number[], stops: readonly number[]): Promise<void> {
    if (this.sharedWith(tokens) < Math.min(stops[0] ?? 0, this.#tokens.length)) await this.drop();
  }

  async #keepOnly(length: number): Promise<void> {
    if (length >= this.#tokens.length) return;
    // Recurrent state cannot be cut back, sliding windows not far: start over.
    const cut = length > 0 && this.context.removeTokenCellsFromSequence(0, length, -1);
    if (!cut) this.context.disposeSequence(0);
    this.#tokens.length = cut ? length : 0;
    this.#saved = this.#saved.filter((position) => position <= this.#tokens.length);
  }
}

/** The rows whose attention is probed, as positions [from, to): the question's own tokens, or the prompt's last ones. */
export function probedRows(prompt: Prompt, window: Window): [number, number] {
  const length = prompt.tokens.length;
  if (window !== "question") return [Math.max(0, length - window), length];
  return [ReadingCache.lastPieceStart(length, prompt.questionStart, prompt.questionStart), prompt.questionEnd];
}

/** Waits for what changes a cache's context. What it leaves there when it fails is not known: then the cache begins anew. */
export async function orDrop<T>(cache: { drop(): Promise<void> }, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    await cache.drop();
    throw error;
  }
}

/** How many tokens two sequences begin with alike. */
export function sharedLength(a: readonly number[], b: readonly number[]): number {
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  return shared;
}

/** The next multiple of the piece size counted from the last stop, or the next stop, or the end. */
export function nextPieceEnd(stops: readonly number[], position: number, end: number, piece: number): number {
  const from = stops.findLast((stop) => stop <= position) ?? 0;
  const stop = stops.find((candidate) => candidate > position) ?? end;
  const grid = from + (Math.floor((position - from) / piece) + 1) * piece;
  return Math.min(grid, stop, end);
}

/** The last piece boundary at or before a position. */
function pieceStart(stops: readonly number[], position: number, end: number, piece: number): number {
  const from = stops.findLast((stop) => stop <= position) ?? 0;
  const start = from + Math.floor((position - from) / piece) * piece;
  return Math.min(start, end);
}
