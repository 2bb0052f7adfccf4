/** Facts planted in texts: of those that the full cache answers, how many each row still answers. */
import type { Kept, Lab } from "../lab.ts";
import { type FactKind, isRight, needleText, plantedText } from "../texts.ts";
import { answerFrom, answerTokens, rows } from "./rows.ts";
import { push, type Samples } from "./samples.ts";

export const textTokens = 2000;
const factsPerText = 4;
/** Several keys of one kind, keys of different kinds, several values of one key. */
const kinds = ["number", "mixed", "values"] as const satisfies readonly FactKind[];

type Count = { asked: number; answered: number };

/** Texts of 2,000 tokens with four facts each. `kept` is over all of them, `byKind` tells the default's part. */
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
      const probed = await lab.ask(fact.question, "question");
      const full = await lab.answer(probed, null, answerTokens);
      if (!isRight(full.text, fact)) continue;
      counts[kind].answered++;
      const right = (text: string) => (isRight(text, fact) ? 1 : 0);
      const all: Kept = Array.from({ length: lab.loaded.info.layers }, () => [probed.prompt.tokens.map((_, position) => position)]);
      push(kept, "full, q8_0 rows", 1, right((await lab.answer(probed, all, answerTokens, "q8_0")).text));
      for (const share of shares) {
        for (const row of rows) {
          if (row.kind === "text") {
            const tokens = Math.round(share * probed.prompt.tokens.length);
            await short.read(row.shorten(planted.text, fact.question, tokens, lab.countTokens));
            const answer = await short.answer(await short.ask(fact.question, "question"), null, answerTokens);
            push(kept, row.name, share, right(answer.text));
          } else if (row.window === "question") {
            const value = right(await answerFrom(lab, row, probed, share));
            push(kept, row.name, share, value);
            if (row.name === "phrase") push(byKind, kind, share, value);
          }
        }
      }
      // Probing another window reads the question again, so it comes last.
      for (const row of rows) {
        if (row.kind === "text" || row.window === "question") continue;
        const again = await lab.ask(fact.question, row.window);
        for (const share of shares) push(kept, row.name, share, right(await answerFrom(lab, row, again, share)));
      }
    }
    process.stderr.write(`\rplanted facts: text ${seed} of ${texts}  `);
  }
  process.stderr.write("\n");
  await short.forget();
  return { kept, byKind, counts };
}

export const depths = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const depthShare = 0.06;

/** One fact in a text, [length][depth]: how often the full cache answers, and the default at 6 % beside it. */
export async function depthByLength(lab: Lab, lengths: readonly number[], seeds: number) {
  const grid: { tokens: number; depth: number; asked: number; full: number; kept: number }[] = [];
  const row = rows.find(({ name }) => name === "phrase")!;
  if (row.kind !== "policy") throw new Error("phrase is a policy");
  for (const tokens of lengths) {
    for (const depth of depths) {
      const cell = { tokens, depth, asked: 0, full: 0, kept: 0 };
      for (let seed = 1; seed <= seeds; seed++) {
        const { text, fact } = needleText("reported", 1000 * tokens + seed, { tokens, depth, countTokens: lab.countTokens });
        await lab.read(text);
        const probed = await lab.ask(fact.question, "question");
        cell.asked++;
        if (!isRight((await lab.answer(probed, null, answerTokens)).text, fact)) continue;
        cell.full++;
        if (isRight(await answerFrom(lab, row, probed, depthShare), fact)) cell.kept++;
      }
      grid.push(cell);
      process.stderr.write(`\rdepth ${depth} of ${tokens} tokens  `);
    }
  }
  process.stderr.write("\n");
  return grid;
}
