/** Everything that an answering cache cannot do, and every wrong argument, is an error in plain words; the process lives on. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answeringContext,
  bindings,
  type ContextOptions,
  decode,
  distance,
  loadModel,
  newContext,
  openContext,
  range,
  rowArrays,
  steps,
  type TestContext,
  temporaryFolder,
} from "./native-context.ts";
import { tiny, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

const prompt = range(0, 120).map((index) => (index * 101) % 256);
const answer = [17, 84, 99];
const kept = [20, 30, 25];
const rows = kept.map((count) => range(0, count));

let model: LlamaModel;
let other: LlamaModel;
let reading: TestContext;
let answering: TestContext;

beforeAll(async () => {
  const file = path.join(folder, "model.gguf");
  writeTinyModel(file, "llama");
  model = await loadModel(file);
  other = await loadModel(file);
  reading = await openContext(model);
  await decode(reading, prompt, 0);
  answering = await answeringContext(model, reading, rows);
});

describe("a layout", () => {
  it.each<[string, unknown, string]>([
    ["without rows", { tail: 8 }, "kvLayout needs"],
    ["that is no layout", 5, "kvLayout needs"],
    ["of plain numbers", { kept, tail: 8 }, "kvLayout needs"],
    ["of no layers", { kept: new Uint32Array(), tail: 8 }, "has no layers"],
    ["with a broken tail", { kept: Uint32Array.from(kept), tail: 1.5 }, "kvLayout.tail has to be a whole number"],
    ["with a tail below nothing", { kept: Uint32Array.from(kept), tail: -1 }, "kvLayout.tail has to be a whole number"],
  ])("%s is refused at once", (_, kvLayout, message) => {
    expect(() => newContext(model, { kvLayout })).toThrow(message);
  });

  it.each<[string, ContextOptions, string]>([
    ["for another number of layers", { kept: [10, 10] }, "the layout has 2 layers, the model has 3"],
    ["larger than the context", { kept: [10, 10, 0xffff_ffff] }, "more rows than the context has positions, 2048"],
    ["with a tail larger than the context", { kept, tail: 2049 }, "more rows than the context has positions, 2048"],
    ["without a tail", { kept, tail: 0 }, "one row for new tokens"],
    ["without flash attention", { kept, flashAttention: false }, "flash attention is off"],
    ["with flash attention that may be switched off", { kept, flashAttention: "auto" }, "flash attention is off"],
    ["for several sequences", { kept, sequences: 2 }, "several sequences"],
  ])("%s is refused", async (_, options, message) => {
    await expect(openContext(model, options)).rejects.toThrow(message);
  });
});

it("tells why a context of stock layout cannot be compressed either", async () => {
  expect((await openContext(model, { flashAttention: false })).getKvSupport()).toBe("flash attention is off");
  expect((await openContext(model, { sequences: 2 })).getKvSupport()).toBe("several sequences");
});

describe("the probe", () => {
  it("takes rows of one batch only", async () => {
    expect(() => reading.setAttentionProbe(-1, 4)).toThrow("firstRow has to be a whole number");
    expect(() => reading.setAttentionProbe(0, Number.NaN)).toThrow("rowCount has to be a whole number");
    expect(() => reading.setAttentionProbe(510, 8)).toThrow("do not fit into one batch of 512 tokens");
    expect(() => answering.setAttentionProbe(0, 1)).toThrow("An answering cache cannot be probed");
    const plain = await openContext(model, { flashAttention: false });
    expect(() => plain.setAttentionProbe(0, 4)).toThrow("flash attention is off");

    const context = await openContext(model);
    context.setAttentionProbe(8, 8);
    await expect(decode(context, prompt.slice(0, 12), 0)).rejects.toThrow("not within the batch");
    await decode(context, prompt.slice(0, 16), 0);
    expect((await context.probeAttention())[2]!.length).toBe(tiny.heads * 16);
  });

  it("has nothing to say when nothing was probed", async () => {
    await expect(reading.probeAttention()).rejects.toThrow("Nothing was probed");
    await expect(answering.probeAttention()).rejects.toThrow("Nothing was probed");
    const plain = await openContext(model, { flashAttention: false });
    await expect(plain.probeAttention()).rejects.toThrow("Nothing was probed");
  });
});

describe("gathering", () => {
  const gather = (source: unknown, lists: unknown) => answering.gatherKv(source as TestContext, lists as Uint32Array[]);

  it("refuses what is no context or no rows", () => {
    expect(() => gather(undefined, rowArrays(rows))).toThrow("the context to gather from");
    expect(() => gather({}, rowArrays(rows))).toThrow("the context to gather from");
    expect(() => gather(reading, undefined)).toThrow("Uint32Array[]");
    expect(() => gather(reading, rows)).toThrow("Uint32Array[]");
    expect(() => reading.gatherKv(answering, rowArrays(rows))).toThrow("only be gathered into a context with a kvLayout");
  });

  it("refuses rows that do not fit", async () => {
    const change = (layer: number, list: number[]) => rowArrays(rows.map((own, index) => (index === layer ? list : own)));
    await expect(gather(reading, rowArrays(rows.slice(1)))).rejects.toThrow("rows for 3 layers are needed, got 2");
    await expect(gather(reading, change(1, range(0, 29)))).rejects.toThrow("layer 1 keeps 30 rows of 2 heads, got 29 positions");
    await expect(gather(reading, change(2, range(96, 121)))).rejects.toThrow(
      "position 120 of layer 2 is not in the reading cache of 120 tokens",
    );
    await expect(gather(reading, change(0, range(0, 20).reverse()))).rejects.toThrow("positions of layer 0 are not ascending");
    await expect(gather(reading, change(0, new Array<number>(20).fill(4)))).rejects.toThrow("not ascending");
  });

  it("refuses sources that hold something else than one whole sequence", async () => {
    const empty = await openContext(model);
    await expect(gather(empty, rowArrays(rows))).rejects.toThrow("the reading cache is empty");

    const holed = await openContext(model);
    await decode(holed, prompt, 0);
    holed.removeTokenCellsFromSequence(0, 50, 60);
    await expect(gather(holed, rowArrays(rows))).rejects.toThrow("does not hold one whole sequence");

    const foreign = await openContext(other);
    await decode(foreign, prompt, 0);
    await expect(gather(foreign, rowArrays(rows))).rejects.toThrow("belongs to another model");

    const several = await openContext(model, { sequences: 2 });
    await decode(several, prompt, 0);
    await expect(gather(several, rowArrays(rows))).rejects.toThrow("with one sequence");

    const transposed = await openContext(model, { flashAttention: false });
    await decode(transposed, prompt, 0);
    await expect(gather(transposed, rowArrays(rows))).rejects.toThrow("flash attention is off");

    const second = await answeringContext(model, reading, rows);
    await expect(gather(second, rowArrays(rows))).rejects.toThrow("from a reading cache");
    await expect(gather(answering, rowArrays(rows))).rejects.toThrow("from a reading cache");

    const rounded = await openContext(model, { type: "Q8_0" });
    await decode(rounded, prompt, 0);
    await expect(gather(rounded, rowArrays(rows))).rejects.toThrow("into a cache of the same type");
  });

  it("refuses keys that were turned in another way, as by a context of another size", async () => {
    const file = path.join(folder, "long.gguf");
    writeTinyModel(file, "phi3", { longFrom: 512 });
    const long = await loadModel(file);
    const source = await openContext(long, { contextSize: 512 });
    await decode(source, prompt, 0);
    const same = await openContext(long, { contextSize: 512, kept });
    await same.gatherKv(source, rowArrays(rows));
    const longer = await openContext(long, { contextSize: 1024, kept });
    expect(() => longer.gatherKv(source, rowArrays(rows))).toThrow("give both the same contextSize");
  });

  it("leaves the cache as it was when it is refused", async () => {
    const fresh = await answeringContext(model, reading, rows);
    const expected = await steps(fresh, answer, prompt.length);
    await answering.gatherKv(reading, rowArrays(rows));
    await expect(gather(reading, rowArrays(rows.slice(1)))).rejects.toThrow();
    const got = await steps(answering, answer, prompt.length);
    expect(got.map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0]);
  });
});

describe("an answering cache", () => {
  const file = path.join(folder, "state");

  it("cannot be shifted, saved, loaded or copied", async () => {
    expect(() => answering.shiftSequenceTokenCells(0, 0, 4, -1)).toThrow("An answering cache cannot be shifted");
    expect(() => answering.saveSequenceStateToFile(file, 0, Uint32Array.from(prompt))).toThrow("cannot be saved");
    expect(existsSync(file)).toBe(false);
    await reading.saveSequenceStateToFile(file, 0, Uint32Array.from(prompt));
    expect(() => answering.loadSequenceStateFromFile(file, 0, 2048)).toThrow("cannot be loaded from a file");
    expect(() => answering.copySequenceStateFromOtherSequence(1, 0)).toThrow("cannot be copied to another sequence");
  });

  it("has no checkpoints", async () => {
    const { AddonContextSequenceCheckpoint } = bindings(model);
    const checkpoint = new AddonContextSequenceCheckpoint();
    expect(() => checkpoint.init(answering, 0)).toThrow("cannot have checkpoints");
    await checkpoint.init(reading, 0);
    expect(() => answering.restoreCheckpoint(checkpoint, 100, 0)).toThrow("cannot go back to a checkpoint");
  });

  it("gives up the document as a whole or not at all", async () => {
    const context = await answeringContext(model, reading, rows);
    await steps(context, answer, prompt.length);
    expect(context.removeTokenCellsFromSequence(0, 0, 10)).toBe(false);
    expect(context.removeTokenCellsFromSequence(0, 50, -1)).toBe(false);
    expect(context.removeTokenCellsFromSequence(0, prompt.length + 1, -1)).toBe(true);
    expect(context.getSequenceKvCacheMaxPosition(0)).toBe(prompt.length);
    context.disposeSequence(0);
    expect(context.getKvReport().usedBytes).toBe(0);
  });

  it("has a state size that can be asked for", () => {
    expect(answering.getStateSize()).toBe(0);
  });

  it("grows only, and only where there is a tail", async () => {
    await expect(answering.growKvTail(32)).rejects.toThrow("has room for 32 new tokens already");
    expect(() => reading.growKvTail(64)).toThrow("Only a context with a kvLayout");
    expect(() => answering.growKvTail(2049)).toThrow("more rows than the context has positions");
    expect(() => answering.growKvTail(-5)).toThrow("tail has to be a whole number");
  });
});

it("does one thing at a time on a context", async () => {
  reading.initBatch(1);
  reading.addToBatch(0, prompt.length, Uint32Array.of(5), Uint32Array.of(0));
  const decoding = reading.decodeBatch();
  expect(() => answering.gatherKv(reading, rowArrays(rows))).toThrow("Context is busy");
  expect(() => reading.getKvReport()).toThrow("Context is busy");
  expect(() => reading.decodeBatch()).toThrow("Context is busy");
  await decoding;
  reading.removeTokenCellsFromSequence(0, prompt.length, -1);

  const gathering = answering.gatherKv(reading, rowArrays(rows));
  expect(() => answering.decodeBatch()).toThrow("Context is busy");
  await gathering;
});

it("logits are those of a token that was asked for", () => {
  expect(() => reading.getLogits(5)).toThrow("has no logits for this token");
  expect(() => reading.getLogits(-1)).toThrow("batchLogitIndex has to be a whole number");
});

it("a context that is not ready, or gone, says so", async () => {
  const context = newContext(model, { kept });
  expect(() => context.getKvReport()).toThrow("Context is not loaded");
  expect(() => answering.gatherKv(context, rowArrays(rows))).toThrow("Context is not loaded");
  await context.init();
  const gathering = context.gatherKv(reading, rowArrays(rows));
  await context.dispose(); // waits for the rows
  await gathering;
  expect(() => context.getKvReport()).toThrow("Context is disposed");
});
