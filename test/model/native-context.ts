/** Reading and answering contexts for the native tests, on one thread: more threads split sums and change the last bits. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import type { NativeContext } from "../../main/engine/addon.ts";

/** All that AddonContext can do and the app never asks for, so that its refusals can be tested. */
export type TestContext = NativeContext & {
  shiftSequenceTokenCells(sequence: number, from: number, to: number, delta: number): void;
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
  restoreCheckpoint(checkpoint: unknown, maxPosition: number, sequence: number): Promise<boolean>;
  getSequenceKvCacheMaxPosition(sequence: number): number;
  getStateSize(): number;
};

type Bindings = {
  AddonContext: new (model: unknown, params: Record<string, unknown>) => TestContext;
  AddonContextSequenceCheckpoint: new () => { init(context: unknown, sequence: number): Promise<void> };
  getGgmlType(name: string): number | undefined;
};

/** Names as ggml writes them, in upper case: it does not know "q8_0". */
export type CacheType = "F16" | "Q8_0" | "F32";

export type ContextOptions = {
  type?: CacheType;
  batchSize?: number;
  kept?: ArrayLike<number>;
  tail?: number;
  back?: number;
  [key: string]: unknown;
};

let llama: Promise<Llama> | undefined;

/** The patched llama.cpp. What it logs about refused contexts would only hide what the tests say. */
export function patchedLlama(): Promise<Llama> {
  llama ??= getLlama("lastBuild", { maxThreads: 1, logLevel: LlamaLogLevel.disabled, progressLogs: false });
  return llama;
}

/** The starter model. */
export const starterModel =
  process.env.FOLIO_MODEL ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "folio/models/SmolLM2-135M-Instruct.Q4_1.gguf");

/** Loads a model, without a look at how much memory is free. */
export async function loadModel(file: string, gpuLayers = 0): Promise<LlamaModel> {
  return (await patchedLlama()).loadModel({ modelPath: file, gpuLayers, ignoreMemorySafetyChecks: true });
}

export function bindings(model: LlamaModel): Bindings {
  return (model.llama as unknown as { _bindings: Bindings })._bindings;
}

/** A context that is not initialised yet: 2,048 positions, F16. With `kept` it is an answering context. */
export function newContext(model: LlamaModel, options: ContextOptions = {}): TestContext {
  const { type = "F16", kept, tail = 32, back = 0, ...rest } = options;
  const native = bindings(model);
  const cacheType = native.getGgmlType(type);
  if (cacheType === undefined) throw new Error(`There is no type ${type}.`);
  return new native.AddonContext((model as unknown as { _model: unknown })._model, {
    contextSize: 2048,
    batchSize: kept ? 8 : 512,
    sequences: 1,
    threads: 1,
    flashAttention: true,
    kvCacheKeyType: cacheType,
    kvCacheValueType: cacheType,
    ...(kept && { kvLayout: { kept: Uint32Array.from(kept), tail, back } }),
    ...rest,
  });
}

export async function openContext(model: LlamaModel, options: ContextOptions = {}): Promise<TestContext> {
  const context = newContext(model, options);
  if (!(await context.init())) throw new Error("The context was not created.");
  return context;
}

/** Decodes tokens in batches of up to 512 and returns the logits of the last one. */
export async function decode(context: TestContext, tokens: readonly number[], first: number): Promise<Float32Array> {
  let output = 0;
  for (let start = 0; start < tokens.length; start += 512) {
    const batch = Uint32Array.from(tokens.slice(start, start + 512));
    context.initBatch(batch.length);
    output = context.addToBatch(0, first + start, batch, Uint32Array.of(batch.length - 1))[0]!;
    await context.decodeBatch();
  }
  return context.getLogits(output);
}

/** Decodes tokens one by one and returns the logits after each. */
export async function steps(context: TestContext, tokens: readonly number[], first: number): Promise<Float32Array[]> {
  const logits: Float32Array[] = [];
  for (const [index, token] of tokens.entries()) logits.push(await decode(context, [token], first + index));
  return logits;
}

/** An answering context that keeps `rows[layer]` of `source`. */
export async function answeringContext(
  model: LlamaModel,
  source: TestContext,
  rows: number[][],
  options: ContextOptions = {},
): Promise<TestContext> {
  const context = await openContext(model, { kept: rows.map((row) => row.length), ...options });
  await context.gatherKv(source, rowArrays(rows));
  return context;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Largest difference between two rows of numbers. */
export function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}

/** Largest difference between the logits of two runs, step by step. */
export function distances(ours: readonly Float32Array[], theirs: readonly Float32Array[]): number {
  return Math.max(...ours.map((logits, step) => distance(logits, theirs[step]!)));
}

/** Rows as `gatherKv` and `compactKv` take them. */
export function rowArrays(rows: readonly (readonly number[])[]): Uint32Array[] {
  return rows.map((row) => Uint32Array.from(row));
}

/** Tokens of the tiny vocabulary's bytes that repeat in no short pattern. */
export function variedTokens(length: number): number[] {
  return range(0, length).map((index) => (index * 101 + (index >> 3) * 7) % 256);
}

/** A folder for the models of one test file; call the second to remove it. */
export function temporaryFolder(): [string, () => void] {
  const folder = mkdtempSync(path.join(os.tmpdir(), "folio-native-"));
  return [folder, () => rmSync(folder, { recursive: true, force: true })];
}
