/** The attention probe gives the softmax attention that flash attention never writes down, and changes nothing else. */
import path from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decode, distance, loadModel, openContext, range, starterModel, type TestContext, temporaryFolder } from "./native-context.ts";
import { attentionOf, withoutAttentionOutput } from "./native-oracle.ts";
import { tiny, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

describe("against attention computed from the weights", () => {
  const prompt = range(0, 280).map((index) => (index * 101 + (index >> 3) * 7) % 256);
  const question = range(0, 24).map((index) => (index * 53 + 11) % 256);
  const positions = prompt.length + question.length;
  let model: LlamaModel;
  let oracle: ReturnType<typeof attentionOf>;

  beforeAll(async () => {
    const file = path.join(folder, "probe.gguf");
    const weights = writeTinyModel(file, "llama", { change: withoutAttentionOutput });
    model = await loadModel(file);
    oracle = attentionOf(weights, [...prompt, ...question]);
  });

  /** What the oracle says of rows of the question, as the probe gives it: [head][position]. */
  const expected = (layer: number, first: number, count: number) => {
    const sum = new Float32Array(tiny.heads * positions);
    for (const [head, rows] of oracle[layer]!.entries()) {
      for (const row of rows.slice(prompt.length + first, prompt.length + first + count)) {
        row.forEach((share, position) => {
          sum[head * positions + position]! += share;
        });
      }
    }
    return sum;
  };

  const probed = async (context: TestContext, first: number, count: number) => {
    await decode(context, prompt, 0);
    context.setAttentionProbe(first, count);
    await decode(context, question, prompt.length);
    return await context.probeAttention();
  };

  it.each([
    [0, 24],
    [16, 8],
    [5, 9],
    [23, 1],
  ])("is exact for %i + %i rows of the batch", async (first, count) => {
    const context = await openContext(model, { type: "F32" });
    const results = await probed(context, first, count);
    expect(results).toHaveLength(tiny.layers);
    for (const [layer, result] of results.entries()) {
      expect(result.length).toBe(tiny.heads * positions);
      expect(Math.max(...result)).toBeGreaterThan(0.1); // peaked, so that the comparison says something
      expect(distance(result, expected(layer, first, count)) / count).toBeLessThan(1e-5);
    }
  });

  it.each([
    ["F16", 0.001],
    ["Q8_0", 0.02], // keys and queries are rotated in a quantised cache
  ] as const)("is as close as a cache of type %s allows", async (type, share) => {
    const context = await openContext(model, { type });
    const results = await probed(context, 16, 8);
    expect(results).toHaveLength(tiny.layers);
    for (const [layer, result] of results.entries()) {
      const wanted = expected(layer, 16, 8);
      const off = result.reduce((sum, value, index) => sum + Math.abs(value - wanted[index]!), 0);
      expect(off / (8 * tiny.heads)).toBeLessThan(share);
    }
  });

  it("is indexed by position, wherever the cells are", async () => {
    const context = await openContext(model, { type: "F32" });
    await decode(context, prompt, 0);
    // after this, positions 100 and on are read a second time, into cells in another order
    context.removeTokenCellsFromSequence(0, 100, -1);
    await decode(context, prompt.slice(100, 150), 100);
    context.removeTokenCellsFromSequence(0, 120, -1);
    await decode(context, prompt.slice(120), 120);
    context.setAttentionProbe(16, 8);
    await decode(context, question, prompt.length);
    expect(distance((await context.probeAttention())[0]!, expected(0, 16, 8)) / 8).toBeLessThan(1e-5);
  });

  it("does not change the logits, neither of its own decode nor of those behind it", async () => {
    const context = await openContext(model);
    await decode(context, prompt, 0);
    const plain = await decode(context, question, prompt.length);
    const next = await decode(context, [9], positions);
    for (const ask of [true, false]) {
      context.removeTokenCellsFromSequence(0, prompt.length, -1);
      context.setAttentionProbe(16, 8);
      expect(distance(await decode(context, question, prompt.length), plain)).toBe(0);
      if (ask) await context.probeAttention();
      expect(distance(await decode(context, [9], positions), next)).toBe(0);
    }
  });

  it("holds for one batch, and its rows until they are asked for or let go of", async () => {
    const context = await openContext(model, { type: "F32" });
    await decode(context, prompt, 0);
    context.setAttentionProbe(16, 8);
    await decode(context, question, prompt.length);
    await decode(context, [9, 10], positions);
    const wider = (await context.probeAttention())[0]!;
    const width = positions + 2;
    for (const head of range(0, tiny.heads)) {
      const row = wider.slice(head * width, head * width + width);
      const wanted = expected(0, 16, 8).slice(head * positions, (head + 1) * positions);
      expect(distance(row, Float32Array.from([...wanted, 0, 0])) / 8).toBeLessThan(1e-5);
    }
    await expect(context.probeAttention()).rejects.toThrow("Nothing was probed");
    context.setAttentionProbe(0, 1);
    await decode(context, [11], width);
    context.setAttentionProbe(0, 0);
    await expect(context.probeAttention()).rejects.toThrow("Nothing was probed");
  });

  it("sums up the rows of several batches", async () => {
    const context = await openContext(model, { type: "F32" });
    await decode(context, prompt, 0);
    for (let row = 16; row < 24; row++) {
      const from = row === 16 ? 0 : row;
      context.setAttentionProbe(row - from, 1);
      await decode(context, question.slice(from, row + 1), prompt.length + from);
    }
    const results = await context.probeAttention();
    expect(results).toHaveLength(tiny.layers);
    for (const [layer, result] of results.entries()) {
      expect(distance(result, expected(layer, 16, 8)) / 8).toBeLessThan(1e-5);
    }
  });
});

it("takes long windows in chunks: the rows of a long question sum up, and memory stays small", async () => {
  const model = await loadModel(starterModel);
  const tokens = model.tokenize("The ferry leaves at nine and the harbour is quiet. ".repeat(60)).map(Number);
  const contextSize = 8192; // 28 rows of 9 heads fill a chunk
  const context = await openContext(model, { contextSize, batchSize: 256 });
  const before = context.getKvReport().computeBytes;
  await decode(context, tokens.slice(0, 256), 0);

  const window = async (first: number, count: number) => {
    context.setAttentionProbe(first, count);
    await decode(context, tokens.slice(256, 456), 256);
    const result = (await context.probeAttention())[7]!;
    context.removeTokenCellsFromSequence(0, 256, -1);
    return result;
  };
  const whole = await window(0, 200);
  const halves = [await window(0, 90), await window(90, 110)] as const;
  const sum = halves[0].map((value, index) => value + halves[1][index]!);
  expect(distance(whole, sum)).toBeLessThan(1e-4);
  expect(whole.reduce((total, value) => total + value, 0) / (9 * 200)).toBeCloseTo(1, 5);
  expect(context.getKvReport().computeBytes - before).toBeLessThan(32 * 2 ** 20);
  await model.dispose();
});
