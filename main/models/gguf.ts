/**
 * The header of a GGUF file, read with bounds before any engine sees the file: magic, version, counts, lengths, and whether every tensor lies
 * inside the file. What passes is no promise that the weights make sense; a file that is cut off, or no model at all, does not pass.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import type { FileHandle } from "node:fs/promises";
import type { ModelShape } from "../../preload/api.ts";
import type { Text, ValuesOf } from "../../preload/sentences.ts";
import { EngineError } from "../engine/errors.ts";
import { openAtOnce } from "../system/read.ts";

/** What Folio wants to know of a GGUF file. */
export type GgufHeader = { name: string | null; shape: ModelShape };

/** Vocabularies of a quarter million tokens take about 10 MB. */
const largestHeader = 64 * 2 ** 20;
const firstRead = 2 ** 20;
const most = { metadata: 10_000, tensors: 100_000, dimensions: 4, keyBytes: 65_535, arrayItems: 10_000_000 };

/** Bytes of a metadata value of each type that has a fixed size: u8, i8, u16, i16, u32, i32, f32, bool, u64, i64, f64. */
const valueBytes: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;

/** [numbers in a block, bytes of a block] of the tensor types; of types that came later only the offset is checked. */
const tensorTypes: Record<number, [number, number]> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  30: [1, 2],
};

/** @throws EngineError `bad-model` with a sentence that says what is wrong with the file */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  const handle = await openAtOnce(file).catch(() => {
    throw bad("It cannot be opened: check that it is there and that you may read it.");
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw bad("It is no file.");
    for (let length = firstRead; ; length *= 4) {
      const bytes = await readStart(handle, Math.min(length, found.size, largestHeader));
      const header = parseHeader(bytes, found.size);
      if (header !== "more") return header;
      if (bytes.length === found.size) throw bad("It is cut off: fetch it again.");
      if (bytes.length === largestHeader) throw bad("Its header is larger than that of any model.");
    }
  } finally {
    await handle.close();
  }
}

async function readStart(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Thrown inside the parser when the bytes end before the header does. */
class NeedsMore extends Error {}

function parseHeader(bytes: Buffer, fileBytes: number): GgufHeader | "more" {
  try {
    const reader = new Reader(bytes);
    if (reader.take(4).toString("latin1") !== "GGUF") throw bad("It is no GGUF file: choose a file whose name ends in .gguf.");
    const version = reader.u32();
    if (version !== 2 && version !== 3) throw bad("It has the GGUF version {version}, which Folio does not know.", { version });
    const tensors = reader.size(most.tensors);
    const entries = reader.size(most.metadata);
    const values = readMetadata(reader, entries);
    checkTensors(reader, tensors, numberOf(values.get("general.alignment")) ?? 32, fileBytes);
    return { name: textOf(values.get("general.name")), shape: shapeOf(values) };
  } catch (error) {
    if (error instanceof NeedsMore) return "more";
    throw error;
  }
}

/** A value that may matter here: numbers, texts, and of arrays their numbers (up to a thousand) and length. */
type Value = number | string | { length: number; numbers: number[] };

function readMetadata(reader: Reader, entries: number): Map<string, Value> {
  const values = new Map<string, Value>();
  for (let i = 0; i < entries; i++) {
    const key = reader.text(most.keyBytes);
    const type = reader.u32();
    if (type !== arrayType) {
      values.set(key, reader.value(type));
      continue;
    }
    const itemType = reader.u32();
    const length = reader.size(most.arrayItems);
    const numbers: number[] = [];
    if (itemType === stringType) for (let item = 0; item < length; item++) reader.skip(reader.size(largestHeader));
    else if (length <= 1000) for (let item = 0; item < length; item++) numbers.push(Number(reader.value(itemType)));
    else reader.skip(length * sizeOfType(itemType));
    values.set(key, { length, numbers });
  }
  return values;
}

/** Every tensor must end inside the file. */
function checkTensors(reader: Reader, tensors: number, alignment: number, fileBytes: number): void {
  if (tensors === 0) throw bad("It holds no weights: choose the file with the model itself.");
  if (alignment < 1 || alignment > 2 ** 20) throw bad("Its header makes no sense.");
  let end = 0;
  for (let i = 0; i < tensors; i++) {
    reader.skip(reader.size(most.keyBytes));
    const dimensions = reader.u32();
    if (dimensions > most.dimensions) throw bad("Its header makes no sense.");
    let numbers = 1;
    for (let d = 0; d < dimensions; d++) numbers *= reader.size(2 ** 40);
    const [block, blockBytes] = tensorTypes[reader.u32()] ?? [1, 0];
    end = Math.max(end, reader.size(2 ** 50) + Math.ceil(numbers / block) * blockBytes);
  }
  const start = Math.ceil(reader.position / alignment) * alignment;
  if (start + end > fileBytes) throw bad("It is cut off: fetch it again.");
}

function shapeOf(values: Map<string, Value>): ModelShape {
  const architecture = textOf(values.get("general.architecture"));
  if (architecture === null) throw bad("It does not say what kind of model it is.");
  const number = (key: string) => numberOf(values.get(`${architecture}.${key}`));
  const layers = number("block_count") ?? 0;
  const embedding = number("embedding_length") ?? 0;
  const heads = number("attention.head_count") ?? 0;
  if (layers === 0 || embedding === 0)
    throw bad("A model of the kind “{kind}” cannot answer questions: choose a language model.", { kind: architecture });
  const tokens = values.get("tokenizer.ggml.tokens");
  const headLength = heads > 0 ? embedding / heads : 0;
  return {
    architecture,
    layers,
    heads,
    kvHeads: number("attention.head_count_kv") ?? heads,
    keyLength: number("attention.key_length") ?? headLength,
    valueLength: number("attention.value_length") ?? headLength,
    embedding,
    vocabulary: number("vocab_size") ?? (typeof tokens === "object" ? tokens.length : 0),
    contextLength: number("context_length") ?? 0,
  };
}

/** A number, or the largest one of a list with one for each layer. */
function numberOf(value: Value | undefined): number | null {
  if (typeof value === "number") return value;
  return typeof value === "object" && value.numbers.length > 0 ? Math.max(...value.numbers) : null;
}

function textOf(value: Value | undefined): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 200) : null;
}

function sizeOfType(type: number): number {
  const size = valueBytes[type];
  if (size === undefined) throw bad("Its header makes no sense.");
  return size;
}

class Reader {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.#bytes.length) throw new NeedsMore();
  }

  take(length: number): Buffer {
    this.skip(length);
    return this.#bytes.subarray(this.position - length, this.position);
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  /** A 64-bit count or length, at most `largest`. */
  size(largest: number): number {
    this.skip(8);
    // A large vocabulary asks for a million of them while the window waits, so no big integers are made.
    const value = this.#bytes.readUInt32LE(this.position - 8) + 2 ** 32 * this.#bytes.readUInt32LE(this.position - 4);
    if (value > largest) throw bad("Its header names more than any model has.");
    return value;
  }

  text(largestBytes: number): string {
    return this.take(this.size(largestBytes)).toString("utf8");
  }

  value(type: number): number | string {
    if (type === stringType) return this.text(largestHeader);
    const bytes = this.take(sizeOfType(type));
    switch (type) {
      case 6:
        return bytes.readFloatLE();
      case 12:
        return bytes.readDoubleLE();
      case 10:
      case 11:
        return Number(bytes.readBigInt64LE());
      case 1:
      case 3:
      case 5:
        return bytes.readIntLE(0, bytes.length);
      default:
        return bytes.readUIntLE(0, bytes.length);
    }
  }
}

const bad = <T extends Text>(why: T, ...values: ValuesOf<T>): EngineError => new EngineError("bad-model", why, ...values);
