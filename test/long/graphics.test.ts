/**
 * A graphics card computes, by Vulkan: probe, layout, gather and snapshots work on its memory as on the processor's. A computer without a card can
 * run this on Mesa's software device (Debian package mesa-vulkan-drivers), which ggml takes only when it is named; it is slow.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { SnapshotStore } from "../../main/engine/snapshot.ts";
import type { TurnResult } from "../../main/engine/turn.ts";
import { essay, fact, hooks, request } from "../model/fixtures.ts";
import { answeringContext, decode, distance, loadModel, openContext, range, steps, variedTokens } from "../model/native-context.ts";
import { tiny, writeTinyModel } from "../model/native-tiny.ts";

let folder: string;
let engine: Engine;
// A policy that chooses before the answer begins, so that every word but the first comes from what it kept.
const asked = request({ policy: "shared", maxAnswerTokens: 16 });

beforeAll(async () => {
  process.env.GGML_VK_VISIBLE_DEVICES ??= "0";
  folder = await mkdtemp(join(tmpdir(), "folio-graphics-"));
  engine = await Engine.load(defaultModelFile(), { threads: 1, gpuLayers: 99, snapshots: new SnapshotStore(folder, 2 ** 30) });
  await engine.addDocument("essay", essay(fact));
});
afterAll(async () => {
  await engine?.dispose();
  await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  context.skip(engine.loaded.info.gpu === null, "not run: no Vulkan device, not even a software one");
});

test("the card computes all layers, and keeps what the processor keeps", async () => {
  expect(engine.loaded.info.gpu?.layers).toBe(engine.loaded.info.layers + 1);
  const there = await engine.ask(asked, hooks());
  const processor = await Engine.load(defaultModelFile(), { threads: 1 });
  expect(processor.loaded.info.gpu).toBeNull();
  await processor.addDocument("essay", essay(fact));
  const here = await processor.ask(asked, hooks());
  await processor.dispose();
  expect(there.answer).toContain("4821");
  expect(here.answer).toContain("4821");
  expect(overlap(there, here)).toBeGreaterThan(0.95);
});

test("what was read comes back from disk to the card", async () => {
  const first = await engine.ask({ ...asked, mode: "balanced" }, hooks());
  expect(engine.memory().readingPlace).toBe("disk");
  const again = await engine.ask({ ...asked, mode: "balanced" }, hooks());
  expect(again.timing.restoreMs).toBeGreaterThan(0);
  expect(again.details.answerTokenIds).toEqual(first.details.answerTokenIds);
});

test("with everything kept, the answering cache gives the reading cache's bits", async () => {
  const file = join(folder, "tiny.gguf");
  writeTinyModel(file, "llama");
  const model = await loadModel(file, 99);
  expect(model.gpuLayers).toBe(tiny.layers + 1);
  const reading = await openContext(model);
  const prompt = variedTokens(200);
  await decode(reading, prompt, 0);
  const kept = await answeringContext(model, reading, new Array<number[]>(tiny.layers).fill(range(0, prompt.length)));
  const answer = [17, 84, 99];
  const expected = await steps(reading, answer, prompt.length);
  const got = await steps(kept, answer, prompt.length);
  expect(got.map((logits, step) => distance(logits, expected[step]!))).toEqual([0, 0, 0]);
});

/** Share of the positions that both kept, over all layers. */
function overlap(a: TurnResult, b: TurnResult): number {
  const others = b.details.kept.map((positions) => new Set(positions));
  const both = a.details.kept.map((positions, layer) => positions.filter((position) => others[layer]!.has(position)).length);
  return both.reduce((sum, count) => sum + count, 0) / a.details.kept.flat().length;
}
