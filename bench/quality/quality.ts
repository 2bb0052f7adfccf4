/**
 * What compression costs in answers: of the planted facts that the full cache answers, how many are still answered; and on questions
 * over real text, how far the next-token distribution moves from the full cache's. Only texts that nothing was tuned on; seeds fixed.
 */
import { defaultModelFile } from "../../main/engine/models.ts";
import { Lab } from "../lab.ts";
import { writeResult } from "../result.ts";
import { depthByLength, plantedFacts, textTokens } from "./facts.ts";
import { realText } from "./real-text.ts";
import { type Cell, print, tableOf } from "./samples.ts";

const threads = 1;

/** @returns the promises that were broken, one line each */
export async function quality(quick: boolean): Promise<string[]> {
  const shares = quick ? [0.03, 0.06, 0.12] : [0.01, 0.03, 0.06, 0.12, 0.25, 0.5];
  const lab = await Lab.open(defaultModelFile(), threads);
  try {
    const began = performance.now();
    const planted = await plantedFacts(lab, shares, quick ? 6 : 12);
    const kept = tableOf(planted.kept);
    for (const [kind, { asked, answered }] of Object.entries(planted.counts)) {
      console.log(`${kind}: the full cache answers ${answered} of ${asked}`);
    }
    print(kept, "planted facts kept, share of those that the full cache answers", shares);
    print(tableOf(planted.byKind), "the default alone, by kind of fact", shares);
    const depths = await depthByLength(lab, quick ? [1000] : [500, 1000, 2000], quick ? 1 : 2);
    console.log(`\none fact in a text, by length and depth: right with the default at 6 % / with the full cache / asked`);
    for (const { tokens, depth, asked, full, kept } of depths)
      console.log(`${tokens} tokens, depth ${depth}: ${kept} / ${full} / ${asked}`);
    const real = await realText(lab, shares, quick ? 4 : 8);
    const divergence = tableOf(real.divergences);
    print(divergence, "KL divergence to the full cache over real text, nats", shares);
    writeResult("quality", quick, {
      model: lab.loaded.info.name,
      profile: lab.loaded.info.profile,
      shares,
      textTokens,
      planted: { counts: planted.counts, kept, byKind: tableOf(planted.byKind) },
      depths,
      realText: { questions: real.questions, divergence, agreement: tableOf(real.agreement) },
      minutes: (performance.now() - began) / 60_000,
    });
    return check(kept);
  } finally {
    await lab.close();
  }
}

/** Of the planted facts that the full cache answers, the default keeps at least this share. */
const promised: readonly [share: number, least: number][] = [
  [0.12, 0.9],
  [0.06, 0.9],
  [0.03, 0.75],
];

function check(kept: readonly Cell[]): string[] {
  return promised
    .filter(([share, least]) => (kept.find((cell) => cell.name === "phrase" && cell.share === share)?.mean ?? 0) < least)
    .map(([share, least]) => `at ${share * 100} % the default policy keeps at least ${least * 100} % of the planted facts`);
}
