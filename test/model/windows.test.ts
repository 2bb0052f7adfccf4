/** The engine on a model whose layers mostly have sliding windows: Gemma 3 270M, a base model, so only what it keeps is looked at. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import type { EngineStatus } from "../../preload/api.ts";
import { essay, fact, hooks, question, request } from "./fixtures.ts";
import { gemmaModel } from "./gemma.ts";

const filler = Array.from(
  { length: 40 },
  (_, day) => `On day ${day} the ship lay ${(day * 37) % 101} miles off the coast and the wind blew from the west.`,
);
const text = `${filler.join(" ")}\n\n${essay(fact)}\n\n${filler.slice(0, 20).join(" ")}`;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load(await gemmaModel(), { threads: 1 });
  await engine.addDocument("essay", text);
}, 300_000);
afterAll(() => engine.dispose());

/** Asks, and tells at which tokens reading began. */
async function ask(overrides: Parameters<typeof request>[0] = {}) {
  const reads: Extract<EngineStatus, { phase: "reading" }>[] = [];
  const result = await engine.ask(
    request(overrides),
    hooks({ onStatus: (status) => status.phase === "reading" && void reads.push(status) }),
  );
  return { result, readFrom: reads[0]?.done ?? null };
}

it("compresses the layers that attend to everything and counts the windows as they are", async () => {
  const { result } = await ask({ maxAnswerTokens: 4 });
  const { cache, promptTokens, evidence, details } = result;
  expect(promptTokens).toBeGreaterThan(1200);
  const isWindow = (layer: number) => layer % 6 !== 5;
  const scored = cache.keptPerLayer.filter((_, layer) => !isWindow(layer));
  expect(scored.reduce((a, b) => a + b, 0)).toBe(scored.length * (64 + cache.protectedTokens));
  for (const [layer, kept] of cache.keptPerLayer.entries()) {
    if (isWindow(layer)) expect(kept).toBe(512);
    expect(details.kept[layer]!.length).toBe(kept);
  }
  expect(details.kept[0]!.at(-1)).toBe(promptTokens - 1);
  // keys and values of one head of 256 numbers, 2 bytes each
  const rowBytes = 2 * 256 * 2;
  expect(cache.fullBytes).toBe((3 * promptTokens + 15 * 512) * rowBytes);
  expect(cache.answeringBytes).toBeGreaterThan((15 * 512 + 3 * 64) * rowBytes);
  expect(cache.answeringBytes).toBeLessThan((15 * 768 + 3 * (64 + cache.protectedTokens + 64)) * rowBytes + 65_536);
  expect(evidence.map(({ start, end }) => text.slice(start, end)).join(" ")).toContain("4821");
});

it("a follow-up reads only what is new, another first question only itself", async () => {
  const first = await ask({ maxAnswerTokens: 8 });
  const history = [{ question, answer: first.result.answer }];
  const second = await ask({ history, question: "Who mended the bridge?", maxAnswerTokens: 8 });
  expect(second.readFrom ?? first.result.promptTokens).toBeGreaterThan(first.result.promptTokens - 64);
  const again = await ask({ maxAnswerTokens: 8 });
  expect(again.readFrom ?? 1e6).toBeGreaterThan(1000);
  expect(again.result.answer).toBe(first.result.answer);
  expect(again.result.details.kept).toEqual(first.result.details.kept);
});

it("goes further back than its windows do by reading anew, with the same answer", async () => {
  const first = await ask({ maxAnswerTokens: 8 });
  const long = "They spoke of the wells, of the price of oats and of the road to the quarry until the lamps went out. ".repeat(60);
  await ask({ history: [{ question, answer: long }], question: "And then?", maxAnswerTokens: 2 });
  const again = await ask({ maxAnswerTokens: 8 });
  expect(again.readFrom).toBe(0);
  expect(again.result.answer).toBe(first.result.answer);
});

it("balanced mode works without snapshots: the reading cache stays in memory", async () => {
  const { result } = await ask({ mode: "balanced", maxAnswerTokens: 4 });
  expect(result.stopReason).toBe("length");
  expect(engine.memory().readingPlace).toBe("memory");
});
