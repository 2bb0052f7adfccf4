/** Which architectures the probe and the answering cache work with, and what the others say. */
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { answeringContext, decode, distance, loadModel, openContext, range, steps, temporaryFolder } from "./native-context.ts";
import { type TinyArchitecture, tiny, type Windowed, writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

const length = 200;
const prompt = range(0, length).map((index) => (index * 101 + (index >> 3) * 7) % 256);
const answer = [17, 84, 99, 3];

async function load(architecture: TinyArchitecture) {
  const file = path.join(folder, `${architecture}.gguf`);
  writeTinyModel(file, architecture);
  return loadModel(file);
}

// Mistral's first models are "llama" in GGUF
it.each<TinyArchitecture>(["llama", "mistral3", "qwen2", "qwen3", "phi3"])("%s: probe, layout and gather work", async (architecture) => {
  const model = await load(architecture);
  const reading = await openContext(model);
  expect(reading.getKvSupport()).toBe("");

  await decode(reading, prompt.slice(0, 180), 0);
  reading.setAttentionProbe(12, 8);
  await decode(reading, prompt.slice(180), 180);
  const masses = await reading.probeAttention();
  expect(masses.length).toBe(tiny.layers);
  for (const mass of masses) {
    expect(mass.length).toBe(tiny.heads * length);
    for (const head of range(0, tiny.heads)) {
      expect(mass.slice(head * length, (head + 1) * length).reduce((sum, share) => sum + share, 0)).toBeCloseTo(8, 4);
    }
  }

  const everything = await answeringContext(model, reading, new Array<number[]>(tiny.layers).fill(range(0, length)));
  const some = await answeringContext(model, reading, [range(0, 20), range(150, 200), range(10, 45)]);
  const expected = await steps(reading, answer, length);
  expect((await steps(everything, answer, length)).map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0, 0]);
  const differences = (await steps(some, answer, length)).map((logits, step) => distance(logits, expected[step]!));
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(100);
  await model.dispose();
});

it.each<[Windowed, { layers: number; windows: boolean[] }]>([
  ["gemma2", { layers: 3, windows: [true, false, true] }],
  ["gemma3", { layers: 7, windows: [true, true, true, true, true, false, true] }],
  ["cohere2", { layers: 4, windows: [true, true, true, false] }],
  ["gpt-oss", { layers: 3, windows: [true, false, true] }],
])("%s: probe, layout and gather work for the layers without a window", async (architecture, { layers, windows }) => {
  const file = path.join(folder, `${architecture}.gguf`);
  writeTinyModel(file, architecture, { layers });
  const model = await loadModel(file);
  const reading = await openContext(model, { batchSize: 20 });
  expect(reading.getKvSupport()).toBe("");
  expect(reading.getKvWindows()).toEqual(windows.map((has) => (has ? 64 : 0)));

  for (let start = 0; start < 180; start += 20) await decode(reading, prompt.slice(start, start + 20), start);
  reading.setAttentionProbe(12, 8);
  await decode(reading, prompt.slice(180), 180);
  const masses = await reading.probeAttention();
  expect(masses).toHaveLength(layers);
  for (const [layer, mass] of masses.entries()) {
    if (windows[layer]) {
      expect(mass.length).toBe(0);
      continue;
    }
    for (const head of range(0, tiny.heads)) {
      const sum = mass.slice(head * length, (head + 1) * length).reduce((total, share) => total + share, 0);
      // learned sinks take their share of the attention
      if (architecture === "gpt-oss") expect(sum).toBeLessThan(8);
      else expect(sum).toBeCloseTo(8, 4);
      expect(sum).toBeGreaterThan(4);
    }
  }

  const kept = (rows: number[]) => windows.map((has) => (has ? [] : rows));
  const everything = await answeringContext(model, reading, kept(range(0, length)));
  const some = await answeringContext(model, reading, kept([...range(0, 20), ...range(150, 200)]));
  const expected = await steps(reading, answer, length);
  expect((await steps(everything, answer, length)).map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0, 0]);
  const differences = (await steps(some, answer, length)).map((logits, step) => distance(logits, expected[step]!));
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(100);
  await model.dispose();
});

it("refuses a model whose layers all have a sliding window", async () => {
  const file = path.join(folder, "windows.gguf");
  writeTinyModel(file, "gemma3", { windows: [true, true, true] });
  const model = await loadModel(file);
  const context = await openContext(model);
  expect(context.getKvSupport()).toBe("sliding windows in all layers");
  expect((await decode(context, prompt, 0)).every(Number.isFinite)).toBe(true);
  await expect(openContext(model, { kept: [0, 0, 0] })).rejects.toThrow("sliding windows in all layers");
  await model.dispose();
});

it.each<[TinyArchitecture, string]>([
  ["mamba", "recurrent state"],
  ["deepseek2", "latent attention (MLA)"],
])("%s: says that it has %s, and still works without compression", async (architecture, reason) => {
  const model = await load(architecture);
  const context = await openContext(model);
  expect(context.getKvSupport()).toBe(reason);
  expect(() => context.setAttentionProbe(0, 4)).toThrow(`cannot be probed: ${reason}`);
  await expect(openContext(model, { kept: new Uint32Array(tiny.layers).fill(10) })).rejects.toThrow(reason);

  expect((await decode(context, prompt, 0)).every(Number.isFinite)).toBe(true);
  expect(context.getKvReport().bytes).toBeGreaterThan(0);
  await model.dispose();
});
