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
    const binOf = document.tokens.map((_, token) => binOfToken(document, token));
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
function binOfToken({ text, tokens, slices }: Pick<TokenizedText, "text" | "tokens" | "slices">, token: number): number {
  const index = slices.findLastIndex((slice) => slice.token <= token);
  const slice = slices[index] ?? { character: 0, token: 0 };
  const next = slices[index + 1] ?? { character: text.length, token: tokens.length };
  const share = (token - slice.token) / Math.max(1, next.token - slice.token);
  const character = slice.character + share * (next.character - slice.character);
  return Math.min(bins - 1, Math.floor((bins * character) / Math.max(1, text.length)));
}
