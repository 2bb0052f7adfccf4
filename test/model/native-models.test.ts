/** Which architectures the probe and the answering cache work with, and what the others say. */
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { answeringContext, decode, distance, loadModel, openContext, range, steps, temporaryFolder } from "./native-context.ts";
import { type TinyArchitecture, tiny, writeTinyModel } from "./native-tiny.ts";

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
  for (const layer of range(0, tiny.layers)) {
    const mass = reading.getAttentionProbe(layer);
    expect(mass.length).toBe(tiny.heads * length);
    for (const head of range(0, tiny.heads)) {
      expect(mass.slice(head * length, (head + 1) * length).reduce((sum, share) => sum + share, 0)).toBeCloseTo(8, 4);
    }
  }
  reading.setAttentionProbe(0, 0);

  const everything = await answeringContext(model, reading, new Array<number[]>(tiny.layers).fill(range(0, length)));
  const some = await answeringContext(model, reading, [range(0, 20), range(150, 200), range(10, 45)]);
  const expected = await steps(reading, answer, length);
  expect((await steps(everything, answer, length)).map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0, 0]);
  const differences = (await steps(some, answer, length)).map((logits, step) => distance(logits, expected[step]!));
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(100);
  await model.dispose();
});

it.each<[TinyArchitecture, string]>([
  ["mamba", "recurrent state"],
  ["deepseek2", "latent attention (MLA)"],
  ["gemma3", "sliding-window layers"],
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
