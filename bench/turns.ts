/**
 * Many questions on one document: ten planted facts asked as turns of one conversation, in shuffled orders. What the default keeps of the
 * turns that the full cache answers right, early and late; and beside it CompressKV that evicts once, at the first question, and keeps no document.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../main/engine/engine.ts";
import { defaultModelFile } from "../main/engine/models.ts";
import { mulberry32 } from "../main/engine/policies/random.ts";
import type { PastTurn } from "../main/engine/prompt.ts";
import { SnapshotStore } from "../main/engine/snapshot.ts";
import type { AskRequest } from "../main/engine/turn.ts";
import { indexOfMax, Lab } from "./lab.ts";
import { writeResult } from "./result.ts";
import { type Fact, isRight, plantedText, shuffled } from "./texts.ts";

const threads = 1;
const textTokens = 2000;
const factsPerText = 10;
const answerTokens = 24;
const budget = { kind: "share", share: 0.06 } as const;
/** Turns before this one are early. */
const firstLate = 5;

/** Whether each turn was right, [turn]. */
type Turns = boolean[];
type Run = { text: string; order: number; full: Turns; fast: Turns; balanced: Turns; evictedOnce: Turns };

/** @returns the promises that were broken, one line each */
export async function turns(quick: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "folio-turns-"));
  const file = defaultModelFile();
  const snapshots = new SnapshotStore(folder, 2 ** 32);
  const runs: Run[] = [];
  try {
    for (let seed = 201; seed <= (quick ? 201 : 203); seed++) {
      const lab = await Lab.open(file, threads);
      const { name, text, facts } = plantedText("reported", seed, {
        tokens: textTokens,
        count: factsPerText,
        kind: "mixed",
        countTokens: lab.countTokens,
      });
      const orders = [1, 2].map((order) => shuffled(facts, mulberry32(100 * seed + order)));
      const evicted: Turns[] = [];
      for (const order of orders) evicted.push(await evictOnce(lab, text, order));
      await lab.close();

      const engine = await Engine.load(file, { threads, snapshots });
      await engine.addDocument("text", text);
      for (const [i, order] of orders.entries()) {
        const full = await converse(engine, order, { policy: "full", mode: "fast" });
        const fast = await converse(engine, order, { policy: "phrase", mode: "fast" });
        const balanced = await converse(engine, order, { policy: "phrase", mode: "balanced" });
        runs.push({ text: name, order: i + 1, full, fast, balanced, evictedOnce: evicted[i]! });
        console.log(`${name}, order ${i + 1}: ${full.filter(Boolean).length} of ${full.length} turns right with the full cache`);
      }
      await engine.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const table = (["fast", "balanced", "evictedOnce"] as const).map((name) => ({ name, ...keptOf(runs, name) }));
  writeResult("turns", quick, { textTokens, factsPerText, budget: budget.share, runs, table });
  const cell = ({ right, of }: Kept) => `${right} of ${of}`.padStart(12);
  console.log(`\nright of the turns that the full cache answers right\n${"".padEnd(12)}         all  turns 1 to 5 turns 6 to 10`);
  for (const { name, all, early, late } of table) console.log(`${name.padEnd(12)}${cell(all)}${cell(early)}${cell(late)}`);
  return table
    .filter(({ name, all }) => name !== "evictedOnce" && all.right < 0.95 * all.of)
    .map(({ name }) => `in ${name} mode at 6 % at least 95 % of the turns that the full cache answers are right`);
}

type Kept = { right: number; of: number };

function keptOf(runs: readonly Run[], name: "fast" | "balanced" | "evictedOnce"): { all: Kept; early: Kept; late: Kept } {
  const count = (from: number, to: number): Kept => {
    const cells = runs.flatMap((run) => run[name].slice(from, to).filter((_, i) => run.full[from + i]));
    return { right: cells.filter(Boolean).length, of: cells.length };
  };
  return { all: count(0, factsPerText), early: count(0, firstLate), late: count(firstLate, factsPerText) };
}

/** Asks all facts as turns of one conversation. */
async function converse(engine: Engine, facts: readonly Fact[], how: Pick<AskRequest, "policy" | "mode">): Promise<Turns> {
  const history: PastTurn[] = [];
  const right: Turns = [];
  for (const fact of facts) {
    const request: AskRequest = {
      documentIds: ["text"],
      history: [...history],
      question: fact.question,
      budget,
      window: "question",
      smallestShare: 0.5,
      readingKv: "f16",
      answeringKv: "f16",
      maxAnswerTokens: answerTokens,
      temperature: 0,
      ...how,
    };
    const { answer } = await engine.ask(request, {
      signal: new AbortController().signal,
      onStatus: () => {},
      onMemory: () => {},
      onText: () => {},
    });
    history.push({ question: fact.question, answer });
    right.push(isRight(answer, fact));
  }
  return right;
}

/** The first question chooses what stays; all later ones are read behind that. */
async function evictOnce(lab: Lab, text: string, facts: readonly Fact[]): Promise<Turns> {
  const { model, template } = lab.loaded;
  await lab.read(text);
  const probed = await lab.ask(facts[0]!.question, 8);
  const right: Turns = [];
  await lab.session(probed.prompt, lab.plan(probed, "compresskv", budget), "f16", async (step) => {
    let logits = probed.firstLogits;
    for (const [turn, fact] of facts.entries()) {
      if (turn > 0) {
        const next = [...template.next, ...model.tokenize(fact.question, false), ...template.turn];
        for (const token of next) logits = await step(token);
      }
      const said: number[] = [];
      for (let token = indexOfMax(logits); !model.isEogToken(token as never) && said.length < answerTokens; token = indexOfMax(logits)) {
        said.push(token);
        logits = await step(token);
      }
      right.push(isRight(model.detokenize(said as never[], false), fact));
    }
  });
  return right;
}
