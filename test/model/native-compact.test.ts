/** Letting go of rows while reading: the rows that stay are the same bits, reading goes on behind them, and nothing else is possible. */
import path from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answeringContext,
  type CacheType,
  decode,
  distance,
  distances,
  loadModel,
  openContext,
  range,
  rowArrays,
  steps,
  type TestContext,
  temporaryFolder,
  variedTokens,
} from "./native-context.ts";
import { withoutAttentionOutput } from "./native-oracle.ts";
import { tiny, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

const prompt = variedTokens(200);
const more = range(0, 60).map((index) => (index * 53 + 11) % 256);
const answer = [17, 84, 99, 3, 250];
const nothing = new Array<number>(tiny.layers).fill(0);

let model: LlamaModel;
beforeAll(async () => {
  const file = path.join(folder, "model.gguf");
  writeTinyModel(file, "llama");
  model = await loadModel(file);
});

/** A reading cache of 300 rows that holds the prompt. */
async function read(type: CacheType = "F16"): Promise<TestContext> {
  const context = await openContext(model, { type, kept: nothing, tail: 300, batchSize: 256 });
  await decode(context, prompt, 0);
  return context;
}

describe.each<CacheType>(["F16", "Q8_0"])("rows of %s", (type) => {
  it.each([
    ["for all heads", [range(0, 200).filter((row) => row % 4 !== 1), range(50, 200), range(0, 150)]],
    ["for each head", range(0, tiny.layers).map((layer) => [...range(layer, 150 + layer), ...range(40, 190)])],
  ])("chosen %s stay as they are: an answering cache of the same rows gives the same bits", async (_, rows) => {
    const reading = await read(type);
    const answering = await openContext(model, { type, kept: nothing.map(() => 150) });
    await answering.gatherKv(reading, rowArrays(rows));
    const bytes = reading.getKvReport().bytes;
    await reading.compactKv(150, rowArrays(rows));
    expect(reading.getKvReport().bytes).toBe(bytes);
    expect(reading.getKvReport().layers.map(({ usedRows }) => usedRows)).toEqual([150, 150, 150]);
    expect(distances(await steps(reading, answer, 200), await steps(answering, answer, 200))).toBe(0);
  });
});

it("reads on behind the rows that are left, is compacted again, and forgets only what came after", async () => {
  const reading = await read();
  await reading.compactKv(200, rowArrays(nothing.map(() => range(0, 200))));
  await decode(reading, more, 200);
  const whole = await openContext(model, { kept: nothing, tail: 300, batchSize: 256 });
  await decode(whole, prompt, 0);
  await decode(whole, more, 200);
  const expected = await steps(whole, answer, 260);
  expect(distances(await steps(reading, answer, 260), expected)).toBe(0);

  expect(reading.removeTokenCellsFromSequence(0, 199, -1)).toBe(false);
  expect(reading.removeTokenCellsFromSequence(0, 260, -1)).toBe(true);
  expect(distances(await steps(reading, answer, 260), expected)).toBe(0);
  expect(reading.removeTokenCellsFromSequence(0, 260, -1)).toBe(true);

  await reading.compactKv(40, rowArrays(nothing.map(() => range(200, 240))));
  expect(reading.removeTokenCellsFromSequence(0, 230, -1)).toBe(false);
  await decode(reading, range(0, 250), 260);
  expect(reading.getKvReport().layers[0]!.usedRows).toBe(290);
  await expect(decode(reading, range(0, 20), 510)).rejects.toThrow("could not find a KV slot");

  reading.disposeSequence(0);
  await decode(reading, prompt, 0);
  expect(reading.removeTokenCellsFromSequence(0, 100, -1)).toBe(true);
});

it("is probed by row: more attention falls on what is left, in the same proportions", async () => {
  // with a layer's output multiplied by zero, every layer sees the same input in both contexts
  const file = path.join(folder, "probe.gguf");
  writeTinyModel(file, "llama", { change: withoutAttentionOutput });
  const flat = await loadModel(file);
  const kept = [...range(0, 90), ...range(120, 200)];
  const probed = async (rows: number[] | null) => {
    const context = await openContext(flat, { type: "F32", kept: nothing, tail: 300, batchSize: 256 });
    await decode(context, prompt, 0);
    if (rows !== null) await context.compactKv(rows.length, rowArrays(nothing.map(() => rows)));
    context.setAttentionProbe(9, 1);
    await decode(context, more.slice(0, 10), 200);
    return await context.probeAttention();
  };
  const whole = await probed(null);
  expect(whole).toHaveLength(tiny.layers);
  const masses = await probed(kept);
  expect(masses).toHaveLength(tiny.layers);
  for (const [layer, rows] of masses.entries()) {
    const width = kept.length + 10;
    expect(rows.length).toBe(tiny.heads * width);
    for (const head of range(0, tiny.heads)) {
      const before = Float32Array.from([...kept, ...range(200, 210)], (position) => whole[layer]![head * 210 + position]!);
      const left = before.reduce((sum, share) => sum + share, 0);
      const expected = before.map((share) => share / left);
      expect(distance(rows.slice(head * width, (head + 1) * width), expected)).toBeLessThan(1e-5);
    }
  }
  await flat.dispose();
});

it("tells how alike the keys are", async () => {
  const reading = await read("F32");
  for (const layer of range(0, tiny.layers)) {
    const rows = new Float32Array(reading.getKvRows(layer, 0, 200).buffer);
    const got = reading.getKeySimilarity(layer);
    expect(got.length).toBe(tiny.kvHeads * 200);
    for (const head of range(0, tiny.kvHeads)) {
      const keys = range(0, 200).map((row) =>
        rows.subarray((row * tiny.kvHeads + head) * tiny.headSize, (row * tiny.kvHeads + head + 1) * tiny.headSize),
      );
      const norm = (key: ArrayLike<number>) => Math.sqrt(Array.from(key).reduce((sum, x) => sum + x * x, 0));
      const mean = range(0, tiny.headSize).map((i) => keys.reduce((sum, key) => sum + key[i]! / norm(key), 0));
      const expected = Float32Array.from(keys, (key) => mean.reduce((sum, x, i) => sum + x * key[i]!, 0) / (norm(mean) * norm(key)));
      expect(distance(got.slice(head * 200, (head + 1) * 200), expected)).toBeLessThan(1e-5);
    }
  }
  // A rotation turns all keys alike: a quantised cache tells nearly the same.
  const rounded = (await read("Q8_0")).getKeySimilarity(0);
  expect(distance(rounded, reading.getKeySimilarity(0))).toBeLessThan(0.02);
});

it("layers with a sliding window go on as they are", async () => {
  const file = path.join(folder, "windows.gguf");
  const windows = [true, false, true];
  writeTinyModel(file, "gemma3", { windows });
  const windowed = await loadModel(file);
  const reading = await openContext(windowed, { kept: nothing, tail: 512, batchSize: 8 });
  for (let start = 0; start < 200; start += 8) await decode(reading, prompt.slice(start, start + 8), start);
  const rows = windows.map((window) => (window ? [] : range(30, 130)));
  const answering = await answeringContext(windowed, reading, rows, { tail: 300 });
  await reading.compactKv(100, rowArrays(rows));
  const said = range(0, 250).map((index) => (index * 29) % 256);
  expect(distances(await steps(reading, said, 200), await steps(answering, said, 200))).toBe(0);
  expect(() => reading.getKeySimilarity(0)).toThrow("without a sliding window");
  expect(reading.getKeySimilarity(1).length).toBe(tiny.kvHeads * 350);
  await expect(reading.compactKv(10, rowArrays([range(0, 10), range(0, 10), []]))).rejects.toThrow("layer 0 has a sliding window");
  await windowed.dispose();
});

it("refuses everything else, and leaves the cache as it was", async () => {
  const reading = await read();
  const every = (list: number[]) => rowArrays(nothing.map(() => list));
  expect(() => reading.compactKv(2, [[0, 1]] as never)).toThrow("compactKv needs the rows of each layer as Uint32Array[]");
  expect(() => reading.compactKv(-1, every([0]))).toThrow("count has to be a whole number");
  await expect(reading.compactKv(0, every([]))).rejects.toThrow("at least one row has to stay");
  await expect(reading.compactKv(2, every([0, 1]).slice(1))).rejects.toThrow("rows for 3 layers are needed, got 2");
  await expect(reading.compactKv(3, every([0, 1]))).rejects.toThrow("layer 0 keeps 3 rows of 2 heads, got 2");
  await expect(reading.compactKv(2, every([1, 200]))).rejects.toThrow("row 200 of layer 0 is not in use");
  await expect(reading.compactKv(2, every([5, 5]))).rejects.toThrow("the rows of layer 0 are not ascending");
  const fresh = await read();
  expect(distances(await steps(reading, answer, 200), await steps(fresh, answer, 200))).toBe(0);

  const stock = await openContext(model);
  await decode(stock, prompt, 0);
  expect(() => stock.compactKv(2, every([0, 1]))).toThrow("Only a context with a kvLayout");
  expect(() => stock.getKeySimilarity(0)).toThrow("in a context with a kvLayout");
  const answering = await answeringContext(
    model,
    stock,
    nothing.map(() => range(0, 20)),
  );
  await expect(answering.compactKv(2, every([0, 1]))).rejects.toThrow("only a reading cache is compacted");
  expect(() => answering.getKeySimilarity(0)).toThrow("keys are compared in a reading cache");
  expect(() => reading.getKeySimilarity(3)).toThrow("The model has no layer 3");

  // Its rows cannot be told apart by position any more.
  await reading.compactKv(20, every(range(0, 20)));
  expect(() => reading.getKvRows(0, 0, 10)).toThrow("does not hold one whole sequence");
  await expect(answering.gatherKv(reading, every(range(0, 20)))).rejects.toThrow("does not hold one whole sequence");
  const empty = await openContext(model, { kept: nothing });
  expect(() => empty.getKeySimilarity(0)).toThrow("without holes");
});
