/**
 * Models with random damage, taken as Folio takes them: the header is read with bounds, then the engine loads the file and answers with it. Whatever
 * becomes of the engine, main gets an answer or one plain sentence.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EngineClient } from "../../main/engine/client.ts";
import { EngineError } from "../../main/engine/errors.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { readGgufHeader } from "../../main/models/gguf.ts";
import { damage } from "../damage.ts";
import { counted, figure, rounds } from "../rounds.ts";
import { request } from "./fixtures.ts";
import { writeTinyModel } from "./native-tiny.ts";

const mutations = rounds(16, 500);

let folder: string;
let client: EngineClient | null = null;
let deaths = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-models-"));
});
afterAll(async () => {
  client?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The engine, a fresh one where the last one has died. */
const engine = (): EngineClient =>
  (client ??= new EngineClient(() => {
    deaths++;
    client = null;
  }));

async function outcome(file: string): Promise<string> {
  try {
    await readGgufHeader(file);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return "refused by its header";
  }
  try {
    await engine().call<"load">({ op: "load", file, threads: 1, snapshots: null });
    await engine().call<"addDocument">({ op: "addDocument", documentId: "essay", text: "The harbour town keeps its ledgers. ".repeat(8) });
    await engine().call<"ask">({ op: "ask", request: request({ maxAnswerTokens: 4, budget: { kind: "tokens", tokens: 16 } }) });
    return "loaded and answered";
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).message).toMatch(/^[^\n]+$/);
    return (error as EngineError).code === "engine-stopped" && client === null ? "engine ended, said so" : "refused by the engine";
  }
}

test(`${mutations} damaged models: an answer or one plain sentence each time`, { timeout: 300_000 + mutations * 10_000 }, async () => {
  const good = join(folder, "good.gguf");
  writeTinyModel(good, "llama");
  expect(await outcome(good)).toBe("loaded and answered");
  const whole = await readFile(good);
  // Keys, values, vocabulary and the list of tensors; three in four are damaged there.
  const weights = whole.length - (await weightBytes(good));
  const next = mulberry32(99);
  const outcomes: Record<string, number> = {};
  for (let i = 0; i < mutations; i++) {
    const file = join(folder, `${i}.gguf`);
    const inHeader = i % 4 !== 3;
    const damaged = inHeader
      ? Buffer.concat([damage(whole.subarray(0, weights), next, i >> 2), whole.subarray(weights)])
      : Buffer.concat([whole.subarray(0, weights), damage(whole.subarray(weights), next, i >> 2)]);
    await writeFile(file, damaged);
    const came = await outcome(file);
    outcomes[came] = (outcomes[came] ?? 0) + 1;
    await rm(file);
  }
  expect(await outcome(good)).toBe("loaded and answered");
  figure(`${mutations} damaged models`, `${counted(outcomes)}; the engine died ${deaths} times, main never`);
});

/** Bytes of the tiny model's weights, which are f32 and come last. */
async function weightBytes(file: string): Promise<number> {
  const { size } = await stat(file);
  const tensors = writeTinyModel(file, "llama");
  return Math.min(
    size,
    [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
  );
}
