/** Questions over real text: how far the next-token distribution moves from the full cache's, teacher-forced along its answer. */
import { readFileSync } from "node:fs";
import { divergence, indexOfMax, type Lab, type Probed } from "../lab.ts";
import { essays } from "../texts.ts";
import { answerTokens, keptBy, type Row, rows } from "./rows.ts";
import { mean, push, type Samples } from "./samples.ts";

export async function realText(lab: Lab, shares: readonly number[], most: number) {
  const all = JSON.parse(readFileSync(new URL("../data/reported/questions.json", import.meta.url), "utf8")) as Record<string, string[]>;
  const texts = essays("reported");
  const divergences: Samples = new Map();
  const agreement: Samples = new Map();
  const short = lab.beside();
  let questions = 0;
  for (let i = 0; i + 1 < texts.length && questions < most; i += 2) {
    // Two essays make a text of about 2,000 tokens.
    const text = `${texts[i]!.text}\n\n${texts[i + 1]!.text}`;
    await lab.read(text);
    for (const question of [...all[texts[i]!.name]!, ...all[texts[i + 1]!.name]!].slice(0, questionsPerText(most))) {
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
  return { divergences, agreement, questions };
}

/** Questions asked of one pair of essays: few when few are wanted, so that they come from different ones. */
function questionsPerText(most: number): number {
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
  if (row.kind === "policy") return await lab.follow(probed, await keptBy(lab, row, probed, share), answer);
  await short.read(row.shorten(text, question, Math.round(share * probed.prompt.tokens.length), lab.countTokens));
  return await short.follow(await short.ask(question, "question"), null, answer);
}
