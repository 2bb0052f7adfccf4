import { evenBudgets } from "../budget.ts";
import type { Policy } from "./policy.ts";
import { acrossLayers, allHeads, maxPool, meanOverHeads, phraseTokens, retrievalScores, shareOut, topIndices } from "./scoring.ts";

/** Share of a layer's budget that all layers spend on the same phrases. */
const sharedPart = 0.5;
/** Tokens of a phrase that lie behind its peak: a name is found by the question, and what is said of it follows. */
const behindPeak = 12;
/** Share of what is left that every layer gets, however little it looks at. */
const leastPart = 0.25;

/** The shortest and the longest opening, in answer tokens. */
export const openings = { least: 32, most: 128 };
/** Rows that an opening reads in all: what the shortest one reads behind 7,000 tokens. */
const openingRows = 7000 * openings.least;

/**
 * Folio's own policy, in two halves. The semantic retrieval heads of all layers choose phrases together (17 tokens, most of them behind the peak) that stay
 * in every layer: a fact that a few layers find is there, whole, in every layer that has to read it out. The rest is what writing on takes:
 * single tokens that all heads of a layer look at, shared out among the layers by how much attention they would lose. What the answer's
 * first words attend to counts as much as what the question attends to.
 */
export const phrase: Policy = {
  voters: allHeads,
  budgets: evenBudgets,
  opening: (promptTokens) => Math.min(openings.most, Math.max(openings.least, Math.floor(openingRows / promptTokens))),
  select: (input) => {
    const { heads, first, end, attention, positions, profile } = input;
    const counts = input.counts.map((count) => Math.min(count, end - first));
    const overall = acrossLayers(retrievalScores(input), profile);
    const pooled = maxPool(overall, phraseTokens, behindPeak);
    // Layers of one budget share one choice.
    const choices = new Map([...new Set(counts)].map((count) => [count, topIndices(pooled, Math.floor(count * sharedPart), overall)]));
    const same = counts.map((count) => choices.get(count)!);
    const own = same.map((chosen, layer) => {
      const scores = meanOverHeads(attention(layer), positions, allHeads(heads), first, end);
      for (const t of chosen) scores[t] = -Infinity;
      return scores;
    });
    const left = counts.map((count, layer) => count - same[layer]!.length);
    const shares = shareOut(own, left, leastPart);
    return own.map((scores, layer) => {
      const chosen = [...same[layer]!, ...topIndices(scores, shares[layer]!)];
      return [chosen.sort((a, b) => a - b).map((t) => first + t)];
    });
  },
};
