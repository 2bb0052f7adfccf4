/**
 * Attention of a tiny llama model, computed from its weights and nothing else: the measure for the native attention probe.
 * Its attention output has to be multiplied by zero (`withoutAttentionOutput`), because flash attention rounds what it passes on.
 */
import type { GgufTensor } from "../gguf.ts";
import { tiny } from "./native-tiny.ts";

export function withoutAttentionOutput({ name, data }: GgufTensor): void {
  if (name.endsWith("attn_output.weight")) data.fill(0);
}

/** How other architectures differ, in their first layer: scores are capped; halves of a head turn in place of neighbours. */
export type OracleOptions = { cap?: number; halves?: boolean };

/** Softmax attention of every row of the prompt, in double precision: `[layer][head][row][position]`. */
export function attentionOf(
  weights: ReadonlyMap<string, GgufTensor>,
  tokens: readonly number[],
  { cap, halves = false }: OracleOptions = {},
): Float64Array[][][] {
  const capped = (score: number) => (cap === undefined ? score : cap * Math.tanh(score / cap));
  const weight = (name: string) => weights.get(name)!;
  const embedding = weight("token_embd.weight");
  let hidden: Float64Array[] = tokens.map((token) =>
    Float64Array.from(embedding.data.subarray(token * tiny.width, (token + 1) * tiny.width)),
  );

  return Array.from({ length: tiny.layers }, (_, layer) => {
    const of = (name: string) => weight(`blk.${layer}.${name}.weight`);
    const input = hidden.map(normalized);
    const queries = input.map((row, position) => rotated(times(of("attn_q"), row), position, halves));
    const keys = input.map((row, position) => rotated(times(of("attn_k"), row), position, halves));

    const heads = Array.from({ length: tiny.heads }, (_, head) => {
      const kvHead = Math.floor((head * tiny.kvHeads) / tiny.heads);
      return queries.map((query, row) =>
        softmax(keys.slice(0, row + 1).map((key) => capped(dot(slice(query, head), slice(key, kvHead)) / 8))),
      );
    });

    hidden = hidden.map((row) => {
      const normal = normalized(row);
      const up = times(of("ffn_up"), normal);
      const gated = times(of("ffn_gate"), normal).map((gate, index) => (gate / (1 + Math.exp(-gate))) * up[index]!);
      return plus(row, times(of("ffn_down"), gated));
    });
    return heads;
  });
}

function times({ dims, data }: GgufTensor, vector: Float64Array): Float64Array {
  const inputs = dims[0]!;
  return Float64Array.from({ length: dims[1]! }, (_, output) => dot(data.subarray(output * inputs, (output + 1) * inputs), vector));
}

function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < b.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function plus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]!);
}

function normalized(row: Float64Array): Float64Array {
  const scale = 1 / Math.sqrt(dot(row, row) / row.length + 1e-5);
  return row.map((value) => value * scale);
}

/** Rotary positions: pairs of numbers turn by the position, slower from pair to pair; a pair is two neighbours or one number of each half. */
function rotated(row: Float64Array, position: number, halves: boolean): Float64Array {
  const out = row.slice();
  for (let pair = 0; pair < row.length / 2; pair++) {
    const inHead = pair % (tiny.headSize / 2);
    const head = 2 * (pair - inHead);
    const [one, two] = halves ? [head + inHead, head + inHead + tiny.headSize / 2] : [2 * pair, 2 * pair + 1];
    const angle = position * 10_000 ** ((-2 * inHead) / tiny.headSize);
    out[one] = row[one]! * Math.cos(angle) - row[two]! * Math.sin(angle);
    out[two] = row[one]! * Math.sin(angle) + row[two]! * Math.cos(angle);
  }
  return out;
}

function slice(row: Float64Array, head: number): Float64Array {
  return row.subarray(head * tiny.headSize, (head + 1) * tiny.headSize);
}

function softmax(scores: number[]): Float64Array {
  const highest = Math.max(...scores);
  const weights = Float64Array.from(scores, (score) => Math.exp(score - highest));
  const sum = weights.reduce((total, value) => total + value, 0);
  return weights.map((value) => value / sum);
}
