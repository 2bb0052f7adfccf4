/**
 * Open questions over real text: how far the next-token distribution moves from the full cache's behind an answer's opening, teacher-forced
 * along the full cache's answer. The opening's own tokens count for no row, since the default has the full cache write them. Answers are drawn
 * with a fixed seed: greedy ones of a small model soon say the same again and again, which every cache predicts.
 */
import { readFileSync } from "node:fs";
import { openings } from "../../main/engine/policies/phrase.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { divergence, drawn, indexOfMax, type Lab, type Probed } from "../lab.ts";
import { essays } from "../texts.ts";
import { everything, fullQ8, type Row, rows, sharesOf } from "./rows.ts";
import { mean, push, type Samples } from "./samples.ts";

/** Tokens that the default's answer begins with while the full cache is there: as behind long documents. Behind texts as short as these it has more. */
export const openingTokens = openings.least;
/** Tokens behind the opening that are compared: at most, and at least for an answer to count. */
const compared = { most: 48, least: 16 };
const temperature = 0.7;

/** @param most questions to ask, at most */
export async function realText(lab: Lab, shares: readonly number[], most: number) {
  const questions = JSON.parse(readFileSync(new URL("../data/reported/questions.json", import.meta.url), "utf8")) as Record<
    string,
    string[]
  >;
  const texts = essays("reported");
  const divergences: Samples = new Map();
  const agreement: Samples = new Map();
  const lengths: number[] = [];
  const short = lab.beside();
  // Two essays make a text of about 2,000 tokens.
  const pairs = Array.from({ length: texts.length >> 1 }, (_, i) => texts.slice(2 * i, 2 * i + 2));
  const asked = Math.ceil(most / pairs.length);
  for (const [i, pair] of pairs.slice(0, most).entries()) {
    const text = pair.map((essay) => essay.text).join("\n\n");
    await lab.read(text);
    // The first question of each essay, then the second.
    const open = [0, 1].flatMap((nth) => pair.map(({ name }) => questions[name]![nth]!)).slice(0, asked);
    for (const [k, question] of open.entries()) {
      let probed = await lab.ask(question, "question");
      const choose = drawn(mulberry32(100 * i + k), temperature);
      const full = await lab.answer(probed, null, { maxTokens: openingTokens + compared.most, choose });
      lengths.push(full.tokens.length);
      if (full.tokens.length < openingTokens + compared.least) continue;
      const fed = full.tokens.slice(0, -1);
      const measure = (name: string, share: number, logits: readonly Float32Array[]) => {
        // Logits end with those of the answer's last token.
        const steps = full.logits.slice(openingTokens, full.tokens.length).map((truth, step, all) => {
          return { truth, other: logits[logits.length - all.length + step]! };
        });
        push(divergences, name, share, mean(steps.map(({ truth, other }) => divergence(truth, other))));
        push(agreement, name, share, mean(steps.map(({ truth, other }) => (indexOfMax(truth) === indexOfMax(other) ? 1 : 0))));
      };
      measure(fullQ8, 1, await lab.follow(probed, everything(lab, probed), fed, "q8_0"));
      // Its last token is drawn from the reading cache and decoded from what is kept.
      const opened = await lab.open(probed, fed.slice(0, openingTokens - 1));
      for (const row of rows) {
        // No single fact is asked for here.
        if (row.kind === "policy" && row.opening === "cut") continue;
        if (row.kind === "policy" && row.window !== "question") probed = await lab.ask(question, row.window);
        for (const share of sharesOf(row, shares)) {
          const from = row.kind === "policy" && row.opening === "own" ? opened : probed;
          measure(row.name, share, await follow(lab, short, row, from, share, text, question, fed));
        }
      }
      process.stderr.write(`\rreal text: question ${lengths.length}  `);
    }
  }
  process.stderr.write("\n");
  await short.forget();
  return { divergences, agreement, lengths };
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
  if (row.kind === "policy") return await lab.follow(probed, lab.plan(probed, row.policy, { kind: "share", share }), answer);
  await short.read(row.shorten(text, question, Math.round(share * probed.prompt.tokens.length), lab.countTokens));
  return await short.follow(await short.ask(question, "question"), null, answer);
}
