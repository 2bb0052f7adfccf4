/**
 * What compression costs in answers: on open questions over real text, how far the next-token distribution moves from the full cache's behind
 * an answer's opening; and of the planted facts that the full cache answers, how many each row still answers. Only texts
 * that nothing was tuned on; seeds fixed.
 */
import { defaultModelFile } from "../../main/engine/models.ts";
import { Lab } from "../lab.ts";
import { writeResult } from "../result.ts";
import { depthByLength, plantedFacts, textTokens } from "./facts.ts";
import { openingTokens, realText } from "./real-text.ts";
import { type Cell, print, tableOf } from "./samples.ts";

const threads = 1;

/** @returns the promises that were broken, one line each */
export async function quality(quick: boolean): Promise<string[]> {
  const shares = quick ? [0.03, 0.06, 0.12] : [0.01, 0.03, 0.06, 0.12, 0.25, 0.5];
  const lab = await Lab.open(defaultModelFile(), threads);
  try {
    const began = performance.now();
    const real = await realText(lab, shares, quick ? 4 : 12);
    const [divergence, agreement] = [tableOf(real.divergences), tableOf(real.agreement)];
    print(divergence, `KL divergence to the full cache behind an answer's first ${openingTokens} tokens, nats`, shares);
    print(agreement, "tokens there that are the full cache's first choice too, share", shares);
    const planted = await plantedFacts(lab, shares, quick ? 3 : 15);
    const kept = tableOf(planted.kept);
    for (const [kind, { asked, answered }] of Object.entries(planted.counts)) {
      console.log(`${kind}: the full cache answers ${answered} of ${asked}`);
    }
    print(
      kept,
      "planted facts answered, share of those that the full cache answers; the default's opening writes them, if it is not cut",
      shares,
    );
    print(tableOf(planted.byKind), "the default by the question alone, by kind of fact", shares);
    const depths = await depthByLength(lab, quick ? [1000] : [500, 1000, 2000], 1);
    console.log(
      `\none fact in a text, by length and depth: right with the default by the question alone at 6 % / with the full cache / asked`,
    );
    for (const { tokens, depth, asked, full, kept } of depths)
      console.log(`${tokens} tokens, depth ${depth}: ${kept} / ${full} / ${asked}`);
    writeResult("quality", quick, {
      model: lab.loaded.info.name,
      profile: lab.loaded.info.profile,
      shares,
      textTokens,
      realText: { openingTokens, answerTokens: real.lengths, divergence, agreement },
      planted: { counts: planted.counts, kept, byKind: tableOf(planted.byKind) },
      depths,
      minutes: (performance.now() - began) / 60_000,
      processorMinutes: process.cpuUsage().user / 60e6,
    });
    return [
      ...behind(divergence, "phrase", -1, "closer to the full cache than"),
      ...behind(kept, "phrase", 1, "ahead in planted facts of"),
    ];
  } finally {
    await lab.close();
  }
}

/** What the default has to be ahead of, and where. */
const others = ["snapkv", "pyramidkv", "streaming", "truncation", "BM25 retrieval"];
const promised = [0.03, 0.06, 0.12];

/** Where a row is not ahead of the others. @param sign 1 where more is better, -1 where less is */
function behind(cells: readonly Cell[], name: string, sign: 1 | -1, words: string): string[] {
  const mean = (row: string, share: number) => cells.find((cell) => cell.name === row && cell.share === share)?.mean ?? Number.NaN;
  return promised.flatMap((share) =>
    others
      .filter((other) => !(sign * mean(name, share) > sign * mean(other, share)))
      .map((other) => `at ${share * 100} % ${name} is ${words} ${other}`),
  );
}
