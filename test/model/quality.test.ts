/** Planted facts on the real starter model: answers come from the document, and survive compression. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import type { Budget, PolicyName } from "../../preload/api.ts";
import { hooks, request } from "./fixtures.ts";

// About 900 tokens of real text with one fact in its middle.
const haystack = readFileSync(new URL("../../bench/data/tuning/ferry.txt", import.meta.url), "utf8").split("\n\n");
const withFact = (fact: string) => [...haystack.slice(0, 4), `${haystack[4]} ${fact}`, ...haystack.slice(5)].join("\n\n");
const documents = {
  first: withFact("The special magic number for Springfield is 4821."),
  changed: withFact("The special magic number for Springfield is 7390."),
  without: withFact("Nobody could say why."),
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load(defaultModelFile(), { threads: 1 });
  for (const [id, text] of Object.entries(documents)) await engine.addDocument(id, text);
});
afterAll(() => engine.dispose());

const ask = async (document: keyof typeof documents, policy: PolicyName, budget: Budget) =>
  (await engine.ask(request({ documentIds: [document], policy, budget }), hooks())).answer;
const share = (percent: number): Budget => ({ kind: "share", share: percent / 100 });

it("answers with the document's fact at 12, 6 and 3 %, and not from a cache that lost it", async () => {
  expect(await ask("first", "full", { kind: "full" })).toContain("4821");
  for (const percent of [12, 6, 3]) expect(await ask("first", "phrase", share(percent)), `at ${percent} %`).toContain("4821");
  expect(await ask("first", "random", share(3))).not.toContain("4821");
});

it("answers otherwise when the fact is changed", async () => {
  expect(await ask("changed", "phrase", share(6))).toContain("7390");
});

it("says neither number when the fact is not there", async () => {
  expect(await ask("without", "phrase", share(6))).not.toMatch(/4821|7390/);
});
