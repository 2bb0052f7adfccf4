/** The two promises of the native part, on the starter model: keeping everything changes no bit, and the cache is as small as it says. */
import { readdirSync } from "node:fs";
import type { LlamaModel } from "node-llama-cpp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  answeringContext,
  type CacheType,
  decode,
  distance,
  loadModel,
  openContext,
  patchedLlama,
  range,
  starterModel,
  steps,
  type TestContext,
} from "./native-context.ts";

const layers = 30;
const mebibyte = 2 ** 20;
const answer = [504, 3102, 1230, 216, 34, 30, 28, 260];

let model: LlamaModel;
let tokens: number[];

beforeAll(async () => {
  model = await loadModel(starterModel);
  const text = range(0, 200).map(
    (day) => `On day ${day} the ship lay ${(day * 37) % 101} miles off the coast and the wind blew from the west.`,
  );
  tokens = model.tokenize(text.join(" ")).map(Number);
});

const everything = (length: number) => Array.from({ length: layers }, () => range(0, length));

it("loads our build, not the stock binary", async () => {
  const llama = await patchedLlama();
  expect(llama.buildType).toBe("localBuild");
  expect((llama as unknown as { _bindings: { folioKvVersion(): number } })._bindings.folioKvVersion()).toBe(3);
});

describe.each<CacheType>(["F16", "Q8_0"])("an answering cache that keeps everything (%s)", (type) => {
  let reading: TestContext;
  let read = 0;

  beforeAll(async () => {
    reading = await openContext(model, { type, contextSize: 2304 });
  });

  it.each([700, 2000])("gives the same logits as the reading cache after %i tokens, bit for bit", async (length) => {
    await decode(reading, tokens.slice(read, length), read);
    read = length;

    const answering = await answeringContext(model, reading, everything(length), { type, contextSize: 2304 });
    const reused = answering.getGraphReuseCount();
    const expected = await steps(reading, answer, length);
    const got = await steps(answering, answer, length);

    expect(got.map((logits, step) => distance(logits, expected[step]!))).toEqual(answer.map(() => 0));
    // the first step builds the graph
    expect(answering.getGraphReuseCount() - reused).toBe(answer.length - 1);

    expect(reading.removeTokenCellsFromSequence(0, length, -1)).toBe(true);
    await answering.dispose();
  });
});

describe("a small answering cache", () => {
  let reading: TestContext;
  let answering: TestContext;
  const kept = Array.from({ length: layers }, (_, layer) => range(10 + layer, 70 + 3 * layer));

  beforeAll(async () => {
    reading = await openContext(model);
    await decode(reading, tokens.slice(0, 700), 0);
    answering = await answeringContext(model, reading, kept, { tail: 4 });
  });

  it("takes the memory of its rows and no more", () => {
    const report = answering.getKvReport();
    // keys and values of 3 heads of 64 numbers, 2 bytes each
    const rowBytes = 2 * 3 * 64 * 2;
    expect(report.layers.map(({ rows }) => rows)).toEqual(kept.map((rows) => rows.length + 4));
    expect(report.layers.map(({ usedRows }) => usedRows)).toEqual(kept.map((rows) => rows.length));
    expect(report.layers.map(({ bytes }) => bytes)).toEqual(kept.map((rows) => (rows.length + 4) * rowBytes));
    expect(report.usedBytes).toBe(kept.reduce((sum, rows) => sum + rows.length * rowBytes, 0));

    const tensors = report.layers.reduce((sum, layer) => sum + layer.bytes, 0);
    expect(report.bytes).toBeGreaterThanOrEqual(tensors);
    expect(report.bytes - tensors).toBeLessThan(64 * 1024);
    expect(report.computeBytes).toBeLessThanOrEqual(12 * mebibyte);

    const full = reading.getKvReport();
    expect(full.layers[0]).toEqual({ rows: 2048, usedRows: 700, bytes: 2048 * rowBytes, usedBytes: 700 * rowBytes });
    expect(full.bytes).toBe(layers * 2048 * rowBytes);
  });

  it("stops when its tail is full, and goes on with the same bits when the tail has grown", async () => {
    const roomy = await answeringContext(model, reading, kept, { tail: 64 });
    const expected = await steps(roomy, answer, 700);

    const first = await steps(answering, answer.slice(0, 4), 700);
    expect(answering.getKvReport().layers[0]).toMatchObject({ rows: 64, usedRows: 64 });
    await expect(decode(answering, answer.slice(4, 5), 704)).rejects.toThrow("could not find a KV slot");
    expect(answering.getSequenceKvCacheMaxPosition(0)).toBe(703);

    await answering.growKvTail(10);
    expect(answering.getKvReport().layers[0]).toMatchObject({ rows: 70, usedRows: 64 });
    const rest = await steps(answering, answer.slice(4), 704);
    expect([...first, ...rest].map((logits, step) => distance(logits, expected[step]!))).toEqual(answer.map(() => 0));
  });

  it("can be asked again: tokens behind the document go, the document stays", async () => {
    const roomy = await answeringContext(model, reading, kept, { tail: 16 });
    const expected = await steps(roomy, answer.slice(0, 3), 700);
    expect(roomy.removeTokenCellsFromSequence(0, 700, -1)).toBe(true);
    const again = await steps(roomy, answer.slice(0, 3), 700);
    expect(again.map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0]);
  });
});

it.runIf(process.platform === "linux")("a context on two threads has the second from its first token on until it is disposed", async () => {
  const threads = () => readdirSync("/proc/self/task");
  const alone = await openContext(model);
  await decode(alone, tokens.slice(0, 8), 0);
  const before = threads();
  const context = await openContext(model, { threads: 2 });
  const own = threads().filter((thread) => !before.includes(thread));
  expect(own).toHaveLength(1);
  for (const [position, token] of tokens.slice(0, 4).entries()) await decode(context, [token], position);
  expect(threads()).toContain(own[0]);
  await context.dispose();
  expect(threads()).not.toContain(own[0]);
});
