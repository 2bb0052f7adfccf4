/**
 * Facts planted in texts: of those that the full cache answers, how many each row still answers. As it is used, the default has
 * answers as short as these written by the full cache, in its opening. In a row of its own the opening ends where the fact is to be said, so that
 * the fact is read from what is kept.
 */
import { policies } from "../../main/engine/policies/index.ts";
import type { Lab } from "../lab.ts";
import { type Fact, type FactKind, factAt, isRight, needleText, plantedText } from "../texts.ts";
import { everything, fullQ8, questionAlone, rows, sharesOf } from "./rows.ts";
import { push, type Samples } from "./samples.ts";

export const textTokens = 2000;
const factsPerText = 4;
const answerTokens = 24;
/** Several keys of one kind, keys of different kinds, several values of one key. */
const kinds = ["number", "mixed", "values"] as const satisfies readonly FactKind[];

type Count = { asked: number; answered: number };

/** Texts of 2,000 tokens with four facts each. `kept` is over all of them, `byKind` tells the part of the default by the question alone. */
export async function plantedFacts(lab: Lab, shares: readonly number[], texts: number) {
  const kept: Samples = new Map();
  const byKind: Samples = new Map();
  const counts = Object.fromEntries(kinds.map((kind) => [kind, { asked: 0, answered: 0 }])) as Record<(typeof kinds)[number], Count>;
  const short = lab.beside();
  for (let seed = 1; seed <= texts; seed++) {
    const kind = kinds[seed % kinds.length]!;
    const planted = plantedText("reported", seed, { tokens: textTokens, count: factsPerText, kind, countTokens: lab.countTokens });
    await lab.read(planted.text);
    for (const fact of planted.facts) {
      counts[kind].asked++;
      const { right, options } = judging(fact);
      let probed = await lab.ask(fact.question, "question");
      const full = await lab.answer(probed, null, options);
      if (!right(full.text)) continue;
      counts[kind].answered++;
      const q8 = await lab.answer(probed, everything(lab, probed), { ...options, kvType: "q8_0" });
      push(kept, fullQ8, 1, right(q8.text) ? 1 : 0);
      const opened = {
        cut: await lab.open(probed, openingBefore(lab, full, fact)),
        own: await lab.open(probed, full.tokens.slice(0, policies.phrase.opening!(probed.prompt.tokens.length))),
      };
      for (const row of rows) {
        // Probing another window reads the question again; these rows come last.
        if (row.kind === "policy" && row.window !== probed.window) probed = await lab.ask(fact.question, row.window);
        for (const share of sharesOf(row, shares)) {
          let text: string;
          if (row.kind === "text") {
            await short.read(row.shorten(planted.text, fact.question, Math.round(share * probed.prompt.tokens.length), lab.countTokens));
            text = (await short.answer(await short.ask(fact.question, "question"), null, options)).text;
          } else {
            const from = row.opening === "none" ? probed : opened[row.opening];
            text = (await lab.answer(from, lab.plan(from, row.policy, { kind: "share", share }), options)).text;
          }
          push(kept, row.name, share, right(text) ? 1 : 0);
          if (row.name === questionAlone) push(byKind, kind, share, right(text) ? 1 : 0);
        }
      }
    }
    process.stderr.write(`\rplanted facts: text ${seed} of ${texts}  `);
  }
  process.stderr.write("\n");
  await short.forget();
  return { kept, byKind, counts };
}

/** The beginning of the full cache's answer. The token behind it is drawn from the reading cache, the fact's first from what is kept. */
function openingBefore(lab: Lab, { text, tokens }: { text: string; tokens: readonly number[] }, fact: Fact): number[] {
  const at = factAt(text, fact);
  const before = tokens.findIndex((_, i) => lab.loaded.model.detokenize(tokens.slice(0, i + 1) as never[], false).length > at);
  return tokens.slice(0, Math.max(0, before - 1));
}

/** How an answer is judged, and how long it is: until it is right and a word is over. */
function judging(fact: Fact) {
  const right = (text: string) => isRight(text, fact);
  return { right, options: { maxTokens: answerTokens, enough: (text: string) => right(text) && /\W$/.test(text) } };
}

export const depths = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const depthShare = 0.06;

/** One fact in a text, [length][depth]: how often the full cache answers, and the default at 6 % beside it. */
export async function depthByLength(lab: Lab, lengths: readonly number[], seeds: number) {
  const grid: { tokens: number; depth: number; asked: number; full: number; kept: number }[] = [];
  for (const tokens of lengths) {
    for (const depth of depths) {
      const cell = { tokens, depth, asked: 0, full: 0, kept: 0 };
      for (let seed = 1; seed <= seeds; seed++) {
        const { text, fact } = needleText("reported", 1000 * tokens + seed, { tokens, depth, countTokens: lab.countTokens });
        await lab.read(text);
        const probed = await lab.ask(fact.question, "question");
        const { right, options } = judging(fact);
        cell.asked++;
        if (!right((await lab.answer(probed, null, options)).text)) continue;
        cell.full++;
        if (right((await lab.answer(probed, lab.plan(probed, "phrase", { kind: "share", share: depthShare }), options)).text)) cell.kept++;
      }
      grid.push(cell);
      process.stderr.write(`\rdepth ${depth} of ${tokens} tokens  `);
    }
  }
  process.stderr.write("\n");
  return grid;
}
