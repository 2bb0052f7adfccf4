import { expect, test } from "vitest";
import { defaultModelSettings, type ModelEntry } from "../../../preload/api.ts";
import { fitOf, recommended, rowsBeside, tokenBytes } from "../../../renderer/models/fit.ts";

const shape = {
  architecture: "llama",
  layers: 28,
  heads: 24,
  kvHeads: 8,
  keyLength: 128,
  valueLength: 128,
  embedding: 3072,
  vocabulary: 128_256,
  contextLength: 131_072,
};
const entry: ModelEntry = {
  id: "a",
  name: "A",
  bytes: 2e9,
  origin: "list",
  file: null,
  shape,
  offer: { size: "balanced", why: "", licence: "", languages: "", repository: "" },
  problem: null,
  trusted: true,
  settings: defaultModelSettings,
  measured: null,
};
const use = { tokens: 8000, budget: { kind: "share", share: 0.06 }, readingKv: "f16", answeringKv: "f16", totalBytes: 8e9 } as const;

test("a token's bytes are keys and values of every layer; q8_0 takes 34 bytes for 32 numbers", () => {
  expect(tokenBytes(shape, "f16")).toBe(28 * 8 * 256 * 2);
  expect(tokenBytes(shape, "q8_0")).toBe((28 * 8 * 256 * 34) / 32);
});

test("the reading cache at its largest counts, not only the answering cache", () => {
  const fit = fitOf(entry, use)!;
  expect(fit.reading).toBe(8000 * 114_688);
  expect(fit.answering).toBe((480 + rowsBeside) * 114_688);
  expect(fit.bytes).toBe(fit.weights + fit.reading + fit.answering + fit.scratch);
  expect(fit.verdict).toBe("fits");
  expect(fitOf(entry, { ...use, totalBytes: 5e9 })!.verdict).toBe("tight");
  expect(fitOf(entry, { ...use, totalBytes: 3e9 })!.verdict).toBe("large");
  expect(fitOf(entry, { ...use, totalBytes: 2e9 })!.longest).toBe(0);
});

test("the longest prompt that fits does fit, and a model's own settings count", () => {
  const { longest } = fitOf(entry, use)!;
  expect(fitOf(entry, { ...use, tokens: longest })!.verdict).not.toBe("large");
  const own = { ...entry, settings: { ...defaultModelSettings, contextLength: 4000, readingKv: "q8_0" as const } };
  expect(fitOf(own, use)).toMatchObject({ tokens: 4000, longest: 4000, reading: 4000 * 60_928 });
  expect(fitOf({ ...entry, shape: null }, use)).toBe(null);
});

test("scratch space: a large model is read in small pieces; what a question attends to grows with the prompt", () => {
  const scratch = (bytes: number, tokens: number) => fitOf({ ...entry, bytes }, { ...use, tokens })!.scratch;
  expect(scratch(4e8, 8000) - scratch(5e9, 8000)).toBe((256 - 64) * 4 * (128_256 + 4 * 3072));
  expect(scratch(2e9, 16_000) - scratch(2e9, 8000)).toBe(8000 * 8 * 28 * 24);
});

test("the largest that fits well is recommended, a small one on few cores", () => {
  const small = { ...entry, id: "s", offer: { ...entry.offer!, size: "small" as const } };
  const fits = [small, entry].map((known) => ({ entry: known, fit: fitOf(known, use) }));
  expect(recommended(fits, { cores: 8, threads: 4 })?.id).toBe("a");
  expect(recommended(fits, { cores: 2, threads: 2 })?.id).toBe("s");
  expect(recommended([{ entry, fit: fitOf(entry, { ...use, totalBytes: 3e9 }) }], { cores: 8, threads: 4 })).toBe(null);
});
