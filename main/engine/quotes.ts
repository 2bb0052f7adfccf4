/** Quotes in an answer, looked for in what was read: a small model quotes freely. Pure. */
import { type Letters, lettersOf } from "../../preload/letters.ts";

/** A quote at [start, end) of the answer, without its marks, and where a document says it; null when none does. */
export type QuoteCheck = { start: number; end: number; passage: { documentIndex: number; start: number; end: number } | null };

/** Shorter quotes are names and terms. */
const fewestQuotedWords = 3;
/** Shorter sentences are the same by chance. */
const fewestWords = 6;
/** Letters between the parts of a quote that leaves something out. */
const longestGap = 3000;
const mostQuotes = 50;

const quoted = /“([^“”]{1,2000})”|„([^„“”]{1,2000})[“”]|«([^«»]{1,2000})»|(?<![\p{L}\p{N}])"([^"\n]{1,2000})"(?![\p{L}\p{N}])/gu;
const sentence = /[^.!?\n]+(?:[.!?](?=[^\s])[^.!?\n]*)*/g;
const ellipsis = /\s*(?:\[?(?:\.\s?){3}\]?|\[?…\]?)\s*/;

/**
 * Text in quotation marks is checked, and sentences that a document says word for word are found too; these are never reported as
 * missing. What repeats the question is no quote. In the answer's order.
 */
export function checkQuotes(answer: string, question: string, read: readonly { text: string }[]): QuoteCheck[] {
  const texts = read.map(({ text }) => text);
  const asked = lettersOf(question).letters;
  const documents = texts.map(lettersOf);
  const checks: QuoteCheck[] = [];
  const say = (start: number, text: string, isQuote: boolean) => {
    const wanted = text
      .split(ellipsis)
      .map((part) => lettersOf(part).letters)
      .filter((part) => part !== "");
    if (wanted.length === 0 || asked.includes(wanted.join(""))) return;
    const passage = find(wanted, documents, texts);
    if (passage || isQuote) checks.push({ start, end: start + text.length, passage });
  };
  for (const match of answer.matchAll(quoted)) {
    const text = match.slice(1).find((group) => group !== undefined)!;
    if (words(text) >= fewestQuotedWords && checks.length < mostQuotes) say(match.index + match[0].indexOf(text), text, true);
  }
  const quotes = checks.length;
  for (const match of answer.matchAll(sentence)) {
    const text = match[0].trim();
    const start = match.index + match[0].indexOf(text);
    const inQuote = checks.slice(0, quotes).some((quote) => quote.start < start + text.length && quote.end > start);
    if (!inQuote && words(text) >= fewestWords && checks.length < mostQuotes) say(start, text, false);
  }
  return checks.sort((a, b) => a.start - b.start);
}

/** Scripts without spaces count two characters as a word. */
const words = (text: string): number =>
  (text.match(/[\p{L}\p{N}]+/gu) ?? []).reduce((sum, word) => sum + (/[\u3040-\u30ff\u3400-\u9fff]/.test(word) ? word.length / 2 : 1), 0);

function find(wanted: readonly string[], documents: readonly Letters[], texts: readonly string[]): QuoteCheck["passage"] {
  const [first = "", ...others] = wanted;
  for (const [documentIndex, { letters, at }] of documents.entries()) {
    const text = texts[documentIndex]!;
    for (let from = letters.indexOf(first); from >= 0; from = letters.indexOf(first, from + 1)) {
      const end = follow(letters, others, from + first.length);
      if (end < 0) continue;
      const start = at[from]!;
      const last = at[end - 1]! + 1;
      // Whole words only: "art is" is not in "part isolated".
      if (!isLetter(text[start - 1]) && !isLetter(text[last])) return { documentIndex, start, end: last };
    }
  }
  return null;
}

/** Where the last of `others` ends when they follow each other closely from `from` on; -1 when they do not. */
function follow(letters: string, others: readonly string[], from: number): number {
  let end = from;
  for (const other of others) {
    const at = letters.slice(end, end + longestGap + other.length).indexOf(other);
    if (at < 0) return -1;
    end += at + other.length;
  }
  return end;
}

const isLetter = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);
