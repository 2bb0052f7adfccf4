/** Memory that will not do is foreseen: nothing is allocated, the sentence has both numbers, and with memory there it goes on. */
import { mkdtemp, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { SnapshotStore } from "../../main/engine/snapshot.ts";
import { essay, fact, hooks, question, request } from "./fixtures.ts";

const { availableMemory } = process;
let folder: string;
let engine: Engine;
/** What reading the essay with its question takes, with room for what comes next, in whole steps of rows. */
let needed: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-memory-"));
  engine = await Engine.load(defaultModelFile(), { threads: 1, snapshots: new SnapshotStore(folder, 1e9) });
  await engine.addDocument("essay", essay(fact));
  await engine.addDocument("other", "Nothing of interest is written here.");
  const { promptTokens } = await engine.countPrompt({ documentIds: ["essay"], history: [], question });
  needed = engine.loaded.fullBytes(Math.ceil((promptTokens + 128) / 256) * 256);
});
beforeEach(() => systemHas(availableMemory()));
afterAll(async () => {
  systemHas(availableMemory());
  await engine.dispose();
  await rm(folder, { recursive: true });
});

/** As far as Folio can tell, so many bytes are free. */
function systemHas(bytes: number): void {
  process.availableMemory = () => bytes;
  syncBuiltinESMExports();
}

const refused = {
  code: "no-memory",
  message: expect.stringMatching(/^Reading \d+ tokens needs [\d.]+ \wB of memory, but only [\d.]+ \wB is free: .+\.$/),
};

it("a document that takes more than 70 % of the free memory is refused before anything is allocated; just below that it is read, in no more than was foreseen", async () => {
  systemHas((0.99 * needed) / 0.7);
  await expect(engine.ask(request(), hooks())).rejects.toMatchObject(refused);
  await expect(engine.read(request(), hooks())).rejects.toMatchObject(refused);
  expect(engine.memory()).toMatchObject({ readingBytes: 0, answeringBytes: 0 });
  systemHas((1.01 * needed) / 0.7);
  const { answer, cache } = await engine.ask(request(), hooks());
  expect(answer).toContain("4821");
  expect(cache.readingBytes).toBeLessThanOrEqual(needed);
});

it("what was read takes its memory once: a follow-up needs no more where it fits into the rows that are there", async () => {
  await engine.ask(request(), hooks());
  systemHas(1);
  expect((await engine.ask(request({ question: "Who mended the bridge?" }), hooks())).answer).not.toBe("");
});

it("what would come back from disk is foreseen as well", async () => {
  await engine.ask(request({ mode: "balanced" }), hooks());
  expect(engine.memory()).toMatchObject({ readingBytes: 0, readingPlace: "disk" });
  systemHas(1e6);
  await expect(engine.ask(request({ mode: "balanced" }), hooks())).rejects.toMatchObject(refused);
  expect(engine.memory().readingBytes).toBe(0);
  systemHas(availableMemory());
  const { answer, timing } = await engine.ask(request({ mode: "balanced" }), hooks());
  expect(answer).toContain("4821");
  expect(timing.restoreMs).toBeGreaterThan(0);
});
