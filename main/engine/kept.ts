/** Where in the documents the answering cache kept tokens, coarse enough to draw. Pure. */
import type { Excerpt } from "./excerpt.ts";
import type { TokenizedText } from "./prompt.ts";

/** Equal parts of a document's text. */
const bins = 200;

/**
 * The mean share of layers (and KV heads) that kept the tokens of each part of each document, 0 to 1: [document][part]. What was not read
 * was not kept.
 *
 * @param excerptStarts first position of each excerpt, and where the last one ends
 * @param kept positions kept, [layer][set][position]; null means everything
 */
export function keptShares(
  excerptStarts: readonly number[],
  excerpts: readonly Excerpt[],
  documents: readonly TokenizedText[],
  kept: readonly (readonly (readonly number[])[])[] | null,
): number[][] {
  return documents.map((document, documentIndex) => {
    const all = new Array<number>(bins).fill(0);
    for (const bin of binsOfTokens(document, slicesOf(document), document.text.length)) all[bin]!++;
    const at = excerpts.findIndex((excerpt) => excerpt.documentIndex === documentIndex);
    if (at < 0) return all.fill(0);
    const parts = keptOf(binsOfExcerpt(excerpts[at]!), excerptStarts[at]!, kept);
    return parts.map((sum, bin) => Math.min(1, Math.round((1000 * sum) / Math.max(1, all[bin]!)) / 1000));
  });
}

/** Tokens kept of each part, as a mean over layers and sets. */
function keptOf(binOf: Uint8Array, from: number, kept: readonly (readonly (readonly number[])[])[] | null): number[] {
  const parts = new Array<number>(bins).fill(0);
  if (kept === null) {
    for (const bin of binOf) parts[bin]!++;
    return parts;
  }
  for (const sets of kept) {
    for (const set of sets) {
      for (const position of set) {
        const bin = binOf[position - from];
        if (bin !== undefined) parts[bin]! += 1 / (sets.length * kept.length);
      }
    }
  }
  return parts;
}

/** Characters [start, end) of a document, and the tokens [from, to) that stand for them. */
type Slice = { start: number; end: number; from: number; to: number };

function slicesOf({ text, tokens, slices }: TokenizedText): Slice[] {
  return slices.map(({ character, token }, i) => {
    const next = slices[i + 1] ?? { character: text.length, token: tokens.length };
    return { start: character, end: next.character, from: token, to: next.token };
  });
}

/** A part of a document has one piece, and slices of its own; passages have a slice for each piece. */
function binsOfExcerpt({ document, text, pieces }: Excerpt): Uint8Array {
  const slices = slicesOf(text).map((slice, i) => {
    const { at, start } = pieces.length === 1 ? pieces[0]! : pieces[i]!;
    return { ...slice, start: slice.start - at + start, end: slice.end - at + start };
  });
  return binsOfTokens(text, slices, document.text.length);
}

/** Tokens are taken to be equally long within a slice: exact to a fraction of a part, and nothing has to be decoded. */
function binsOfTokens({ tokens }: TokenizedText, slices: readonly Slice[], characters: number): Uint8Array {
  const binOf = new Uint8Array(tokens.length);
  for (const { start, end, from, to } of slices) {
    const length = (end - start) / Math.max(1, to - from);
    for (let t = from; t < to; t++)
      binOf[t] = Math.min(bins - 1, Math.floor((bins * (start + (t - from) * length)) / Math.max(1, characters)));
  }
  return binOf;
}
