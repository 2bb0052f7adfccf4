/** A passage that a person pinned stays at the smallest budgets, in every mode. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { plantedText } from "../../bench/texts.ts";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { charactersOfTokens, tokenizeDocument, tokensOfCharacters } from "../../main/engine/prompt.ts";
import { fact, hooks, question, request } from "./fixtures.ts";

let engine: Engine;
let text: string;
let pin: { document: number; start: number; end: number };
beforeAll(async () => {
  engine = await Engine.load(defaultModelFile(), { threads: 1 });
  const countTokens = (part: string) => engine.loaded.model.tokenize(part, false).length;
  const filler = plantedText("tuning", 1, { tokens: 1500, count: 0, kind: "number", countTokens }).text;
  const middle = filler.indexOf(". ", filler.length / 2) + 2;
  text = `${filler.slice(0, middle)}${fact} ${filler.slice(middle)}`;
  pin = { document: 0, start: middle, end: middle + fact.length };
  await engine.addDocument("long", text);
});
afterAll(() => engine.dispose());

it("characters are found as tokens, and back", async () => {
  const document = await tokenizeDocument(engine.loaded.model, `${text} Größe, 灯台 🙂 und Müßiggang.`);
  for (const passage of [fact, "Größe", "灯台", "🙂", "Müßiggang.", text.slice(0, 5), text.slice(7990, 8020)]) {
    const start = document.text.indexOf(passage);
    const { from, to } = tokensOfCharacters(engine.loaded.model, document, start, start + passage.length);
    const characters = charactersOfTokens(engine.loaded.model, document, from, to);
    const held = document.text.slice(characters.start, characters.end);
    expect(held).toContain(passage);
    expect(held.length).toBeLessThan(passage.length + 24);
  }
});

it.each(["streaming", "phrase", "compresskv"] as const)("%s keeps it at 3 %, beside the budget, and answers from it", async (policy) => {
  const share = { kind: "share", share: 0.03 } as const;
  const asked = request({ documentIds: ["long"], question, policy, budget: share, maxAnswerTokens: 16 });
  const without = await engine.ask(asked, hooks());
  const result = await engine.ask({ ...asked, pins: [pin] }, hooks());
  const document = await tokenizeDocument(engine.loaded.model, text);
  const { from, to } = tokensOfCharacters(engine.loaded.model, document, pin.start, pin.end);
  expect(result.cache.protectedTokens).toBe(without.cache.protectedTokens + to - from);
  const total = (kept: readonly number[]) => kept.reduce((a, b) => a + b, 0);
  const { keptPerLayer } = result.cache;
  expect(total(keptPerLayer)).toBe(total(without.cache.keptPerLayer) + (to - from) * keptPerLayer.length);
  const first = result.details.promptTokenIds.findIndex((_, i) =>
    document.tokens.slice(0, 50).every((token, k) => result.details.promptTokenIds[i + k] === token),
  );
  for (const kept of result.details.kept) for (let token = from; token < to; token++) expect(kept).toContain(first + token);
  expect(result.answer).toContain("4821");
  if (policy === "streaming") expect(without.answer).not.toContain("4821");
});

it("smallest mode lets go of it last", async () => {
  const asked = request({ documentIds: ["long"], question, mode: "smallest", smallestShare: 0.1, maxAnswerTokens: 16, pins: [pin] });
  const result = await engine.ask(asked, hooks());
  expect(result.answer).toContain("4821");
});
