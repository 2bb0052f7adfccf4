/**
 * What compression is worth on larger models: decoding speed from the full cache, from CompressKV's 256 tokens a layer and from an almost empty
 * one, on random weights in the shapes of models with 1 and 8 billion parameters. Weights and cache hold noise; only the work is real.
 * One thread.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { createContext, decode, loadLlama, type NativeContext } from "../main/engine/addon.ts";
import { type GgufFiller, type GgufTensor, type GgufValue, tinyVocabulary, writeGguf } from "../test/gguf.ts";
import { median, stopwatch, writeResult } from "./result.ts";

const threads = 1;
const keptTokens = 256;
const contextTokens = 32_768;
const rounds = 5;
const stepsPerRound = 3;

/** A Llama's shape; `parameters` is only a name. */
type Shape = { parameters: string; layers: number; width: number; heads: number; kvHeads: number; ffn: number; vocabulary: number };

const known: readonly Shape[] = [
  { parameters: "1B", layers: 16, width: 2048, heads: 32, kvHeads: 8, ffn: 8192, vocabulary: 128_256 },
  { parameters: "8B", layers: 32, width: 4096, heads: 32, kvHeads: 8, ffn: 14_336, vocabulary: 128_256 },
];

type Point = {
  parameters: string;
  promptTokens: number;
  /** Bytes of both caches. */
  fullBytes: number;
  keptBytes: number;
  gatherMs: number;
  /** Tokens per second of processor time, medians. */
  decoding: { full: number; compressed: number; empty: number };
};

export type ShapesResult = { points: Point[] };

/** @returns the promises that were broken: none is made here */
export async function shapes(quick: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "folio-shapes-"));
  const llama = await loadLlama(threads);
  const points: Point[] = [];
  try {
    for (const shape of quick ? known.slice(0, 1) : known) {
      const file = join(folder, `${shape.parameters}.gguf`);
      writeShape(file, shape);
      const model = await llama.loadModel({ modelPath: file, gpuLayers: 0, ignoreMemorySafetyChecks: true });
      for (const promptTokens of quick ? [8000] : [1000, 4000, 8000, 16_000, 32_000]) {
        const point = await measure(model, shape, promptTokens);
        points.push(point);
        const { full, compressed, empty } = point.decoding;
        console.log(
          `${shape.parameters} at ${promptTokens} tokens: full ${full.toFixed(2)} tokens/s (${mebibytes(point.fullBytes)}), ` +
            `${keptTokens} a layer ${compressed.toFixed(2)} (${mebibytes(point.keptBytes)}, ${(compressed / full).toFixed(2)} times), ` +
            `almost empty ${empty.toFixed(2)}; gathered in ${point.gatherMs.toFixed(0)} ms`,
        );
      }
      await model.dispose();
      await rm(file);
    }
    writeResult("shapes", quick, { threads, keptTokens, points });
    return [];
  } finally {
    await llama.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(model: LlamaModel, shape: Shape, promptTokens: number): Promise<Point> {
  const common = { contextSize: contextTokens, threads, kvType: "f16" as const };
  const none = new Uint32Array(shape.layers);
  const full = await createContext(model, { ...common, batchSize: 8, layout: { kept: none, tail: promptTokens + 256 } });
  const empty = await createContext(model, { ...common, batchSize: 8, layout: { kept: none, tail: 256 } });
  fill(full, promptTokens);
  fill(empty, 16);
  const compressed = await createContext(model, {
    ...common,
    batchSize: 8,
    layout: { kept: new Uint32Array(shape.layers).fill(keptTokens), tail: 64 },
  });
  const rows = Uint32Array.from({ length: keptTokens }, (_, i) => Math.floor((i * promptTokens) / keptTokens));
  const watch = stopwatch();
  await compressed.gatherKv(
    full,
    Array.from({ length: shape.layers }, () => rows),
  );
  const { ms: gatherMs } = watch();
  try {
    const caches = {
      full: { context: full, at: promptTokens },
      compressed: { context: compressed, at: promptTokens },
      empty: { context: empty, at: 16 },
    };
    const speeds = { full: [] as number[], compressed: [] as number[], empty: [] as number[] };
    // In turns, so that a noisy machine is noisy for all.
    for (let round = 0; round <= rounds; round++) {
      for (const name of ["full", "compressed", "empty"] as const) {
        const speed = await decodeSteps(caches[name].context, caches[name].at);
        if (round > 0) speeds[name].push(speed);
      }
    }
    const fullBytes = full.getKvRowBytes().reduce((sum, bytes) => sum + bytes * promptTokens, 0);
    return {
      parameters: shape.parameters,
      promptTokens,
      fullBytes,
      keptBytes: compressed.getKvReport().bytes,
      gatherMs,
      decoding: { full: median(speeds.full), compressed: median(speeds.compressed), empty: median(speeds.empty) },
    };
  } finally {
    for (const context of [full, compressed, empty]) await context.dispose();
  }
}

/** Decodes a few tokens behind a position and takes them back; tokens per second of processor time. */
async function decodeSteps(context: NativeContext, at: number): Promise<number> {
  const watch = stopwatch();
  for (let step = 0; step < stepsPerRound; step++) await decode(context, [1], at + step);
  const { cpuMs } = watch();
  context.removeTokenCellsFromSequence(0, at, -1);
  return (1000 * stepsPerRound) / cpuMs;
}

/** Rows as if `tokens` tokens had been read: small numbers. */
function fill(context: NativeContext, tokens: number): void {
  for (const [layer, rowBytes] of context.getKvRowBytes().entries()) {
    // f16 between 2^-6 and 2^-5, every bit pattern of which is a number.
    const rows = new Uint16Array((rowBytes * tokens) / 2);
    for (let i = 0; i < rows.length; i++) rows[i] = 0x2400 + ((i * 2_654_435_761) >>> 22);
    context.setKvRows(layer, 0, tokens, new Uint8Array(rows.buffer));
  }
  context.setKvLength(tokens);
}

function writeShape(file: string, { layers, width, heads, kvHeads, ffn, vocabulary }: Shape): void {
  const head = width / heads;
  const norm = (name: string): GgufTensor => ({ name, dims: [width], data: new Float32Array(width).fill(1) });
  const weights = (name: string, ...dims: number[]): GgufFiller => ({ name, dims, data: "q4_0" });
  const layer = (n: number) => [
    norm(`blk.${n}.attn_norm.weight`),
    norm(`blk.${n}.ffn_norm.weight`),
    weights(`blk.${n}.attn_q.weight`, width, width),
    weights(`blk.${n}.attn_k.weight`, width, kvHeads * head),
    weights(`blk.${n}.attn_v.weight`, width, kvHeads * head),
    weights(`blk.${n}.attn_output.weight`, width, width),
    weights(`blk.${n}.ffn_gate.weight`, width, ffn),
    weights(`blk.${n}.ffn_up.weight`, width, ffn),
    weights(`blk.${n}.ffn_down.weight`, ffn, width),
  ];
  const values: Record<string, GgufValue> = {
    context_length: contextTokens,
    embedding_length: width,
    block_count: layers,
    feed_forward_length: ffn,
    "attention.head_count": heads,
    "attention.head_count_kv": kvHeads,
    "attention.layer_norm_rms_epsilon": { f32: 1e-5 },
    "rope.freq_base": { f32: 500_000 },
  };
  const own = Object.entries(values).map(([key, value]) => [`llama.${key}`, value] as const);
  writeGguf(file, { "general.architecture": "llama", ...Object.fromEntries(own), ...padded(vocabulary) }, [
    weights("token_embd.weight", width, vocabulary),
    norm("output_norm.weight"),
    ...Array.from({ length: layers }, (_, n) => layer(n)).flat(),
  ]);
}

/** A tiny vocabulary with names for the rest. */
function padded(size: number): Record<string, GgufValue> {
  const tiny = tinyVocabulary();
  const known = tiny["tokenizer.ggml.tokens"] as string[];
  const tokens = [...known, ...Array.from({ length: size - known.length }, (_, i) => `[${i}]`)];
  const kinds = Int32Array.from(tokens, (_, i) => (tiny["tokenizer.ggml.token_type"] as Int32Array)[i] ?? 1);
  return { ...tiny, "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": kinds };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
