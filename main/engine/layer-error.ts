/**
 * How much a layer's output changes when its cache is cut (paper, "layer-adaptive cache allocation"): ||W_o a_evicted - W_o a_full|| /
 * (||W_o a_full|| + 1e-5) for one decoded token, where a is the attention output with all rows and with the kept rows only. It is worked
 * out from the probed attention, the cached values and the output weights, so the full output is what every later layer sees.
 */
import { open } from "node:fs/promises";
import { readGgufFileInfo } from "node-llama-cpp";
import type { ModelInfo } from "../../preload/api.ts";
import type { NativeContext } from "./addon.ts";
import type { Attention } from "./probe.ts";

/** W_o of one layer: `rows` outputs of `columns` = heads x value length inputs. */
export type OutputWeights = { rows: number; columns: number; values: Float32Array };

/** Values of a layer's rows, [position][kvHead x value length]. */
type Values = Float32Array;

/** Adds this step's error of every layer to `sums`, [layer]. */
export class LayerErrors {
  readonly #info: ModelInfo;
  readonly #context: NativeContext;
  readonly #weights: readonly OutputWeights[];
  readonly #kept: readonly (readonly number[])[];
  readonly #promptTokens: number;
  readonly #values: Values[];

  /** @param kept prompt positions that each layer keeps, [layer][position]; the context holds the prompt in f16 */
  constructor(
    info: ModelInfo,
    context: NativeContext,
    weights: readonly OutputWeights[],
    kept: readonly (readonly number[])[],
    promptTokens: number,
  ) {
    this.#info = info;
    this.#context = context;
    this.#weights = weights;
    this.#kept = kept;
    this.#promptTokens = promptTokens;
    this.#values = weights.map((_, layer) => this.#readValues(layer, 0, promptTokens));
  }

  /** @param attention the last decoded row's */
  add(attention: Attention, sums: number[]): void {
    const { heads, kvHeads } = this.#info;
    for (let layer = 0; layer < this.#weights.length; layer++) {
      const weights = this.#weights[layer]!;
      const mass = attention[layer]!;
      const positions = mass.length / heads;
      const width = weights.columns / heads;
      const answer = this.#readValues(layer, this.#promptTokens, positions);
      const full = new Float64Array(weights.columns);
      const evicted = new Float64Array(weights.columns);
      for (let head = 0; head < heads; head++) {
        const row = mass.subarray(head * positions, (head + 1) * positions);
        const column = Math.floor((head * kvHeads) / heads) * width;
        const add = (target: Float64Array, position: number, share: number) => {
          const [values, at] = position < this.#promptTokens ? [this.#values[layer]!, position] : [answer, position - this.#promptTokens];
          const first = at * kvHeads * width + column;
          for (let i = 0; i < width; i++) target[head * width + i]! += share * values[first + i]!;
        };
        for (let position = 0; position < positions; position++) add(full, position, row[position]!);
        let left = 0;
        for (const position of this.#kept[layer]!) left += row[position]!;
        for (let position = this.#promptTokens; position < positions; position++) left += row[position]!;
        for (const position of this.#kept[layer]!) add(evicted, position, row[position]! / left);
        for (let position = this.#promptTokens; position < positions; position++) add(evicted, position, row[position]! / left);
      }
      sums[layer]! +=
        norm(
          weights,
          evicted.map((value, i) => value - full[i]!),
        ) /
        (norm(weights, full) + 1e-5);
    }
  }

  #readValues(layer: number, from: number, to: number): Values {
    const { columns } = this.#weights[layer]!;
    const count = (to - from) * (columns / this.#info.heads) * this.#info.kvHeads;
    const bytes = this.#context.getKvRows(layer, from, to);
    // All keys come first, then all values.
    return Float32Array.from(new Float16Array(bytes.slice(bytes.length - 2 * count).buffer));
  }
}

/** ||W_o x|| */
function norm({ rows, columns, values }: OutputWeights, x: Float64Array): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    let dot = 0;
    for (let c = 0; c < columns; c++) dot += values[r * columns + c]! * x[c]!;
    sum += dot * dot;
  }
  return Math.sqrt(sum);
}

/** The attention output weights of every layer, or null when they are missing or of a kind that is not read here. */
export async function readOutputWeights({ file, layers }: ModelInfo): Promise<OutputWeights[] | null> {
  const { fullTensorInfo } = await readGgufFileInfo(file);
  const handle = await open(file);
  try {
    const weights: OutputWeights[] = [];
    for (let layer = 0; layer < layers; layer++) {
      const tensor = fullTensorInfo?.find(({ name }) => name === `blk.${layer}.attn_output.weight`);
      const kind = tensor && tensorKinds.get(tensor.ggmlType);
      if (!tensor || !kind || tensor.filePart !== 1) return null;
      const [columns, rows] = tensor.dimensions.map(Number) as [number, number];
      const blocks = (rows * columns) / kind.values;
      const bytes = Buffer.alloc(blocks * kind.bytes);
      await handle.read(bytes, 0, bytes.length, Number(tensor.fileOffset));
      const values = new Float32Array(rows * columns);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let block = 0; block < blocks; block++) values.set(kind.decode(view, block * kind.bytes), block * kind.values);
      weights.push({ rows, columns, values });
    }
    return weights;
  } finally {
    await handle.close();
  }
}

/** A kind of ggml tensor: values and bytes of a block, and a block's numbers. */
type TensorKind = { values: number; bytes: number; decode(view: DataView, at: number): ArrayLike<number> };

/** ggml's plain tensor kinds by number. */
const tensorKinds = new Map<number, TensorKind>([
  [0, { values: 1, bytes: 4, decode: (view, at) => [view.getFloat32(at, true)] }],
  [1, { values: 1, bytes: 2, decode: (view, at) => [view.getFloat16(at, true)] }],
  // bf16: the upper half of an f32.
  [30, { values: 1, bytes: 2, decode: (view, at) => new Float32Array(Uint32Array.of(view.getUint16(at, true) << 16).buffer) }],
  // q4_0, q4_1, q8_0: a scale, for q4_1 the least value, then the quantised numbers.
  [2, { values: 32, bytes: 18, decode: (view, at) => nibbles(view, at + 2, view.getFloat16(at, true), -8 * view.getFloat16(at, true)) }],
  [3, { values: 32, bytes: 20, decode: (view, at) => nibbles(view, at + 4, view.getFloat16(at, true), view.getFloat16(at + 2, true)) }],
  [
    8,
    {
      values: 32,
      bytes: 34,
      decode: (view, at) => Float32Array.from({ length: 32 }, (_, i) => view.getInt8(at + 2 + i) * view.getFloat16(at, true)),
    },
  ],
]);

/** 16 bytes of two 4-bit numbers each: the low halves are the first 16 values, the high halves the rest. */
function nibbles(view: DataView, at: number, scale: number, least: number): Float32Array {
  return Float32Array.from({ length: 32 }, (_, i) => {
    const byte = view.getUint8(at + (i % 16));
    return (i < 16 ? byte & 15 : byte >> 4) * scale + least;
  });
}
