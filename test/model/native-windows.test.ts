/**
 * Models in which most layers have a sliding window: these layers keep what their window holds and are never chosen from, the others
 * are compressed. Tiny random Gemma 3 models, and Gemma 3 270M itself.
 */
import path from "node:path";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gemmaModel } from "./gemma.ts";
import {
  answeringContext,
  type CacheType,
  decode,
  distance,
  distances,
  loadModel,
  openContext,
  range,
  steps,
  type TestContext,
  temporaryFolder,
  variedTokens,
} from "./native-context.ts";
import { attentionOf, withoutAttentionOutput } from "./native-oracle.ts";
import { tiny, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

const layers = 12;
const window = 64;
const globals = [5, 11];
// A window of 64 tokens and batches of 8 take 256 cells in llama.cpp: this prompt goes round more than once.
const length = 600;
const prompt = variedTokens(length);
const answer = range(0, 300).map((index) => (index * 37 + 5) % 256);
const nothing = new Array<number>(layers).fill(0);

/** Rows for the layers without a window, nothing for the others. */
const onGlobals = (rows: (layer: number) => number[]) => range(0, layers).map((layer) => (globals.includes(layer) ? rows(layer) : []));

/** Reads in batches of 8, so that the reading context's window is as wide as that of an answering context. */
async function read(context: TestContext, tokens: readonly number[], first = 0): Promise<TestContext> {
  for (let start = 0; start < tokens.length; start += 8) await decode(context, tokens.slice(start, start + 8), first + start);
  return context;
}

let model: LlamaModel;
beforeAll(async () => {
  const file = path.join(folder, "gemma3.gguf");
  writeTinyModel(file, "gemma3", { layers });
  model = await loadModel(file);
});

describe.each<CacheType>(["F16", "Q8_0"])("with rows of %s", (type) => {
  it("keeping everything changes no bit, while the windows move on", async () => {
    const reading = await read(await openContext(model, { type, batchSize: 8 }), prompt);
    const answering = await answeringContext(
      model,
      reading,
      onGlobals(() => range(0, length)),
      { type, tail: 300 },
    );
    expect(distances(await steps(answering, answer, length), await steps(reading, answer, length))).toBe(0);
  });

  it("a reading cache that allocates as it reads changes no bit either, and goes back and on", async () => {
    const stock = await read(await openContext(model, { type, batchSize: 8 }), prompt);
    const reading = await openContext(model, { type, kept: nothing, tail: 512, batchSize: 8 });
    await read(reading, prompt.slice(0, 504));
    await reading.growKvTail(2048);
    await read(reading, prompt.slice(504), 504);
    const expected = await steps(stock, answer.slice(0, 8), length);
    expect(distances(await steps(reading, answer.slice(0, 8), length), expected)).toBe(0);

    // What was taken back in between leaves no trace.
    expect(reading.removeTokenCellsFromSequence(0, 560, -1)).toBe(true);
    await steps(reading, answer.slice(0, 30), 560);
    expect(reading.removeTokenCellsFromSequence(0, 560, -1)).toBe(true);
    await read(reading, prompt.slice(560), 560);
    expect(distances(await steps(reading, answer.slice(0, 8), length), expected)).toBe(0);
  });

  it.each(globals)("layer %i attends to its own rows, as a stock context that holds only these", async (focus) => {
    const short = prompt.slice(0, 200);
    const file = path.join(folder, `focus-${focus}.gguf`);
    writeTinyModel(file, "gemma3", {
      layers,
      change: ({ name, data }) => {
        const other = globals.find((layer) => layer !== focus)!;
        if (name === `blk.${other}.attn_output.weight`) data.fill(0);
      },
    });
    const focused = await loadModel(file);
    const reading = await read(await openContext(focused, { type, batchSize: 8 }), short);
    // A stock context drops rows from all layers at once, so those in the windows stay.
    const rows = [...range(0, 200 - window).filter((position) => position % 3 === focus % 3), ...range(200 - window, 200)];
    const other = range(40, 70);
    const answering = await answeringContext(
      focused,
      reading,
      onGlobals((layer) => (layer === focus ? rows : other)),
      { type },
    );
    for (const position of range(0, 200)) {
      if (!rows.includes(position)) reading.removeTokenCellsFromSequence(0, position, position + 1);
    }
    const state = path.join(folder, "state");
    await reading.saveSequenceStateToFile(state, 0, new Uint32Array());
    const stock = await openContext(focused, { type, batchSize: 8 });
    await stock.loadSequenceStateFromFile(state, 0, 2048);
    expect(distances(await steps(answering, answer.slice(0, 16), 200), await steps(stock, answer.slice(0, 16), 200))).toBe(0);
    await focused.dispose();
  });
});

it("the report says what each layer takes", async () => {
  const reading = await read(await openContext(model, { batchSize: 8 }), prompt);
  const answering = await answeringContext(
    model,
    reading,
    onGlobals((layer) => range(0, 20 + layer)),
    { tail: 16 },
  );
  const rowBytes = 2 * tiny.kvHeads * tiny.headSize * 2;
  const { layers: report, bytes } = answering.getKvReport();
  expect(report.map(({ usedRows }) => usedRows)).toEqual(range(0, layers).map((layer) => (globals.includes(layer) ? 20 + layer : window)));
  expect(report.map((layer) => layer.rows)).toEqual(range(0, layers).map((layer) => (globals.includes(layer) ? 36 + layer : 256)));
  expect(report.map((layer) => layer.bytes)).toEqual(report.map(({ rows }) => rows * rowBytes));
  expect(bytes).toBeGreaterThanOrEqual(report.reduce((sum, layer) => sum + layer.bytes, 0));
  expect(bytes).toBeLessThan(report.reduce((sum, layer) => sum + layer.bytes, 0) + 64 * 1024);
});

it("stops when the tail is full, grows, and goes on with the same bits while the windows roll", async () => {
  const reading = await read(await openContext(model, { batchSize: 8 }), prompt);
  const kept = onGlobals((layer) => range(layer, 100));
  const roomy = await answeringContext(model, reading, kept, { tail: 300 });
  const growing = await answeringContext(model, reading, kept, { tail: 10 });
  const expected = await steps(roomy, answer, length);
  const first = await steps(growing, answer.slice(0, 10), length);
  await expect(decode(growing, answer.slice(10, 11), length + 10)).rejects.toThrow("could not find a KV slot");
  await growing.growKvTail(300);
  const rest = await steps(growing, answer.slice(10), length + 10);
  expect(distances([...first, ...rest], expected)).toBe(0);
});

it("takes tokens back only so far as its windows are whole afterwards", async () => {
  const reading = await openContext(model, { kept: nothing, tail: 1024, back: 256, batchSize: 8 });
  await read(reading, prompt); // 512 cells: 64 of the window, 448 to go back
  expect(reading.removeTokenCellsFromSequence(0, 100, -1)).toBe(false);
  expect(reading.removeTokenCellsFromSequence(0, 200, 210)).toBe(false);
  expect(reading.getSequenceKvCacheMaxPosition(0)).toBe(length - 1);
  expect(reading.removeTokenCellsFromSequence(0, 300, -1)).toBe(true);
  reading.disposeSequence(0);
  await read(reading, prompt.slice(0, 16));
  expect(reading.getSequenceKvCacheMaxPosition(0)).toBe(15);

  const source = await read(await openContext(model, { kept: nothing, tail: 1024, batchSize: 8 }), prompt);
  const answering = await answeringContext(
    model,
    source,
    onGlobals(() => range(0, 30)),
    { tail: 300 },
  );
  await steps(answering, answer.slice(0, 20), length);
  expect(answering.removeTokenCellsFromSequence(0, 400, -1)).toBe(false);
  expect(answering.removeTokenCellsFromSequence(0, length + 3, -1)).toBe(true);
});

it("refuses rows that windows do not have, and what it cannot do", async () => {
  const reading = await read(await openContext(model, { batchSize: 8 }), prompt);
  await expect(openContext(model, { kept: new Array<number>(layers).fill(4) })).rejects.toThrow(
    "layer 0 has a sliding window and keeps no other rows",
  );
  await expect(
    answeringContext(
      model,
      reading,
      onGlobals(() => range(0, 30)),
      { back: 4096 },
    ),
  ).rejects.toThrow("more rows than");
  const answering = await answeringContext(
    model,
    reading,
    onGlobals(() => range(0, 30)),
  );
  const rows = onGlobals(() => range(0, 30)).map((list) => Uint32Array.from(list));
  await expect(answering.gatherKv(reading, [Uint32Array.of(1), ...rows.slice(1)])).rejects.toThrow("layer 0 has a sliding window");
  expect(() => reading.getKvRows(5, 0, 10)).toThrow("sliding-window layers");
  expect(() => answering.saveSequenceStateToFile(path.join(folder, "no"), 0, new Uint32Array())).toThrow("cannot be saved");

  // A source that was cut in a way that lost rows of the windows, which stock llama.cpp allows.
  reading.removeTokenCellsFromSequence(0, 300, -1);
  await expect(answering.gatherKv(reading, rows)).rejects.toThrow("has lost rows of its sliding windows");
});

it("the probe knows capped scores (Gemma 2)", async () => {
  const file = path.join(folder, "gemma2.gguf");
  const weights = writeTinyModel(file, "gemma2", { windows: [false, true, true], change: withoutAttentionOutput });
  const capped = await loadModel(file);
  const tokens = prompt.slice(0, 100);
  const context = await openContext(capped, { type: "F32" });
  await decode(context, tokens.slice(0, 80), 0);
  context.setAttentionProbe(8, 12);
  await decode(context, tokens.slice(80), 80);
  const expected = new Float32Array(tiny.heads * 100);
  for (const [head, rows] of attentionOf(weights, tokens, { cap: 2, halves: true })[0]!.entries()) {
    for (const row of rows.slice(88)) {
      row.forEach((share, position) => {
        expected[head * 100 + position]! += share;
      });
    }
  }
  expect(distance((await context.probeAttention())[0]!, expected) / 12).toBeLessThan(1e-5);
  await capped.dispose();
});

describe("Gemma 3 270M", () => {
  let gemma: LlamaModel;
  let windows: number[];
  let tokens: number[];
  let reading: TestContext;
  beforeAll(async () => {
    gemma = await loadModel(await gemmaModel());
    const text = range(0, 60).map(
      (day) => `On day ${day} the ship lay ${(day * 37) % 101} miles off the coast and the wind blew from the west.`,
    );
    tokens = gemma.tokenize(text.join(" ")).map(Number).slice(0, 1000);
    reading = await openContext(gemma, { batchSize: 8 });
    windows = reading.getKvWindows();
    await read(reading, tokens);
  }, 300_000);

  it("has three layers that attend to everything", () => {
    expect(reading.getKvSupport()).toBe("");
    expect(windows).toEqual(range(0, 18).map((layer) => (layer % 6 === 5 ? 0 : 512)));
  });

  it("keeping everything changes no bit", async () => {
    const kept = windows.map((rows) => (rows > 0 ? [] : range(0, tokens.length)));
    const answering = await answeringContext(gemma, reading, kept);
    const said = tokens.slice(100, 112);
    expect(distances(await steps(answering, said, tokens.length), await steps(reading, said, tokens.length))).toBe(0);
    expect(reading.removeTokenCellsFromSequence(0, tokens.length, -1)).toBe(true);
  });
});
