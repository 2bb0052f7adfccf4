/**
 * Many questions on one document: ten planted facts asked as turns of one conversation, in shuffled orders. Of the turns that the full cache
 * answers right: how many are right from compressed caches, early and late. A conversation's past answers are part of its prompts, so its rows
 * differ from the full cache's in two ways: by what was evicted, and by what was said before. `full, q8_0` shows how much the second does
 * alone; the rows with the full cache's history show the first. Beside them CompressKV that evicts once, at the first question.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engine } from "../main/engine/engine.ts";
import { defaultModelFile } from "../main/engine/models.ts";
import { policies } from "../main/engine/policies/index.ts";
import { mulberry32 } from "../main/engine/policies/random.ts";
import type { PastTurn } from "../main/engine/prompt.ts";
import { SnapshotStore } from "../main/engine/snapshot.ts";
import type { AskRequest } from "../main/engine/turn.ts";
import { indexOfMax, Lab } from "./lab.ts";
import { mean } from "./quality/samples.ts";
import { writeResult } from "./result.ts";
import { type Fact, isRight, plantedText, shuffled } from "./texts.ts";

const threads = 1;
const textTokens = 2000;
const factsPerText = 10;
/** What the model answers most often as turns of a conversation: on tuning texts 4 of 8 such turns, of mixed facts 4 of 20. */
const kind = "number";
/** Three times what such a fact takes; what is longer are lists of all numbers, which name the right one as well. */
const answerTokens = 48;
const budget = { kind: "share", share: 0.06 } as const;
/** Turns before this one are early. */
const firstLate = 5;

const rowNames = [
  "fast",
  "balanced",
  "full, q8_0",
  "default, the full cache's history",
  "question alone, the full cache's history",
  "compresskv, evicted once",
] as const;
type RowName = (typeof rowNames)[number];

/** One turn's answer: whether it was right, whether word for word the full cache's after its own history, how long it was. */
type Turn = { right: boolean; same: boolean; tokens: number };
type Turns = Turn[];
/** `longer`: answers of the full cache that the default's opening behind such a prompt does not hold. */
type Run = { text: string; order: number; longer: number; full: Turns; rows: Record<RowName, Turns> };

/** @returns the promises that were broken, one line each */
export async function turns(quick: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "folio-turns-"));
  const file = defaultModelFile();
  const snapshots = new SnapshotStore(folder, 2 ** 32);
  const runs: Run[] = [];
  const began = performance.now();
  try {
    for (let seed = 201; seed <= (quick ? 201 : 203); seed++) {
      const lab = await Lab.open(file, threads);
      const { name, text, facts } = plantedText("reported", seed, {
        tokens: textTokens,
        count: factsPerText,
        kind,
        countTokens: lab.countTokens,
      });
      const engine = await Engine.load(file, { threads, snapshots });
      await engine.addDocument("text", text);
      for (const order of [1, 2]) {
        const asked = shuffled(facts, mulberry32(100 * seed + order));
        const { answers, history, longer } = await converse(engine, asked, { policy: "full", mode: "fast" });
        const judged = (given: readonly Answered[]): Turns =>
          given.map(({ text, tokens }, turn) => ({ right: isRight(text, asked[turn]!), same: text === answers[turn]!.text, tokens }));
        const full = judged(answers);
        const asks = async (how: Parameters<typeof converse>[2], said?: PastTurn[]) =>
          judged((await converse(engine, asked, how, said)).answers);
        const rows: Run["rows"] = {
          fast: await asks({ policy: "phrase", mode: "fast" }),
          balanced: await asks({ policy: "phrase", mode: "balanced" }),
          "full, q8_0": await asks({ policy: "full", mode: "fast", readingKv: "q8_0" }),
          "default, the full cache's history": await asks({ policy: "phrase", mode: "fast" }, history),
          "question alone, the full cache's history": judged(await questionAlone(lab, text, asked, history)),
          "compresskv, evicted once": judged(await evictOnce(lab, text, asked)),
        };
        runs.push({ text: name, order, longer, full, rows });
        console.log(
          `${name}, order ${order}: ${full.filter(({ right }) => right).length} of ${full.length} turns right with the full cache`,
        );
      }
      await engine.dispose();
      await lab.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const table = rowNames.map((name) => ({ name, ...keptOf(runs, name) }));
  const lengths = runs.flatMap(({ full }) => full.map(({ tokens }) => tokens));
  const longer = runs.reduce((sum, run) => sum + run.longer, 0);
  const minutes = (performance.now() - began) / 60_000;
  const answers = { meanTokens: mean(lengths), longerThanOpening: longer, of: lengths.length };
  writeResult("turns", quick, { textTokens, factsPerText, kind, answerTokens, budget: budget.share, minutes, answers, runs, table });
  console.log(
    `the full cache's answers have ${mean(lengths).toFixed(0)} tokens on average, ${longer} of ${lengths.length} more than the opening`,
  );
  const cell = ({ right, of }: Kept) => `${right} of ${of}`.padStart(14);
  console.log(
    `\nright, of the turns that the full cache answers right; of all turns, answered in the same words\n${"".padEnd(44)}           all  turns 1 to 5 turns 6 to 10     same words`,
  );
  for (const { name, all, early, late, same } of table)
    console.log(`${name.padEnd(44)}${cell(all)}${cell(early)}${cell(late)}${cell(same)}`);
  const missed = (row: RowName, words: string) =>
    table
      .filter(({ name, all }) => name === row && all.right < 0.95 * all.of)
      .map(() => `at 6 % at least 95 % of the turns that the full cache answers are right ${words}`);
  return [
    ...missed("fast", "each after its own past answers"),
    ...missed("default, the full cache's history", "after the same past answers"),
  ];
}

type Kept = { right: number; of: number };
export type TurnsResult = { table: { name: RowName; all: Kept; early: Kept; late: Kept; same: Kept }[] };

function keptOf(runs: readonly Run[], name: RowName): { all: Kept; early: Kept; late: Kept; same: Kept } {
  const count = (from: number, to: number): Kept => {
    const cells = runs.flatMap(({ full, rows }) => rows[name].slice(from, to).filter((_, i) => full[from + i]!.right));
    return { right: cells.filter(({ right }) => right).length, of: cells.length };
  };
  const turns = runs.flatMap(({ rows }) => rows[name]);
  const same = { right: turns.filter((turn) => turn.same).length, of: turns.length };
  return { all: count(0, factsPerText), early: count(0, firstLate), late: count(firstLate, factsPerText), same };
}

type Answered = { text: string; tokens: number };

/** Asks all facts as turns of one conversation; `said` instead of its own answers are its history. */
async function converse(
  engine: Engine,
  facts: readonly Fact[],
  how: Pick<AskRequest, "policy" | "mode"> & Partial<AskRequest>,
  said?: readonly PastTurn[],
): Promise<{ answers: Answered[]; history: PastTurn[]; longer: number }> {
  let longer = 0;
  const history: PastTurn[] = [];
  const answers: Answered[] = [];
  for (const [turn, fact] of facts.entries()) {
    const request: AskRequest = {
      documentIds: ["text"],
      history: said?.slice(0, turn) ?? [...history],
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
    const {
      answer,
      answerTokens: tokens,
      promptTokens,
    } = await engine.ask(request, {
      signal: new AbortController().signal,
      onStatus: () => {},
      onMemory: () => {},
      onText: () => {},
    });
    history.push({ question: fact.question, answer });
    answers.push({ text: answer, tokens });
    if (tokens > policies.phrase.opening!(promptTokens)) longer++;
  }
  return { answers, history, longer };
}

/** The default policy without its opening: only the first token comes from the full cache. */
async function questionAlone(lab: Lab, text: string, facts: readonly Fact[], history: readonly PastTurn[]): Promise<Answered[]> {
  await lab.read(text);
  const answers: Answered[] = [];
  for (const [turn, fact] of facts.entries()) {
    const probed = await lab.ask(fact.question, "question", history.slice(0, turn));
    const { text, tokens } = await lab.answer(probed, lab.plan(probed, "phrase", budget), { maxTokens: answerTokens });
    answers.push({ text, tokens: tokens.length });
  }
  return answers;
}

/** The first question chooses what stays; all later ones are read behind that. */
async function evictOnce(lab: Lab, text: string, facts: readonly Fact[]): Promise<Answered[]> {
  const { model, template } = lab.loaded;
  await lab.read(text);
  const probed = await lab.ask(facts[0]!.question, 8);
  const answers: Answered[] = [];
  await lab.session(probed, lab.plan(probed, "compresskv", budget), "f16", async (step) => {
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
      answers.push({ text: model.detokenize(said as never[], false), tokens: said.length });
    }
  });
  return answers;
}
