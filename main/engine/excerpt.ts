/** What is read of a document: all of it, a part of it, or passages. Places in it are places in the document again. Pure. */
import type { Passage } from "./evidence.ts";
import type { Pin, TokenizedText } from "./prompt.ts";

/** `pieces` say where each part of the text comes from: the character `at` is the document's `start`. In the document's order. */
export type Excerpt = {
  documentIndex: number;
  document: TokenizedText;
  text: TokenizedText;
  pieces: { at: number; start: number; end: number }[];
};

/** Characters of one document, [start, end). */
export type Span = { documentIndex: number; start: number; end: number };

/** A text's tokens; `first` says whether it is the beginning of its document. */
export type Tokenize = (text: string, first: boolean) => readonly number[];

/** All of a document. */
export function wholeDocument(document: TokenizedText, documentIndex: number): Excerpt {
  return { documentIndex, document, text: document, pieces: [{ at: 0, start: 0, end: document.text.length }] };
}

/** The characters from `start` on that `text` holds. */
export function partOf(document: TokenizedText, documentIndex: number, start: number, text: TokenizedText): Excerpt {
  return { documentIndex, document, text, pieces: [{ at: 0, start, end: start + text.text.length }] };
}

/** What stands between two passages that do not follow each other: no sentence goes over it. */
const gap = "\n\n";

/** Passages as one text for each document that has any; those that touch are one piece. @param spans in the documents' order */
export function excerptsOf(tokenize: Tokenize, documents: readonly TokenizedText[], spans: readonly Span[]): Excerpt[] {
  return documents.flatMap((document, documentIndex) => {
    const joined: { start: number; end: number }[] = [];
    for (const { start, end } of spans.filter((span) => span.documentIndex === documentIndex)) {
      const last = joined.at(-1);
      if (last && last.end === start) last.end = end;
      else joined.push({ start, end });
    }
    if (joined.length === 0) return [];
    const text: TokenizedText = { text: "", tokens: [], slices: [] };
    const pieces = joined.map(({ start, end }, i) => {
      const piece = { at: text.text.length, start, end };
      const words = document.text.slice(start, end) + (i < joined.length - 1 ? gap : "");
      text.slices.push({ character: piece.at, token: text.tokens.length });
      for (const token of tokenize(words, i === 0)) text.tokens.push(token);
      text.text += words;
      return piece;
    });
    return [{ documentIndex, document, text, pieces }];
  });
}

/** Pins of documents as pins of what is read of them; `document` then counts the excerpts. */
export function pinsWithin(excerpts: readonly Excerpt[], pins: readonly Pin[]): Pin[] {
  return excerpts.flatMap(({ documentIndex, pieces }, document) =>
    pieces.flatMap(({ at, start, end }) =>
      pins
        .filter((pin) => pin.document === documentIndex && pin.start < end && pin.end > start)
        .map((pin) => ({ document, start: at + Math.max(start, pin.start) - start, end: at + Math.min(end, pin.end) - start })),
    ),
  );
}

/** Passages in the documents' order, those that overlap as one. */
export function united(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.documentIndex - b.documentIndex || a.start - b.start)) {
    const last = joined.at(-1);
    if (last?.documentIndex === span.documentIndex && span.start < last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ documentIndex: span.documentIndex, start: span.start, end: span.end });
  }
  return joined;
}

/** A passage of an excerpt, which `documentIndex` counts, as a passage of its document. */
export function inDocument(excerpts: readonly Excerpt[], passage: Passage): Passage {
  const { documentIndex, pieces } = excerpts[passage.documentIndex]!;
  const { at, start, end } = pieces.findLast((piece) => piece.at <= passage.start) ?? pieces[0]!;
  const place = (character: number) => Math.max(start, Math.min(end, start + character - at));
  return { ...passage, documentIndex, start: place(passage.start), end: place(passage.end) };
}
