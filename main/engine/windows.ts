/** Documents that are longer than the model's context are read in windows: cut at sentence ends, each read by itself. Pure but for its breaths. */
import type { Tokenize } from "./excerpt.ts";
import type { TokenizedText } from "./prompt.ts";
import { pieceEnd, sentencesOf } from "./sentences.ts";

/** The characters [start, end) of a document; its text's slices are sentences. */
export type ReadingWindow = { documentIndex: number; start: number; end: number; text: TokenizedText };

/** Share of the context that a window's text takes; template, last exchange and question have the rest. */
const shareOfContext = 0.7;
/** Longer windows would take more memory at once, and small models lose themselves in them. */
const longestWindow = 4096;
/** The last part of a window in which a paragraph's end is a better place to cut than a later sentence's. */
const cutWithin = 0.25;
/** Sentences tokenised before others get their turn. */
const sentencesAtOnce = 50;

/** Tokens of a document that a window holds at most. */
export function windowTokens(contextLength: number): number {
  return Math.min(longestWindow, Math.floor(shareOfContext * contextLength));
}

/** Cuts a document into windows of at most `most` tokens (16 at least): every character is in exactly one. */
export async function cutWindows(tokenize: Tokenize, text: string, documentIndex: number, most: number): Promise<ReadingWindow[]> {
  const windows: ReadingWindow[] = [];
  let waiting: Piece[] = [];
  let length = 0;
  const close = (count: number) => {
    windows.push(joined(text, documentIndex, waiting.slice(0, count)));
    waiting = waiting.slice(count);
    length = waiting.reduce((sum, { tokens }) => sum + tokens.length, 0);
  };
  let done = 0;
  for (const { start, end } of sentencesOf(text)) {
    for (const piece of fitting(tokenize, text, start, end, most)) {
      while (waiting.length > 0 && length + piece.tokens.length > most) close(paragraphEnd(text, waiting, (1 - cutWithin) * most));
      waiting.push(piece);
      length += piece.tokens.length;
    }
    if (++done % sentencesAtOnce === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  if (waiting.length > 0) close(waiting.length);
  return windows;
}

type Piece = { start: number; end: number; tokens: readonly number[] };

/** A sentence, cut where it alone would not fit. */
function* fitting(tokenize: Tokenize, text: string, start: number, end: number, most: number): Generator<Piece> {
  const tokens = tokenize(text.slice(start, end), start === 0);
  if (tokens.length <= most || end - start <= 2) return yield { start, end, tokens };
  const middle = Math.min(end, pieceEnd(text, start, Math.ceil((end - start) / 2)));
  yield* fitting(tokenize, text, start, middle, most);
  if (middle < end) yield* fitting(tokenize, text, middle, end, most);
}

/** How many of the pieces end with the last paragraph that ends behind `least` tokens; all of them when none does. */
function paragraphEnd(text: string, pieces: readonly Piece[], least: number): number {
  let length = pieces.reduce((sum, { tokens }) => sum + tokens.length, 0);
  for (let count = pieces.length; count > 0 && length >= least; count--) {
    const { start, end, tokens } = pieces[count - 1]!;
    if (/\n\s*\n\s*$/.test(text.slice(start, end))) return count;
    length -= tokens.length;
  }
  return pieces.length;
}

function joined(text: string, documentIndex: number, pieces: readonly Piece[]): ReadingWindow {
  const { start } = pieces[0]!;
  const { end } = pieces.at(-1)!;
  const tokenized: TokenizedText = { text: text.slice(start, end), tokens: [], slices: [] };
  for (const piece of pieces) {
    tokenized.slices.push({ character: piece.start - start, token: tokenized.tokens.length });
    for (const token of piece.tokens) tokenized.tokens.push(token);
  }
  return { documentIndex, start, end, text: tokenized };
}
