/** The small numeric steps that policies are made of: pooling, means over heads, and the choice of the best. */
import type { HeadProfile, PolicyInput } from "./policy.ts";

/** Average over `kernel` neighbours, stride 1; zeros beyond the ends count, so both ends are damped (as the paper's pooling does). */
export function averagePool(scores: Float32Array, kernel: number): Float32Array {
  const reach = (kernel - 1) / 2;
  const pooled = new Float32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    let sum = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(scores.length - 1, i + reach); j++) sum += scores[j]!;
    pooled[i] = sum / kernel;
  }
  return pooled;
}

/**
 * Maximum over `kernel` neighbours, stride 1: a peak lifts the whole phrase around it.
 *
 * @param behind how many of the lifted tokens lie behind the peak; half of them, unless said otherwise
 */
export function maxPool(scores: Float32Array, kernel: number, behind = (kernel - 1) / 2): Float32Array {
  const before = kernel - 1 - behind;
  const pooled = new Float32Array(scores.length);
  for (let i = 0; i < scores.length; i++) {
    let best = -Infinity;
    for (let j = Math.max(0, i - behind); j <= Math.min(scores.length - 1, i + before); j++) if (scores[j]! > best) best = scores[j]!;
    pooled[i] = best;
  }
  return pooled;
}

/** Weighted mean over some heads of the attention [head][position], cut to the positions [first, end). */
export function meanOverHeads(
  attention: Float32Array,
  positions: number,
  heads: readonly number[],
  first: number,
  end: number,
  weights?: readonly number[],
): Float32Array {
  const mean = new Float32Array(end - first);
  const total = weights ? heads.reduce((sum, _, i) => sum + weights[i]!, 0) : heads.length;
  heads.forEach((head, i) => {
    const share = (weights ? weights[i]! : 1) / total;
    const row = attention.subarray(head * positions + first, head * positions + end);
    for (let t = 0; t < row.length; t++) mean[t]! += share * row[t]!;
  });
  return mean;
}

/** Indices of the `count` highest scores, ascending by index. Equal scores go to the higher `tieBreak`, then to the earlier index. */
export function topIndices(scores: Float32Array, count: number, tieBreak: Float32Array = scores): number[] {
  if (count >= scores.length) return Array.from(scores, (_, i) => i);
  if (count <= 0) return [];
  const least = scores.slice().sort()[scores.length - count]!;
  const chosen: number[] = [];
  const ties: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! > least) chosen.push(i);
    else if (scores[i] === least) ties.push(i);
  }
  ties.sort((a, b) => tieBreak[b]! - tieBreak[a]! || a - b);
  return [...chosen, ...ties.slice(0, count - chosen.length)].sort((a, b) => a - b);
}

/**
 * Shares the tokens of all layers out by what each layer would lose: every layer gets a part of its own, the rest goes where the next-highest
 * scores are; equal ones go to the first layers.
 *
 * @param scores [layer][token]; -Infinity cannot be chosen
 * @param counts tokens that each layer would have without this, [layer]
 * @param leastPart the part of these that a layer has in any case, 0 to 1
 * @returns tokens of each layer, [layer], of the same sum
 */
export function shareOut(scores: readonly Float32Array[], counts: readonly number[], leastPart: number): number[] {
  const shares = counts.map((count) => Math.floor(count * leastPart));
  let left = counts.reduce((sum, count, layer) => sum + count - shares[layer]!, 0);
  if (left === 0) return shares;
  // What each layer's next tokens score, falling.
  const next = scores.map((values, layer) => values.slice().sort().reverse().subarray(shares[layer]!));
  const all = new Float32Array(next.reduce((sum, values) => sum + values.length, 0));
  let filled = 0;
  for (const values of next) {
    all.set(values, filled);
    filled += values.length;
  }
  all.sort();
  const least = all[all.length - left]!;
  next.forEach((values, layer) => {
    const above = values.filter((value) => value > least).length;
    shares[layer]! += above;
    left -= above;
  });
  next.forEach((values, layer) => {
    const equal = Math.min(left, values.filter((value) => value === least).length);
    shares[layer]! += equal;
    left -= equal;
  });
  return shares;
}

/** Neighbours that a peak of attention keeps alive with it, for policies that keep phrases: a stated fact and a little room. */
export const phraseTokens = 17;

/** How many semantic retrieval heads of a layer vote (first_k in the paper). Fewer lost facts on a model of 9 heads, too. */
const firstK = 4;

/** Every head of a layer. */
export function allHeads(heads: number): number[] {
  return Array.from({ length: heads }, (_, head) => head);
}

/** The layer's heads by falling semantic retrieval score, or all of them when the model has no profile. */
export function retrievalHeads(heads: number, scores: readonly number[] | undefined): number[] {
  if (scores === undefined) return allHeads(heads);
  return allHeads(heads)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, firstK);
}

/** The mean attention of each layer's semantic retrieval heads to the tokens that may be chosen, [layer][token from first]. */
export function retrievalScores({ counts, heads, first, end, attention, positions, profile }: PolicyInput): Float32Array[] {
  return counts.map((_, layer) => meanOverHeads(attention(layer), positions, retrievalHeads(heads, profile?.scores[layer]), first, end));
}

/** Scores summed over the layers, each weighted by its best retrieval head; [token]. */
export function acrossLayers(perLayer: readonly Float32Array[], profile: HeadProfile | null): Float32Array {
  const sum = new Float32Array(perLayer[0]?.length ?? 0);
  perLayer.forEach((scores, layer) => {
    const weight = profile ? Math.max(0, ...profile.scores[layer]!) : 1;
    for (let t = 0; t < sum.length; t++) sum[t]! += weight * scores[t]!;
  });
  return sum;
}
