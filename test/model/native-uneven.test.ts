/**
 * Each layer, and each key/value head, attends to its own rows. To see one layer alone, the attention output of all others is
 * multiplied by zero in the weights; then a stock cache from which the other rows were erased has to give the same bits.
 */
import path from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, describe, expect, it } from "vitest";
import {
  answeringContext,
  type CacheType,
  decode,
  distance,
  loadModel,
  openContext,
  range,
  steps,
  type TestContext,
  temporaryFolder,
  variedTokens,
} from "./native-context.ts";
import { tiny, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

const length = 300;
const prompt = variedTokens(length);
const answer = [17, 84, 99, 3, 180, 42];
const every = (count: number, first: number) => range(0, count).map((index) => first + index * Math.floor((length - first) / count));
const withLast = (rows: number[]) => [...rows.slice(0, -1), length - 1];

async function read(model: LlamaModel, type: CacheType): Promise<TestContext> {
  const context = await openContext(model, { type });
  await decode(context, prompt, 0);
  return context;
}

/** A stock context that holds only these rows. Saving and loading closes the gaps: the way of summing depends on the width in use. */
async function stockWith(model: LlamaModel, type: CacheType, rows: readonly number[]): Promise<TestContext> {
  const context = await openContext(model, { type });
  if (rows.length === 0) return context; // the first token may stand anywhere
  const holed = await read(model, type);
  for (const position of range(0, length)) {
    if (!rows.includes(position)) expect(holed.removeTokenCellsFromSequence(0, position, position + 1)).toBe(true);
  }
  const file = path.join(folder, "state");
  await holed.saveSequenceStateToFile(file, 0, new Uint32Array());
  await context.loadSequenceStateFromFile(file, 0, 2048);
  return context;
}

async function expectSameBits(answering: TestContext, stock: TestContext): Promise<void> {
  const expected = await steps(stock, answer, length);
  const got = await steps(answering, answer, length);
  expect(got.map((logits, step) => distance(logits, expected[step]!))).toEqual(answer.map(() => 0));

  // and several tokens in one batch
  const more = answer.slice(0, 5);
  const batch = [await decode(answering, more, length + answer.length), await decode(stock, more, length + answer.length)] as const;
  expect(distance(...batch)).toBe(0);
}

describe.each<CacheType>(["F16", "Q8_0"])("uneven rows (%s)", (type) => {
  // stock llama.cpp goes on after the last row that it holds; here only the layer in focus has to hold it
  const kept = (focus: number) =>
    [every(40, 3), every(7, 0), every(131, 1)].map((rows, layer) => (layer === focus ? withLast(rows) : rows));

  it.each([0, 1, 2])("layer %i attends to its own rows", async (focus) => {
    const file = path.join(folder, `layer-${focus}.gguf`);
    writeTinyModel(file, "llama", {
      change: ({ name, data }) => {
        if (name.endsWith("attn_output.weight") && name !== `blk.${focus}.attn_output.weight`) data.fill(0);
      },
    });
    const model = await loadModel(file);
    const answering = await answeringContext(model, await read(model, type), kept(focus), { type });
    await expectSameBits(answering, await stockWith(model, type, kept(focus)[focus]!));
    await model.dispose();
  });

  it("a layer may keep nothing", async () => {
    const file = path.join(folder, "nothing.gguf");
    writeTinyModel(file, "llama", {
      change: ({ name, data }) => {
        if (name.endsWith("attn_output.weight") && !name.startsWith("blk.1.")) data.fill(0);
      },
    });
    const model = await loadModel(file);
    const answering = await answeringContext(model, await read(model, type), [every(20, 0), [], every(90, 5)], { type });
    await expectSameBits(answering, await stockWith(model, type, []));
    await model.dispose();
  });

  it.each([0, 1])("key/value head %i attends to its own rows", async (focus) => {
    const file = path.join(folder, `head-${focus}.gguf`);
    const inputs = tiny.heads * tiny.headSize;
    const focusWidth = inputs / tiny.kvHeads;
    writeTinyModel(file, "llama", {
      change: ({ name, data }) => {
        if (!name.endsWith("attn_output.weight")) return;
        data.forEach((_, index) => {
          if (Math.floor((index % inputs) / focusWidth) !== focus) data[index] = 0;
        });
      },
    });
    const model = await loadModel(file);
    const reading = await read(model, type);
    const sets = [every(50, 2), every(50, 4)].map((rows, head) => (head === focus ? withLast(rows) : rows));
    const answering = await openContext(model, { type, kept: new Array<number>(tiny.layers).fill(50) });
    await answering.gatherKv(
      reading,
      Array.from({ length: tiny.layers }, () => Uint32Array.from(sets.flat())),
    );
    await expectSameBits(answering, await stockWith(model, type, sets[focus]!));
    await model.dispose();
  });
});

it("exact rows gathered into a Q8_0 cache are what a Q8_0 reading cache holds, but for the rounding of its inputs", async () => {
  // in a model of one layer, keys and values do not depend on how exact the cache is
  const file = path.join(folder, "one-layer.gguf");
  writeTinyModel(file, "llama", { layers: 1 });
  const model = await loadModel(file);

  const expected = await steps(await read(model, "Q8_0"), answer, length);
  const off = (got: Float32Array[]) => Math.max(...got.map((logits, step) => distance(logits, expected[step]!)));
  const gathered = async (type: CacheType) => {
    const answering = await answeringContext(model, await read(model, type), [range(0, length)], { type: "Q8_0" });
    return off(await steps(answering, answer, length));
  };

  const exact = off(await steps(await read(model, "F32"), answer, length));
  expect(await gathered("Q8_0")).toBe(0);
  // rounding to F16 first moves a few numbers to the next step of Q8_0
  expect(await gathered("F16")).toBeLessThan(exact / 2);
  expect(await gathered("F32")).toBeLessThan(exact / 20);
  await model.dispose();
});
