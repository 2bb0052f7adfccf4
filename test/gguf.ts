/** Writes GGUF models with random weights, so that tests and benches can try architectures and sizes that no small download has. */
import { closeSync, openSync, writeSync } from "node:fs";

export type GgufValue = number | string | boolean | { f32: number } | readonly string[] | Int32Array;

/** `dims` as GGUF has them: the input dimension first. `data` is f32, the last dimension slowest. */
export type GgufTensor = { name: string; dims: number[]; data: Float32Array };
/** Random 4-bit weights (Q4_0): for sizes at which only the work matters. */
export type GgufFiller = { name: string; dims: number[]; data: "q4_0" };

const alignment = 32;
const types = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 };

/** Writes a GGUF file (version 3). Whole numbers become u32. */
export function writeGguf(file: string, metadata: Record<string, GgufValue>, tensors: readonly (GgufTensor | GgufFiller)[]): void {
  const header = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(Object.keys(metadata).length)];
  for (const [key, value] of Object.entries(metadata)) header.push(string(key), Buffer.concat(typed(value)));

  let offset = 0;
  for (const { name, dims, data } of tensors) {
    header.push(string(name), u32(dims.length), ...dims.map(u64), u32(data === "q4_0" ? q4Type : 0), u64(offset));
    offset += padded(data === "q4_0" ? q4Bytes(dims) : data.byteLength);
  }

  const handle = openSync(file, "w");
  try {
    const write = (bytes: Buffer) => writeSync(handle, bytes);
    const pad = (length: number) => write(Buffer.alloc(padded(length) - length));
    const start = Buffer.concat(header);
    write(start);
    pad(start.length);
    for (const { dims, data } of tensors) {
      if (data === "q4_0") {
        const length = q4Bytes(dims);
        const filler = q4Filler();
        for (let left = length; left > 0; left -= filler.length) write(filler.subarray(0, Math.min(left, filler.length)));
        pad(length);
      } else {
        write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
        pad(data.byteLength);
      }
    }
  } finally {
    closeSync(handle);
  }
}

/** A byte-level BPE vocabulary: the 256 bytes, a few merged pairs, and an end token. */
export function tinyVocabulary(): Record<string, GgufValue> {
  const merges = ["t h", "Ġ t", "th e", "Ġt he", "i n", "e r", "a n", "o n"];
  const tokens = [...byteCharacters(), ...merges.map((pair) => pair.replace(" ", "")), "<|end|>"];
  const kinds = Int32Array.from(tokens, (token) => (token === "<|end|>" ? 3 : 1));
  return {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": kinds,
    "tokenizer.ggml.merges": merges,
    "tokenizer.ggml.bos_token_id": tokens.length - 1,
    "tokenizer.ggml.eos_token_id": tokens.length - 1,
    "tokenizer.ggml.add_bos_token": false,
  };
}

/** GPT-2's printable character for each byte. */
function byteCharacters(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/** Normally distributed numbers (nearly) with standard deviation `scale`, the same for the same seed. */
export function randomWeights(length: number, scale: number, seed: number): Float32Array {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length }, () => scale * 2 * (uniform() + uniform() + uniform() - 1.5));
}

/** Q4_0: blocks of 32 weights, an f16 scale and 16 bytes of two weights each. */
const q4Type = 2;
const q4BlockBytes = 18;

function q4Bytes(dims: readonly number[]): number {
  return (dims.reduce((product, size) => product * size, 1) / 32) * q4BlockBytes;
}

/** About a megabyte of whole blocks, the same in every run; the scale is 1/512. */
function q4Filler(): Buffer {
  const weights = randomWeights(2 ** 16, 1, 1);
  const filler = Buffer.alloc(2 ** 16 * q4BlockBytes, Buffer.from(Float32Array.from(weights).buffer));
  for (let at = 0; at < filler.length; at += q4BlockBytes) filler.writeUInt16LE(0x1800, at);
  return filler;
}

function typed(value: GgufValue): Buffer[] {
  if (typeof value === "number") return [u32(types.u32), u32(value)];
  if (typeof value === "string") return [u32(types.string), string(value)];
  if (typeof value === "boolean") return [u32(types.bool), Buffer.of(value ? 1 : 0)];
  if (value instanceof Int32Array) {
    return [u32(types.array), u32(types.i32), u64(value.length), Buffer.from(value.buffer, value.byteOffset, value.byteLength)];
  }
  if ("f32" in value) return [u32(types.f32), Buffer.from(Float32Array.of(value.f32).buffer)];
  return [u32(types.array), u32(types.string), u64(value.length), ...value.map(string)];
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
