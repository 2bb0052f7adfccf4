/**
 * Texts of three times the context, read in windows: how many planted facts are answered from the sentences that the retrieval heads find,
 * beside as many tokens found by BM25, and beside the facts' own sentences alone.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../main/engine/engine.ts";
import { defaultModelFile } from "../main/engine/models.ts";
import { SnapshotStore } from "../main/engine/snapshot.ts";
import type { AskRequest, TurnResult } from "../main/engine/turn.ts";
import { retrieve } from "./quality/baselines.ts";
import { writeResult } from "./result.ts";
import { type Fact, isRight, plantedText } from "./texts.ts";

const contextLength = 2048;
const textTokens = 6500;
const factsPerText = 6;
const kinds = ["number", "mixed", "long"] as const;

type Row = "windows" | "BM25" | "the fact's own sentences";
type Asked = { kind: string; question: string; tokens: number; msBySnapshot: number } & { right: Record<Row, boolean> };

/** @returns the promises that were broken, one line each */
export async function windows(quick: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "folio-bench-"));
  const snapshots = new SnapshotStore(folder, 8e9);
  const engine = await Engine.load(defaultModelFile(), { threads: 1, contextLength, snapshots });
  const countTokens = (text: string) => engine.loaded.model.tokenize(text, false).length;
  const asked: Asked[] = [];
  const reading: { tokens: number; seconds: number }[] = [];
  try {
    for (let seed = 1; seed <= (quick ? 2 : 12); seed++) {
      const kind = kinds[seed % kinds.length]!;
      const { text, facts } = plantedText("reported", 300 + seed, { tokens: textTokens, count: factsPerText, kind, countTokens });
      await engine.addDocument("long", text);
      const began = performance.now();
      await engine.read({ ...request("long"), extent: { kind: "windows" } }, hooks);
      reading.push({ tokens: await tokensOf(engine), seconds: (performance.now() - began) / 1000 });
      for (const fact of facts) {
        const result = await engine.ask({ ...request("long", fact), extent: { kind: "windows" } }, hooks);
        const tokens = result.windows!.picked;
        const from = async (shorter: string) => {
          await engine.addDocument("short", shorter);
          return isRight((await engine.ask(request("short", fact), hooks)).answer, fact);
        };
        const right = {
          windows: isRight(result.answer, fact),
          BM25: await from(retrieve(text, fact.question, tokens, countTokens)),
          "the fact's own sentences": await from(fact.sentences.join(" ")),
        };
        asked.push({ kind, question: fact.question, tokens, msBySnapshot: msOf(result), right });
        process.stderr.write(`\rtext ${seed}, ${asked.length} facts  `);
      }
    }
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  process.stderr.write("\n");
  const rows = Object.keys(asked[0]!.right) as Row[];
  const table = rows.map((name) => ({ name, right: asked.filter(({ right }) => right[name]).length, of: asked.length }));
  writeResult("windows", quick, { contextLength, textTokens, reading, table, asked });
  for (const { name, right, of } of table) console.log(`${name.padEnd(26)} ${right} of ${of}`);
  return [];
}

/** From the question to the first word, every window coming back from disk. */
const msOf = ({ timing }: TurnResult): number => timing.firstTokenMs;

const tokensOf = async (engine: Engine): Promise<number> =>
  (await engine.countPrompt({ ...request("long"), extent: { kind: "windows" } })).windows!.tokens;

const request = (documentId: string, fact?: Fact): AskRequest => ({
  documentIds: [documentId],
  history: [],
  question: fact?.question ?? "",
  policy: "phrase",
  budget: { kind: "share", share: 0.12 },
  window: "question",
  mode: "balanced",
  smallestShare: 0.5,
  readingKv: "f16",
  answeringKv: "f16",
  maxAnswerTokens: 24,
  temperature: 0,
});

const hooks = { signal: new AbortController().signal, onStatus: () => {}, onMemory: () => {}, onText: () => {} };
