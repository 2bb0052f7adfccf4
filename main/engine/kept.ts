/** Where in the documents the answering cache kept tokens, coarse enough to draw. Pure. */
import type { TokenizedText } from "./prompt.ts";

/** Equal parts of a document's text. */
const bins = 200;

/**
 * The mean share of layers (and KV heads) that kept the tokens of each part of each document, 0 to 1: [document][part].
 *
 * @param documentStarts first position of each document, and where the last one ends
 * @param kept positions kept, [layer][set][position]; null means everything
 */
export function keptShares(
  documentStarts: readonly number[],
  documents: readonly Pick<TokenizedText, "text" | "tokens" | "slices">[],
  kept: readonly (readonly (readonly number[])[])[] | null,
): number[][] {
  return documents.map((document, i) => {
    const from = documentStarts[i]!;
    const parts = new Array<number>(bins).fill(0);
    const binOf = binsOfTokens(document);
    const tokens = new Array<number>(bins).fill(0);
    for (const bin of binOf) tokens[bin]!++;
    if (kept === null) return tokens.map((count) => Number(count > 0));
    for (const sets of kept) {
      for (const set of sets) {
        for (const position of set) {
          const bin = binOf[position - from];
          if (bin !== undefined) parts[bin]! += 1 / (sets.length * kept.length);
        }
      }
    }
    return parts.map((sum, bin) => Math.round((1000 * sum) / Math.max(1, tokens[bin]!)) / 1000);
  });
}

/** Tokens are taken to be equally long within a slice: exact to a fraction of a part, and nothing has to be decoded. */
function binsOfTokens({ text, tokens, slices }: Pick<TokenizedText, "text" | "tokens" | "slices">): Uint8Array {
  const binOf = new Uint8Array(tokens.length);
  slices.forEach(({ character, token }, i) => {
    const next = slices[i + 1] ?? { character: text.length, token: tokens.length };
    const length = (next.character - character) / Math.max(1, next.token - token);
    for (let t = token; t < next.token; t++) {
      binOf[t] = Math.min(bins - 1, Math.floor((bins * (character + (t - token) * length)) / Math.max(1, text.length)));
    }
  });
  return binOf;
}
