/** From attention to passages: which sentences of the documents the retrieval heads looked at and the cache kept. */
import type { LlamaModel } from "node-llama-cpp";
import type { HeadProfile, PolicyInput } from "./policies/policy.ts";
import { allHeads, averagePool } from "./policies/scoring.ts";
import { charactersOfTokens, type Prompt, type TokenizedText } from "./prompt.ts";
import { sentenceAround } from "./sentences.ts";

/** A passage of one document, as character offsets in its text; `score` is its share of the best passage's attention, 0 to 1. */
export type Passage = { documentIndex: number; start: number; end: number; score: number };

/** What was probed, and which heads count. */
type AttentionInput = Pick<PolicyInput, "layers" | "heads" | "attention" | "positions" | "profile">;

const mostPassages = 5;
/** Passages with less than this share of the best one's attention are not shown. */
const leastShare = 0.2;
/** Heads with less than this share of the best head's retrieval score say nothing about evidence. */
const leastHeadShare = 0.25;
/** Tokens over which attention is averaged before the highest point is looked for. */
const peakTokens = 9;

/**
 * The passages that the answer rests on, best first. A token counts by the attention of its layers' retrieval heads, in the layers that kept it.
 *
 * @param kept positions kept, [layer][set][position]; null means everything
 */
export function findEvidence(
  model: LlamaModel,
  prompt: Prompt,
  documents: readonly TokenizedText[],
  input: AttentionInput,
  kept: readonly (readonly (readonly number[])[])[] | null,
): Passage[] {
  const from = prompt.documentStarts[0]!;
  const to = prompt.documentStarts.at(-1)!;
  const scores = averagePool(retrievalAttention(input, kept, from, to), peakTokens);
  const passages: Passage[] = [];
  let best = 0;
  for (let tries = 0; passages.length < mostPassages && tries < 4 * mostPassages; tries++) {
    const peak = indexOfMax(scores);
    const score = scores[peak] ?? 0;
    if (score <= 0 || score < leastShare * best) break;
    best ||= score;
    const documentIndex = prompt.documentStarts.findLastIndex((start, i) => i < documents.length && start <= from + peak);
    const offset = prompt.documentStarts[documentIndex]! - from;
    const document = documents[documentIndex]!;
    const token = Math.min(peak - offset, document.tokens.length - 1);
    const at = charactersOfTokens(model, document, token, token + 1);
    const { start, end } = sentenceAround(document.text, at.start, at.end);
    // The whole sentence is spoken for, and its neighbourhood with it.
    for (let t = Math.max(0, peak - peakTokens); t <= Math.min(scores.length - 1, peak + peakTokens); t++) scores[t] = 0;
    const overlaps = passages.some((other) => other.documentIndex === documentIndex && other.start < end && start < other.end);
    if (!overlaps && end > start) passages.push({ documentIndex, start, end, score: score / best });
  }
  return passages;
}

/**
 * How much the retrieval heads of all layers attend to each position in [from, to).
 *
 * @param kept only what layers kept counts, [layer][set][position]; null means everything
 */
export function retrievalAttention(
  { layers, heads, attention, positions, profile }: AttentionInput,
  kept: readonly (readonly (readonly number[])[])[] | null,
  from: number,
  to: number,
): Float32Array {
  const total = new Float32Array(to - from);
  for (let layer = 0; layer < layers; layer++) {
    const voters = evidenceHeads(heads, layer, profile);
    if (voters.length === 0) continue;
    const mass = attention(layer);
    const scores = new Float32Array(to - from);
    for (const { head, weight } of voters) {
      const row = mass.subarray(head * positions + from, head * positions + to);
      for (let t = 0; t < row.length; t++) scores[t]! += weight * row[t]!;
    }
    if (kept === null) {
      for (let t = 0; t < total.length; t++) total[t]! += scores[t]!;
      continue;
    }
    const sets = kept[layer]!;
    for (const set of sets) {
      for (const position of set) {
        if (position >= from && position < to) total[position - from]! += scores[position - from]! / sets.length;
      }
    }
  }
  return total;
}

/** The heads of a layer that point at evidence, weighted by how well they retrieve; most layers of a calibrated model have none. */
function evidenceHeads(heads: number, layer: number, profile: HeadProfile | null): { head: number; weight: number }[] {
  if (profile === null) return allHeads(heads).map((head) => ({ head, weight: 1 }));
  const best = Math.max(...profile.scores.flat());
  return profile.scores[layer]!.map((weight, head) => ({ head, weight })).filter(({ weight }) => weight >= leastHeadShare * best);
}

function indexOfMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
