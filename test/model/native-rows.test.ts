/** A reading cache that allocates rows as needed, and its rows taken out and put in again: what snapshots rest on. */
import type { LlamaModel } from "node-llama-cpp";
import { beforeAll, describe, expect, it } from "vitest";
import {
  answeringContext,
  type CacheType,
  decode,
  distance,
  distances,
  loadModel,
  openContext,
  range,
  starterModel,
  steps,
  type TestContext,
} from "./native-context.ts";

const layers = 30;
const answer = [504, 3102, 1230, 216, 34, 30];
const nothing = new Array<number>(layers).fill(0);

let model: LlamaModel;
let tokens: number[];
beforeAll(async () => {
  model = await loadModel(starterModel);
  tokens = model
    .tokenize(
      range(0, 30)
        .map((day) => `On day ${day} the ship lay ${(day * 37) % 101} miles off the coast.`)
        .join(" "),
    )
    .map(Number);
});

const readingContext = (tail: number, type: CacheType = "F16") => openContext(model, { type, kept: nothing, tail, batchSize: 512 });

/** Copies the positions [from, to) of one reading cache into another. */
function copyRows(source: TestContext, target: TestContext, from: number, to: number): void {
  for (let layer = 0; layer < layers; layer++) target.setKvRows(layer, from, to, source.getKvRows(layer, from, to));
  target.setKvLength(to);
}

describe.each<CacheType>(["F16", "Q8_0"])("a reading cache of %s that allocates rows as needed", (type) => {
  it("gives the logits of a stock cache, bit for bit, also after it has grown", async () => {
    const stock = await openContext(model, { type });
    const reading = await readingContext(tokens.length, type);
    expect(distance(await decode(reading, tokens, 0), await decode(stock, tokens, 0))).toBe(0);
    expect(reading.getKvReport().layers[0]!.rows).toBe(tokens.length);
    await reading.growKvTail(tokens.length + 64);
    const [ours, theirs] = [await steps(reading, answer, tokens.length), await steps(stock, answer, tokens.length)];
    expect(distances(ours, theirs)).toBe(0);
    await Promise.all([stock.dispose(), reading.dispose()]);
  });

  it("is probed and gathered from like a stock cache", async () => {
    const stock = await openContext(model, { type });
    // As many rows as stock has: sums over other padding differ in the last bits.
    const reading = await readingContext(2048, type);
    for (const context of [stock, reading]) {
      context.setAttentionProbe(tokens.length - 4, 4);
      await decode(context, tokens, 0);
    }
    expect((await reading.probeAttention())[11]).toEqual((await stock.probeAttention())[11]);
    const kept = Array.from({ length: layers }, (_, layer) => range(layer, layer + 40));
    const [fromReading, fromStock] = [
      await answeringContext(model, reading, kept, { type }),
      await answeringContext(model, stock, kept, { type }),
    ];
    const [ours, theirs] = [await steps(fromReading, answer, tokens.length), await steps(fromStock, answer, tokens.length)];
    expect(distances(ours, theirs)).toBe(0);
    await Promise.all([stock, reading, fromReading, fromStock].map((context) => context.dispose()));
  });

  it("continues bit for bit from rows that were taken out and put in, in two parts", async () => {
    const source = await readingContext(tokens.length + 8, type);
    const target = await readingContext(tokens.length + 8, type);
    await decode(source, tokens, 0);
    const half = Math.floor(tokens.length / 2);
    copyRows(source, target, 0, half);
    copyRows(source, target, half, tokens.length);
    const [read, restored] = [await steps(source, answer, tokens.length), await steps(target, answer, tokens.length)];
    expect(distances(restored, read)).toBe(0);
    await Promise.all([source.dispose(), target.dispose()]);
  });

  it("forgets an end and reads on bit for bit", async () => {
    const reading = await readingContext(tokens.length + 8, type);
    const fresh = await readingContext(tokens.length + 8, type);
    // In the same pieces: a batch of another size rounds in another way.
    await decode(reading, tokens.slice(0, 40), 0);
    await decode(reading, tokens.slice(100), 40);
    expect(reading.removeTokenCellsFromSequence(0, 40, -1)).toBe(true);
    await decode(fresh, tokens.slice(0, 40), 0);
    expect(distance(await decode(reading, tokens.slice(40), 40), await decode(fresh, tokens.slice(40), 40))).toBe(0);
    await Promise.all([reading.dispose(), fresh.dispose()]);
  });
});

describe("what is refused with a plain reason", () => {
  let reading: TestContext;
  beforeAll(async () => {
    reading = await readingContext(64);
    await decode(reading, tokens.slice(0, 32), 0);
  });
  const bytes = () => reading.getKvRowBytes()[0]!;

  it.each<[string, (context: TestContext) => unknown, string]>([
    ["rows beyond what is there", (context) => context.getKvRows(0, 0, 33), "not within"],
    ["no rows at all", (context) => context.getKvRows(0, 5, 5), "no such positions"],
    ["a layer that the model does not have", (context) => context.getKvRows(30, 0, 1), "no layer 30"],
    ["positions that are there already", (context) => context.setKvRows(0, 31, 32, new Uint8Array(bytes())), "in the cache already"],
    ["positions beyond the allocated rows", (context) => context.setKvRows(0, 64, 65, new Uint8Array(bytes())), "not within"],
    ["rows of another length", (context) => context.setKvRows(0, 32, 33, new Uint8Array(bytes() - 1)), "another length"],
    ["rows that are no bytes", (context) => context.setKvRows(0, 32, 33, [] as unknown as Uint8Array), "Uint8Array"],
    ["a length beyond the allocated rows", (context) => context.setKvLength(65), "not within"],
  ])("%s", (_, attempt, reason) => {
    expect(() => attempt(reading)).toThrow(reason);
  });

  it("rows for an answering cache", async () => {
    const answering = await answeringContext(
      model,
      reading,
      Array.from({ length: layers }, () => range(0, 8)),
      {},
    );
    expect(() => answering.setKvRows(0, 40, 41, new Uint8Array(bytes()))).toThrow("keeps nothing");
    expect(() => answering.getKvRows(0, 0, 1)).toThrow("only a reading cache");
    await answering.dispose();
  });
});
