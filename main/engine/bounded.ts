/**
 * Smallest mode: a reading cache that lets go of tokens while it reads, so that it never holds more than a bound and one piece. What
 * is kept is chosen without a question (KeyDiff), once, and every later question is answered from it: question and answer are read
 * behind the rows that are left and forgotten afterwards.
 */
import { type KvType, pieceTokens } from "../../preload/api.ts";
import { createContext, decode, type KvReport, type NativeContext } from "./addon.ts";
import { type Keep, keepEverything, range } from "./keep.ts";
import { onAllLayers } from "./layers.ts";
import type { LoadedModel } from "./model.ts";
import { keydiff } from "./policies/keydiff.ts";
import { type Attention, Probe } from "./probe.ts";
import type { Prompt } from "./prompt.ts";
import { nextPieceEnd, orDrop, type ReadProgress, sharedLength } from "./reading.ts";

/** Rows for what is read before the next choice, a piece at least; the question and its answer have them afterwards. */
const room = 256;
/** The latest tokens stay while a document is read: what follows leans on them. */
const recent = 64;
/** The bound of a short document: a share of it would leave next to nothing. */
const leastRows = 128;
/** Rows are added in steps of this many when question and answer need more room. */
const rowStep = 64;

export class BoundedCache {
  readonly kvType: KvType;
  /** Share of the documents' tokens that is kept. */
  readonly share: number;
  readonly #loaded: LoadedModel;
  readonly #threads: number;
  readonly #probe: Probe;
  #context: NativeContext | null = null;
  #tokens: number[] = [];
  /** The documents are the positions [first, end) of every prompt; before them lies the template. */
  #documents = { first: 0, end: 0 };
  /** Prompt positions that are let go of last. */
  #pinned: readonly number[] = [];
  /** Rows that are allocated in each layer. */
  #rows = 0;
  /** Prompt positions of the first rows, [scored layer][set][row], once something was let go of. The rows behind them are the latest tokens. */
  #left: number[][][] | null = null;
  /** How many tokens had been read when something was last let go of. */
  #leftAt = 0;
  #peakBytes = 0;

  constructor(loaded: LoadedModel, options: { threads: number; kvType: KvType; share: number }) {
    this.#loaded = loaded;
    this.#threads = options.threads;
    this.kvType = options.kvType;
    this.share = options.share;
    this.#probe = new Probe({ heads: loaded.info.heads, layers: loaded.scored });
  }

  /** How many tokens were read, kept or not. */
  get length(): number {
    return this.#tokens.length;
  }

  get context(): NativeContext {
    if (this.#context === null) throw new Error("nothing was read yet");
    return this.#context;
  }

  /** The most bytes that it had allocated at once since the documents were begun. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Most rows of the documents in a layer. */
  #bound({ first, end }: { first: number; end: number }): number {
    return first + Math.max(leastRows, Math.round(this.share * (end - first)));
  }

  /** Rows that a prompt has at most in each layer. */
  rowsFor(prompt: Prompt): number {
    const documents = documentsOf(prompt);
    return Math.min(documents.end, this.#bound(documents)) + Math.max(room, prompt.tokens.length - documents.end);
  }

  /** How many tokens of a prompt it need not read again. */
  sharedWith(tokens: readonly number[]): number {
    const shared = sharedLength(this.#tokens, tokens);
    // What was let go of cannot be put together anew: it serves these documents or none.
    return shared < Math.min(this.#tokens.length, this.#documents.end) ? 0 : shared;
  }

  /**
   * Brings the cache behind `prompt.tokens[0, end)`. When aborted it keeps what was read and throws the signal's reason.
   */
  async read(
    prompt: Prompt,
    end: number,
    options: { answerTokens: number; signal: AbortSignal; onProgress(progress: ReadProgress): void },
  ): Promise<void> {
    const { tokens, stops } = prompt;
    const documents = documentsOf(prompt);
    const repinned = this.#left !== null && prompt.pinned.join() !== this.#pinned.join();
    if (this.sharedWith(tokens) === 0 || documents.end !== this.#documents.end || repinned) await this.#begin(documents);
    this.#pinned = prompt.pinned;
    await this.#forgetBehind(
      Math.max(Math.min(this.#tokens.length, documents.end), stops.findLast((stop) => stop <= this.sharedWith(tokens)) ?? 0),
    );

    let position = this.#tokens.length;
    options.onProgress({ done: position, total: end });
    while (position < end) {
      options.signal.throwIfAborted();
      const next = nextPieceEnd(stops, position, end, pieceTokens(this.#loaded.info.bytes));
      const reading = position < documents.end;
      if (reading && this.#usedRows + next - position > this.#rows) await this.#letGo(this.#bound(documents));
      await this.#decode(tokens, position, next);
      position = next;
      if (position === documents.end && this.#usedRows > this.#bound(documents)) await this.#letGo(this.#bound(documents));
      options.onProgress({ done: position, total: end });
    }
  }

  /** Reads the rest of the prompt and probes the attention that the rows [from, to) pay. @returns the output row of the last token */
  async readProbed(tokens: readonly number[], from: number, to: number): Promise<number> {
    await this.#makeRoom(tokens.length - this.#tokens.length);
    const pieces = { start: this.#tokens.length, end: tokens.length, piece: pieceTokens(this.#loaded.info.bytes) };
    return await this.#probe.read(this.context, { ...pieces, from, to }, (start, end) => this.#decode(tokens, start, end));
  }

  /** What the rows that were probed paid to each position, all of which were read; those that were let go of have none. */
  async attention(positions: number): Promise<Attention> {
    const left = this.#left;
    if (left === null) return await this.#probe.take(this.context, positions);
    const { heads } = this.#loaded.info;
    const rows = await this.#probe.take(this.context, this.#usedRows);
    return rows.map((mass, layer) => byPosition(mass, left[layer]!, heads, positions));
  }

  /** How alike the keys of the rows that are left are: [kvHead][row]. */
  similarity(layer: number): Float32Array {
    return this.context.getKeySimilarity(this.#loaded.scored[layer]!);
  }

  /** What is left of what was read. */
  left(): Keep {
    const length = this.#tokens.length;
    const { scored } = this.#loaded;
    if (this.#left === null) return keepEverything(length, scored.length);
    const rows = this.#left[0]![0]!.length;
    const behind = length - this.#leftAt;
    const kept = this.#left.map((sets) => sets.map((set) => [...set, ...range(this.#leftAt, length)]));
    return {
      budget: rows - this.#documents.first,
      budgets: scored.map(() => rows - this.#documents.first),
      kept,
      perLayer: scored.map(() => this.#usedRows),
      protectedTokens: this.#documents.first + behind,
      union: () => kept.map((sets) => [...new Set(sets.flat())].sort((a, b) => a - b)),
    };
  }

  async decodeAnswer(token: number): Promise<number> {
    return await this.#decode([...this.#tokens, token], this.#tokens.length, this.#tokens.length + 1);
  }

  /** Forgets everything from a position on, and all when that lies within what was let go of. */
  async truncate(length: number): Promise<void> {
    await this.#forgetBehind(Math.min(length, this.#tokens.length));
  }

  report(): KvReport | null {
    return this.#context?.getKvReport() ?? null;
  }

  /** Frees all of its memory. */
  async drop(): Promise<void> {
    await this.#context?.dispose();
    this.#context = null;
    this.#tokens = [];
    this.#left = null;
    this.#leftAt = 0;
    this.#rows = 0;
  }

  get #usedRows(): number {
    return this.#left === null ? this.#tokens.length : this.#left[0]![0]!.length + this.#tokens.length - this.#leftAt;
  }

  async #begin(documents: { first: number; end: number }): Promise<void> {
    await this.drop();
    this.#documents = documents;
    const { info, model, windows } = this.#loaded;
    this.#rows = Math.min(Math.min(documents.end, this.#bound(documents)) + room, info.contextLength);
    this.#context = await createContext(model, {
      contextSize: info.contextLength,
      batchSize: Math.min(pieceTokens(info.bytes), info.contextLength),
      threads: this.#threads,
      kvType: this.kvType,
      layout: { kept: new Uint32Array(info.layers), tail: this.#rows, back: windows.some((window) => window > 0) ? room : 0 },
    });
    this.#peakBytes = this.report()!.bytes;
  }

  /** Lets go of all but `rows` rows in every layer: template and latest tokens stay, KeyDiff chooses among the others. */
  async #letGo(rows: number): Promise<void> {
    const { info, scored, windows } = this.#loaded;
    const used = this.#usedRows;
    const { first } = this.#documents;
    const end = used - Math.min(recent, rows - first);
    const kept = keydiff
      .select({
        layers: scored.length,
        heads: info.heads,
        kvHeads: info.kvHeads,
        first,
        end,
        counts: scored.map(() => rows - first - (used - end)),
        attention: () => new Float32Array(),
        similarity: (layer) => this.#withPinsUnlike(layer, used),
        positions: used,
        profile: null,
      })
      .map((sets) => sets.map((set) => [...range(0, first), ...set, ...range(end, used)]));
    const positions = kept.map((sets, layer) => sets.map((set, head) => set.map((row) => this.#positionOf(layer, head, row))));
    const lists = kept.map((sets) => Uint32Array.from(sets.flat()));
    await orDrop(
      this,
      this.context.compactKv(
        rows,
        onAllLayers(windows, lists, () => new Uint32Array()),
      ),
    );
    this.#left = positions;
    this.#leftAt = this.#tokens.length;
  }

  /** The similarity of each row's key, where pinned rows are less like the others than any can be. */
  #withPinsUnlike(layer: number, rows: number): Float32Array {
    const cosines = this.similarity(layer);
    if (this.#pinned.length === 0) return cosines;
    const pinned = new Set(this.#pinned);
    for (let i = 0; i < cosines.length; i++) {
      if (pinned.has(this.#positionOf(layer, Math.floor(i / rows), i % rows))) cosines[i] = -2;
    }
    return cosines;
  }

  #positionOf(layer: number, head: number, row: number): number {
    if (this.#left === null) return row;
    const set = this.#left[layer]![head]!;
    return row < set.length ? set[row]! : this.#leftAt + row - set.length;
  }

  async #decode(tokens: readonly number[], from: number, to: number): Promise<number> {
    await this.#makeRoom(to - from);
    const piece = tokens.slice(from, to);
    const output = await orDrop(this, decode(this.context, piece, from));
    for (const token of piece) this.#tokens.push(token);
    return output;
  }

  /** Rows for so many more tokens. Old and new rows exist side by side while it grows. */
  async #makeRoom(tokens: number): Promise<void> {
    const needed = this.#usedRows + tokens;
    if (needed <= this.#rows) return;
    const before = this.report()!.bytes;
    const rows = Math.ceil(needed / rowStep) * rowStep;
    await this.context.growKvTail(rows);
    this.#rows = rows;
    this.#peakBytes = Math.max(this.#peakBytes, before + this.report()!.bytes);
  }

  async #forgetBehind(length: number): Promise<void> {
    if (length >= this.#tokens.length) return;
    const cut = length >= this.#leftAt && this.context.removeTokenCellsFromSequence(0, length, -1);
    if (cut) this.#tokens.length = length;
    else await this.#begin(this.#documents);
  }
}

/** Attention by row as attention by position: `sets` are the positions of the first rows, [set][row]; the rows behind them are the last positions. */
function byPosition(rows: Float32Array, sets: readonly (readonly number[])[], heads: number, positions: number): Float32Array {
  const width = rows.length / heads;
  const attention = new Float32Array(heads * positions);
  for (let head = 0; head < heads; head++) {
    const set = sets[Math.floor((head * sets.length) / heads)]!;
    const row = rows.subarray(head * width, (head + 1) * width);
    for (let i = 0; i < set.length; i++) attention[head * positions + set[i]!] = row[i]!;
    attention.set(row.subarray(set.length), head * positions + positions - (width - set.length));
  }
  return attention;
}

function documentsOf(prompt: Prompt): { first: number; end: number } {
  return { first: prompt.documentStarts[0]!, end: prompt.documentStarts.at(-1)! };
}
