/**
 * The only door to node-llama-cpp's native addon with Folio's patch (native/). Everything the patch adds is declared here;
 * contexts are driven through it directly, because node-llama-cpp's own sequences tie tokens to cells and shift the context.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from "node-llama-cpp";
import type { KvType } from "../../preload/api.ts";
import { EngineError } from "./errors.ts";

/**
 * Rows that a context really allocates: `kept[layer]` rows gathered from elsewhere and `tail` rows for new tokens, in every layer.
 * Layers with a sliding window keep 0; they have what their window and a batch need, and `back` rows more so that so many
 * tokens can be taken back.
 */
export type KvLayout = { kept: Uint32Array; tail: number; back?: number };

export type KvReport = {
  layers: { rows: number; usedRows: number; bytes: number; usedBytes: number }[];
  bytes: number;
  usedBytes: number;
  computeBytes: number;
};

export type Sampler = { dispose(): void; applyConfig(config: Sampling & { repeatPenaltyTokens?: Uint32Array }): void };

/** A llama.cpp context of one sequence. Positions count the tokens of the prompt; `rows` and `bytes` are what is allocated. */
export interface NativeContext {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  initBatch(size: number): void;
  addToBatch(sequence: number, firstPosition: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(batchLogitIndex: number, sampler: Sampler): Promise<Token | -1>;
  removeTokenCellsFromSequence(sequence: number, from: number, to: number): boolean;
  disposeSequence(sequence: number): void;
  saveSequenceStateToFile(file: string, sequence: number, tokens: Uint32Array): Promise<number>;
  loadSequenceStateFromFile(file: string, sequence: number, maxTokens: number): Promise<Uint32Array>;

  /** Empty when probe, layout and gather work for this model; otherwise the reason in plain words. */
  getKvSupport(): string;
  /** How many tokens the sliding window of a layer holds, 0 for layers that attend to everything: [layer]. */
  getKvWindows(): number[];
  /** The queries of these rows of the next batch are set aside; they must lie in one batch. A count of 0 lets go of all that were. */
  setAttentionProbe(firstRow: number, rowCount: number): void;
  /**
   * Attention mass of the rows that were set aside, summed over them: [layer] of [head][position], after `compactKv` [head][row]; empty for
   * layers with a sliding window. What these rows saw must still be in the cache. Lets go of them.
   */
  probeAttention(): Promise<Float32Array[]>;
  /**
   * Copies rows of `source`: for each layer b_l positions for all KV heads, or [kvHead][b_l]. The next token is source's next.
   * The lists of layers with a sliding window are empty: what their window holds is copied by itself.
   */
  gatherKv(source: NativeContext, rows: Uint32Array[]): Promise<void>;
  /** Reallocates the tail to `tail` rows; nothing in the cache changes. */
  growKvTail(tail: number): Promise<void>;
  getKvReport(): KvReport;
  /**
   * How alike the keys in a cache that keeps nothing are: the cosine of each row's key with the mean of all keys brought to length one,
   * [kvHead][row]. Layers with a sliding window cannot be asked.
   */
  getKeySimilarity(layer: number): Float32Array;
  /**
   * Lets go of all but `count` rows in each layer, in place: [row] for all KV heads, or [kvHead][row], ascending; empty for layers with a
   * sliding window. Afterwards the rows are numbered anew, the next token is the same, and nothing before it can be taken back.
   */
  compactKv(count: number, rows: Uint32Array[]): Promise<void>;
  /** Bytes of one position's key and value rows, [layer]. */
  getKvRowBytes(): number[];
  /** Raw rows of the positions [from, to) of one layer: all keys, then all values. */
  getKvRows(layer: number, from: number, to: number): Uint8Array;
  /** Writes rows back that `getKvRows` gave; they count as part of the cache only after `setKvLength`. */
  setKvRows(layer: number, from: number, to: number, rows: Uint8Array): void;
  /** Declares the positions [0, to) present; the next token is `to`. */
  setKvLength(to: number): void;
  /** How many decodes reused the graph of the one before. */
  getGraphReuseCount(): number;
  /** Raw logits of one output row, [vocabulary]. */
  getLogits(batchLogitIndex: number): Float32Array;
}

export type ContextParams = {
  /** Logical window in tokens (rope factors depend on it), not what is allocated when a layout is given. */
  contextSize: number;
  batchSize: number;
  threads: number;
  kvType: KvType;
  layout?: KvLayout;
};

type Bindings = {
  folioKvVersion?(): number;
  getGgmlType(name: string): number | undefined;
  AddonContext: new (model: unknown, params: Record<string, unknown>) => NativeContext;
  AddonSampler: new (model: unknown) => Sampler;
};

/** The version of the patch that this code was written for. */
const patchVersion = 3;

/**
 * ggml's part for graphics cards: the stock one for Vulkan, on Linux and Windows. It lies apart from the others and is loaded only where layers
 * are to go there, since it brings a card's driver into the process (decision 0073).
 */
function graphicsBackend(): string | null {
  const system = { linux: "linux", win32: "win" }[process.platform as string];
  const name = `${system}-${process.arch}-vulkan`;
  const packages = join(dirname(fileURLToPath(import.meta.resolve("node-llama-cpp"))), "..", "..");
  const library = process.platform === "win32" ? "ggml-vulkan.dll" : "libggml-vulkan.so";
  // The system loads no library from within an archive.
  const file = join(packages, "@node-llama-cpp", name, "bins", name, library).replace(/([/\\]app\.asar)([/\\])/, "$1.unpacked$2");
  return existsSync(file) ? file : null;
}

/**
 * Loads the patched llama.cpp and refuses anything else: a stock binary would load silently and know nothing of compression.
 *
 * @param graphics whether a graphics card may compute, if there is one
 * @throws EngineError `native-missing` when the patched build is not there
 */
export async function loadLlama(threads: number, graphics = false): Promise<Llama> {
  const backend = graphics ? graphicsBackend() : null;
  // ggml takes a backend that lies elsewhere from the environment, and from nowhere else.
  if (backend) process.env.GGML_BACKEND_PATH = backend;
  else delete process.env.GGML_BACKEND_PATH;
  let llama: Llama;
  try {
    llama = await getLlama("lastBuild", { maxThreads: threads, logLevel: LlamaLogLevel.disabled, progressLogs: false });
  } catch (error) {
    throw new EngineError("native-missing", "The patched llama.cpp could not be loaded: run “npm start” to build it. ({error})", {
      error: String(error),
    });
  }
  const version = bindings(llama).folioKvVersion?.();
  if (llama.buildType !== "localBuild" || version !== patchVersion) {
    await llama.dispose();
    throw new EngineError("native-missing", "The loaded llama.cpp is not Folio's patched build: run “npm start” to build it.");
  }
  return llama;
}

/** The patch's version as the loaded binary reports it. */
export function patchMarker(llama: Llama): number {
  return bindings(llama).folioKvVersion?.() ?? 0;
}

/** Creates and allocates a context. The size is not checked against free memory here. */
export async function createContext(model: LlamaModel, params: ContextParams): Promise<NativeContext> {
  const native = bindings(model.llama);
  const kvType = native.getGgmlType(params.kvType.toUpperCase());
  // An unknown name would silently become f16.
  if (kvType === undefined) throw new Error(`llama.cpp knows no KV type ${params.kvType}`);
  const context = new native.AddonContext(addonModel(model), {
    contextSize: params.contextSize,
    batchSize: params.batchSize,
    sequences: 1,
    threads: params.threads,
    // "auto" may switch flash attention off after the cache was made; the layout needs it on.
    flashAttention: true,
    kvCacheKeyType: kvType,
    kvCacheValueType: kvType,
    // Without a layout sliding windows are not cut: tokens can be taken back as in any other cache.
    ...(params.layout ? { kvLayout: params.layout } : { swaFullCache: true }),
  });
  if (!(await context.init())) {
    throw new EngineError("no-memory", "The model's memory for {tokens} tokens could not be allocated: choose a shorter document.", {
      tokens: params.contextSize,
    });
  }
  return context;
}

/** How tokens are drawn; without a seed every sampler draws others. */
export type Sampling = { temperature: number; topP?: number; topK?: number; minP?: number; repeatPenalty?: number; seed?: number };

/** A sampler for `model`; temperature 0 takes the most likely token. */
export function createSampler(model: LlamaModel, sampling: Sampling): Sampler {
  const sampler = new (bindings(model.llama).AddonSampler)(addonModel(model));
  const { temperature, topP, topK, minP, repeatPenalty = 1, seed } = sampling;
  sampler.applyConfig({
    temperature,
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(minP !== undefined && { minP }),
    // It begins with an empty history and hears of every token that is sampled.
    ...(repeatPenalty !== 1 && { repeatPenalty, repeatPenaltyTokens: new Uint32Array() }),
    ...(seed !== undefined && { seed }),
  });
  return sampler;
}

/** Decodes tokens at the given first position and returns the output row of the last one. */
export async function decode(context: NativeContext, tokens: readonly number[], firstPosition: number): Promise<number> {
  context.initBatch(tokens.length);
  const outputs = context.addToBatch(0, firstPosition, Uint32Array.from(tokens), Uint32Array.of(tokens.length - 1));
  await context.decodeBatch();
  return outputs[0]!;
}

function bindings(llama: Llama): Bindings {
  return (llama as unknown as { _bindings: Bindings })._bindings;
}

function addonModel(model: LlamaModel): unknown {
  return (model as unknown as { _model: unknown })._model;
}
