/**
 * What compression costs in answers: of the planted facts that the full cache answers, how many are still answered; and on questions
 * over real text, how far the next-token distribution moves from the full cache's (teacher-forced along its answer). Only texts that
 * nothing was tuned on; seeds fixed.
 */
import { readFileSync } from "node:fs";
import type { Window } from "../main/engine/keep.ts";
import { defaultModelFile } from "../main/engine/models.ts";
import { mulberry32 } from "../main/engine/policies/random.ts";
import { type PolicyName, policyNames } from "../preload/api.ts";
import { retrieve, truncate } from "./baselines.ts";
import { divergence, indexOfMax, type Kept, Lab, type Probed } from "./lab.ts";
import { writeResult } from "./result.ts";
import { essays, isRight, plantedText } from "./texts.ts";

const threads = 1;
const textTokens = 2000;
const factsPerText = 4;
const answerTokens = 24;

type Row = { name: string } & (
  | { kind: "policy"; policy: Exclude<PolicyName, "full">; window: Window; turn: boolean }
  | { kind: "text"; shorten(text: string, question: string, tokens: number, countTokens: (text: string) => number): string }
);

const rows: Row[] = [
  ...policyNames
    .filter((policy) => policy !== "full")
    .map((policy): Row => ({ name: policy, kind: "policy", policy, window: "question", turn: true })),
  { name: "phrase, question alone", kind: "policy", policy: "phrase", window: "question", turn: false },
  { name: "compresskv, window 8", kind: "policy", policy: "compresskv", window: 8, turn: true },
  { name: "truncation", kind: "text", shorten: truncate },
  { name: "BM25 retrieval", kind: "text", shorten: retrieve },
];

/** Measured values of one row at one kept share; `share` 1 is everything. */
type Samples = Map<string, number[]>;

/** @returns the promises that were broken, one line each */
export async function quality(quick: boolean): Promise<string[]> {
  const shares = quick ? [0.03, 0.06, 0.12] : [0.01, 0.03, 0.06, 0.12, 0.25, 0.5];
  const lab = await Lab.open(defaultModelFile(), threads);
  try {
    const began = performance.now();
    const planted = await plantedFacts(lab, shares, quick ? 6 : 40);
    const table = (samples: Samples) => [...samples].map(([key, values]) => ({ ...parseKey(key), ...interval(values) }));
    console.log(`the full cache answers ${planted.answered} of ${planted.asked}`);
    print(table(planted.kept), "planted facts kept, share of those that the full cache answers", shares);
    const real = await realText(lab, shares, quick ? 4 : 36);
    const result = {
      model: lab.loaded.info.name,
      profile: lab.loaded.info.profile,
      shares,
      textTokens,
      planted: { asked: planted.asked, answeredByFull: planted.answered, kept: table(planted.kept) },
      realText: { questions: real.questions, divergence: table(real.divergence), agreement: table(real.agreement) },
      minutes: (performance.now() - began) / 60_000,
    };
    writeResult("quality", quick, result);
    print(result.realText.divergence, "KL divergence to the full cache over real text, nats", shares);
    return check(planted.kept);
  } finally {
    await lab.close();
  }
}

async function plantedFacts(lab: Lab, shares: readonly number[], texts: number) {
  const kept: Samples = new Map();
  const short = lab.beside();
  let [asked, answered] = [0, 0];
  for (let seed = 1; seed <= texts; seed++) {
    const kind = seed % 2 === 1 ? "number" : "mixed";
    const planted = plantedText("reported", seed, { tokens: textTokens, count: factsPerText, kind, countTokens: lab.countTokens });
    await lab.read(planted.text);
    for (const fact of planted.facts) {
      asked++;
      const probed = await lab.ask(fact.question, "question");
      const full = await lab.answer(probed, null, answerTokens);
      if (!isRight(full.text, fact)) continue;
      answered++;
      const right = (text: string) => (isRight(text, fact) ? 1 : 0);
      const { layers } = lab.loaded.info;
      const all: Kept = Array.from({ length: layers }, () => [probed.prompt.tokens.map((_, position) => position)]);
      push(kept, "full, q8_0 rows", 1, right((await lab.answer(probed, all, answerTokens, "q8_0")).text));
      for (const share of shares) {
        for (const row of rows) {
          if (row.kind === "text") {
            const budget = Math.round(share * probed.prompt.tokens.length);
            await short.read(row.shorten(planted.text, fact.question, budget, lab.countTokens));
            const answer = await short.answer(await short.ask(fact.question, "question"), null, answerTokens);
            push(kept, row.name, share, right(answer.text));
          } else if (row.window === "question") {
            push(kept, row.name, share, right(await answer(lab, row, probed, share)));
          }
        }
      }
      // Probing another window reads the question again, so it comes last.
      for (const row of rows) {
        if (row.kind === "text" || row.window === "question") continue;
        const again = await lab.ask(fact.question, row.window);
        for (const share of shares) push(kept, row.name, share, right(await answer(lab, row, again, share)));
      }
    }
    process.stderr.write(`\rplanted facts: text ${seed} of ${texts}, ${answered} of ${asked} answered by the full cache  `);
  }
  process.stderr.write("\n");
  await short.forget();
  return { kept, asked, answered };
}

async function realText(lab: Lab, shares: readonly number[], most: number) {
  const all = JSON.parse(readFileSync(new URL("./data/reported/questions.json", import.meta.url), "utf8")) as Record<string, string[]>;
  const texts = essays("reported");
  const divergences: Samples = new Map();
  const agreement: Samples = new Map();
  const short = lab.beside();
  let questions = 0;
  for (let i = 0; i + 1 < texts.length && questions < most; i += 2) {
    // Two essays make a text of about 2,000 tokens.
    const text = `${texts[i]!.text}\n\n${texts[i + 1]!.text}`;
    await lab.read(text);
    for (const question of [...all[texts[i]!.name]!, ...all[texts[i + 1]!.name]!].slice(0, quickest(most))) {
      questions++;
      let probed = await lab.ask(question, "question");
      const full = await lab.answer(probed, null, answerTokens);
      for (const row of rows) {
        if (row.kind === "policy" && row.window !== "question") probed = await lab.ask(question, row.window);
        for (const share of shares) {
          const logits = await follow(lab, short, row, probed, share, text, question, full.tokens);
          // The first token is predicted while the prompt is read, from the full cache.
          const steps = full.logits.slice(1).map((truth, step) => ({ truth, other: logits[step + 1]! }));
          if (steps.length === 0) continue;
          push(divergences, row.name, share, mean(steps.map(({ truth, other }) => divergence(truth, other))));
          push(agreement, row.name, share, mean(steps.map(({ truth, other }) => (indexOfMax(truth) === indexOfMax(other) ? 1 : 0))));
        }
      }
      process.stderr.write(`\rreal text: question ${questions}  `);
    }
  }
  process.stderr.write("\n");
  await short.forget();
  return { divergence: divergences, agreement, questions };
}

/** Questions asked of one pair of essays: few when few are wanted, so that they come from different ones. */
function quickest(most: number): number {
  return most <= 6 ? 2 : 6;
}

/** The logits after each token of the full cache's answer, when a row's cache or shortened text has to predict them. */
async function follow(
  lab: Lab,
  short: Lab,
  row: Row,
  probed: Probed,
  share: number,
  text: string,
  question: string,
  answer: readonly number[],
): Promise<Float32Array[]> {
  if (row.kind === "policy") return await lab.follow(probed, await select(lab, row, probed, share), answer);
  await short.read(row.shorten(text, question, Math.round(share * probed.prompt.tokens.length), lab.countTokens));
  return await short.follow(await short.ask(question, "question"), null, answer);
}

async function answer(lab: Lab, row: Extract<Row, { kind: "policy" }>, probed: Probed, share: number): Promise<string> {
  if (row.turn) return (await lab.turn(probed, row.policy, { kind: "share", share }, answerTokens)).text;
  return (await lab.answer(probed, await select(lab, row, probed, share), answerTokens)).text;
}

async function select(lab: Lab, row: Extract<Row, { kind: "policy" }>, probed: Probed, share: number): Promise<Kept> {
  const budget = { kind: "share" as const, share };
  return row.turn ? (await lab.turn(probed, row.policy, budget, 1 + answerTokens)).kept : lab.plan(probed, row.policy, budget);
}

function push(samples: Samples, name: string, share: number, value: number): void {
  const key = `${name}|${share}`;
  const values = samples.get(key);
  if (values) values.push(value);
  else samples.set(key, [value]);
}

function parseKey(key: string): { name: string; share: number } {
  const at = key.lastIndexOf("|");
  return { name: key.slice(0, at), share: Number(key.slice(at + 1)) };
}

/** Mean with the 95 % interval of 2,000 bootstrap resamples. */
function interval(values: readonly number[]): { mean: number; low: number; high: number; count: number } {
  const random = mulberry32(7);
  const means = Array.from({ length: 2000 }, () => mean(values.map(() => values[Math.floor(random() * values.length)]!))).sort(
    (a, b) => a - b,
  );
  return { mean: mean(values), low: means[50]!, high: means[1949]!, count: values.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function print(
  table: readonly { name: string; share: number; mean: number; low: number; high: number }[],
  title: string,
  shares: readonly number[],
): void {
  console.log(`\n${title}\n${"".padEnd(24)}${shares.map((share) => `${share * 100} %`.padStart(20)).join("")}`);
  for (const name of new Set(table.map((entry) => entry.name))) {
    const cells = [...shares, 1]
      .map((share) => table.find((entry) => entry.name === name && entry.share === share))
      .filter((entry) => entry !== undefined);
    console.log(
      name.padEnd(24) +
        cells.map(({ mean, low, high }) => `${mean.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`.padStart(20)).join(""),
    );
  }
}

/** Of the planted facts that the full cache answers, the default keeps at least this share. */
const promised: readonly [share: number, least: number][] = [
  [0.12, 0.9],
  [0.06, 0.9],
  [0.03, 0.75],
];

function check(kept: Samples): string[] {
  return promised
    .filter(([share, least]) => mean(kept.get(`phrase|${share}`) ?? [0]) < least)
    .map(([share, least]) => `at ${share * 100} % the default policy keeps at least ${least * 100} % of the planted facts`);
}
