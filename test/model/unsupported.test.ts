/** Models that cannot be compressed answer from the full cache, and say why. */
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { inEnglish } from "../../preload/sentences.ts";
import { hooks, request } from "./fixtures.ts";
import { temporaryFolder } from "./native-context.ts";
import { writeTinyModel } from "./native-tiny.ts";

const [folder, removeFolder] = temporaryFolder();
afterAll(removeFolder);

it.each([
  ["mamba", "recurrent state"],
  ["deepseek2", "latent attention (MLA)"],
] as const)("%s answers questions over several turns, without compression and with the reason", async (architecture, reason) => {
  const file = path.join(folder, `${architecture}.gguf`);
  writeTinyModel(file, architecture);
  const engine = await Engine.load(file, { threads: 1 });
  await engine.addDocument("essay", "The bridge was mended by two carpenters from the hills. ".repeat(8));
  // Longer than the rows that the prompt alone would get.
  const first = await engine.ask(request({ maxAnswerTokens: 300 }), hooks());
  const second = await engine.ask(
    request({ maxAnswerTokens: 8, history: [{ question: "Who?", answer: first.answer.slice(0, 40) }] }),
    hooks(),
  );
  for (const turn of [first, second]) {
    expect(turn.answerTokens).toBeGreaterThan(0);
    expect(turn.notice && inEnglish(turn.notice)).toContain(reason);
    expect(turn.cache.policy).toBe("full");
    expect(turn.evidence).toEqual([]);
  }
  await engine.dispose();
});
