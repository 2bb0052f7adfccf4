/** How a model is used: a shorter window, another system prompt, and words that are drawn. */
import { afterEach, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { essay, fact, hooks, request } from "./fixtures.ts";

let engine: Engine;
const load = async (options: { contextLength?: number; systemPrompt?: string; gpuLayers?: number } = {}) => {
  engine = await Engine.load(defaultModelFile(), { threads: 1, ...options });
  await engine.addDocument("essay", essay(fact));
};
afterEach(() => engine.dispose());

it("draws the same words from the same seed, and others from another", async () => {
  await load();
  const said = async (seed: number) => (await engine.ask(request({ temperature: 1.5, topP: 1, topK: 1000, seed }), hooks())).answer;
  const first = await said(7);
  expect(await said(7)).toBe(first);
  expect(new Set([first, await said(8), await said(9), await said(10)]).size).toBeGreaterThan(1);
});

it("says the same words less often with a repeat penalty, and only the likeliest with a high least share", async () => {
  await load();
  const question = "Write the word ship again and again.";
  const ask = async (options: object) => (await engine.ask({ ...request(options), question }, hooks())).answer;
  const plain = await ask({ maxAnswerTokens: 48 });
  const varied = await ask({ maxAnswerTokens: 48, repeatPenalty: 1.8 });
  const share = (text: string) => new Set(text.toLowerCase().match(/\p{L}+/gu)).size / (text.match(/\p{L}+/gu)?.length ?? 1);
  expect(share(varied)).toBeGreaterThan(share(plain));
  expect(await ask({ maxAnswerTokens: 24, temperature: 1.5, topP: 1, topK: 1000, minP: 1, seed: 3 })).toBe(
    await ask({ maxAnswerTokens: 24 }),
  );
});

it("refuses what is longer than the window it was given, and never makes that longer than the model's", async () => {
  await load({ contextLength: 256 });
  await engine.addDocument("essay", essay(fact).repeat(3));
  expect(engine.loaded.info).toMatchObject({ contextLength: 256, longestContext: 8192 });
  await expect(engine.ask(request(), hooks())).rejects.toMatchObject({ code: "too-long" });
  await engine.dispose();
  await load({ contextLength: 1_000_000 });
  expect(engine.loaded.info.contextLength).toBe(8192);
});

it("begins every prompt with the system prompt that it was given", async () => {
  await load({ systemPrompt: "Always be kind to ships." });
  const { details } = await engine.ask(request({ maxAnswerTokens: 1 }), hooks());
  const start = engine.loaded.model.detokenize(details.promptTokenIds.slice(0, 20) as never[], true);
  expect(start).toContain("Always be kind to ships.");
});

it("computes on the processor where a graphics card is asked for and none is there", async () => {
  // Where Vulkan looks for drivers.
  process.env.VK_DRIVER_FILES = "/nowhere";
  await load({ gpuLayers: 99 });
  expect(engine.loaded.info.gpu).toBeNull();
  expect((await engine.ask(request(), hooks())).answer).toContain("4821");
});
