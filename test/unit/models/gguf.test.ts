import { execFileSync } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCatalogue } from "../../../main/models/catalogue.ts";
import { readGgufHeader } from "../../../main/models/gguf.ts";
import { type GgufValue, randomWeights, tinyVocabulary, writeGguf } from "../../gguf.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-gguf-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const metadata: Record<string, GgufValue> = {
  "general.architecture": "llama",
  "general.name": "Tiny",
  "llama.block_count": 2,
  "llama.embedding_length": 32,
  "llama.context_length": 512,
  "llama.attention.head_count": 4,
  "llama.attention.head_count_kv": 2,
  ...tinyVocabulary(),
};
const tensors = [{ name: "token_embd.weight", dims: [32, 265], data: randomWeights(32 * 265, 0.1, 1) }];

function model(name: string, changes: Record<string, GgufValue> = {}): string {
  const file = join(folder, name);
  writeGguf(file, { ...metadata, ...changes }, tensors);
  return file;
}

test("a header gives the figures that memory is estimated from", async () => {
  expect(await readGgufHeader(model("whole.gguf"))).toEqual({
    name: "Tiny",
    shape: {
      architecture: "llama",
      layers: 2,
      heads: 4,
      kvHeads: 2,
      keyLength: 8,
      valueLength: 8,
      embedding: 32,
      vocabulary: 265,
      contextLength: 512,
    },
  });
});

test("heads that differ between layers count as their largest number", async () => {
  const { shape } = await readGgufHeader(model("layers.gguf", { "llama.attention.head_count_kv": Int32Array.of(1, 4) }));
  expect(shape.kvHeads).toBe(4);
});

test("a header of more than one megabyte is read in steps", async () => {
  const many = Array.from({ length: 120_000 }, (_, i) => `token number ${i}`);
  const { shape } = await readGgufHeader(model("large.gguf", { "tokenizer.ggml.tokens": many }));
  expect(shape.vocabulary).toBe(120_000);
});

test("whatever is cut off or no model says so in a sentence", async () => {
  const cut = model("cut.gguf");
  await truncate(cut, 12_000);
  await expect(readGgufHeader(cut)).rejects.toThrow(/cut off/);
  await truncate(cut, 100);
  await expect(readGgufHeader(cut)).rejects.toThrow(/cut off/);
  await truncate(cut, 0);
  await expect(readGgufHeader(cut)).rejects.toThrow(/cut off/);

  const page = join(folder, "page.gguf");
  await writeFile(page, "<!doctype html><title>Not found</title>");
  await expect(readGgufHeader(page)).rejects.toThrow(/no GGUF file/);
  await expect(readGgufHeader(folder)).rejects.toThrow(/no file|cannot be opened/);
  await expect(readGgufHeader(join(folder, "gone.gguf"))).rejects.toThrow(/cannot be opened/);
});

test.runIf(process.platform !== "win32")("a pipe among the models keeps nobody waiting", async () => {
  const pipe = join(folder, "pipe.gguf");
  execFileSync("mkfifo", [pipe]);
  await expect(readGgufHeader(pipe)).rejects.toThrow(/no file/);
});

const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => Buffer.from(BigUint64Array.of(value).buffer);

test.each<[string, Buffer[], RegExp]>([
  ["an unknown version", [u32(9), u64(1n), u64(1n)], /version 9/],
  ["too many tensors", [u32(3), u64(2n ** 63n), u64(0n)], /more than any/],
  ["too many entries", [u32(3), u64(1n), u64(2n ** 40n)], /more than any/],
  ["an endless name", [u32(3), u64(1n), u64(1n), u64(2n ** 50n)], /more than any/],
  ["an endless list", [u32(3), u64(1n), u64(1n), u64(1n), Buffer.from("k"), u32(9), u32(4), u64(2n ** 50n)], /more than any/],
  ["lists in lists", [u32(3), u64(1n), u64(1n), u64(1n), Buffer.from("k"), u32(9), u32(9), u64(2n)], /makes no sense/],
  ["an unknown type", [u32(3), u64(1n), u64(1n), u64(1n), Buffer.from("k"), u32(77)], /makes no sense/],
])("a header with %s is refused at once", async (name, parts, says) => {
  const file = join(folder, `${name}.gguf`);
  await writeFile(file, Buffer.concat([Buffer.from("GGUF"), ...parts, Buffer.alloc(64)]));
  await expect(readGgufHeader(file)).rejects.toThrow(says);
});

test("no mutation of a header makes the reader hang or fail in another way", async () => {
  const file = model("mutated.gguf");
  const { readFile } = await import("node:fs/promises");
  const whole = await readFile(file);
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.from(whole);
    for (let n = 0; n <= random(4); n++) bytes[random(Math.min(6000, bytes.length))] = random(256);
    await writeFile(file, bytes);
    await readGgufHeader(file).catch((error: Error) => expect(error.name).toBe("EngineError"));
  }
});

test("Folio's own list is in order, and names each file once", async () => {
  const offers = await readCatalogue();
  expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length);
  expect(new Set(offers.map(({ file }) => file)).size).toBe(offers.length);
  expect(new Set(offers.map(({ sha256 }) => sha256)).size).toBe(offers.length);
  expect(new Set(offers.map(({ size }) => size))).toEqual(new Set(["small", "balanced", "large"]));
});
