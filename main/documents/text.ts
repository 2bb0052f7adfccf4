/** Plain text, Markdown and source code, cut into pages. All stays as it was written: that is what models read best. */
import type { Sentence } from "../../preload/sentences.ts";
import { decodeText } from "./encoding.ts";

/** Characters of a page where the file has no page breaks of its own. */
export const pageLength = 3000;

/** A page, what it is called, and the text between it and the page before. */
export type PagePart = { before: string; text: string; label?: string };

/** What a parser makes of a file: its pages, and what was guessed or left out, in a plain sentence each. */
export type Parsed = { parts: PagePart[]; notes: Sentence[] };

/** The file's text cut into pages, nothing lost but what `cleanText` takes. Errors: unsupported (not text at all). */
export function parseText(name: string, bytes: Uint8Array): Parsed {
  const { text, notes } = decodeText(name, bytes);
  return { parts: splitText(cleanText(text).trimEnd()), notes };
}

/** NFC, line ends as "\n", no control characters but tab, line end and form feed, no lone surrogates, no byte order marks. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFC")
    .replace(/\r\n?|[\v\u0085\u2028\u2029]/g, "\n")
    .replace(/(?![\t\n\f])\p{Cc}|\ufeff/gu, "");
}

/** Pages as its form feeds make them, or of about `pageLength` characters; with `before`, they are the whole text. */
export function splitText(text: string): PagePart[] {
  const parts: PagePart[] = [];
  // An author's page stays whole when it is somewhat longer.
  const whole = text.includes("\f") ? 2 * pageLength : (4 * pageLength) / 3;
  let before = "";
  let from = 0;
  let section = -1;
  while (from < text.length) {
    if (section < from) section = endOfSection(text, from);
    const to = section - from <= whole ? section : pageEnd(text, from);
    const page = text.slice(from, to).replace(/^(?:[ \t]*\n)+/, "");
    const lead = text.slice(from, to - page.length);
    const trimmed = page.trimEnd();
    if (trimmed !== "" || to === section) {
      parts.push({ before: before + lead, text: trimmed });
      before = to === section ? "\n\n" : page.slice(trimmed.length);
    } else {
      before += text.slice(from, to);
    }
    from = to === section ? to + 1 : to;
  }
  return parts;
}

function endOfSection(text: string, from: number): number {
  const feed = text.indexOf("\f", from);
  return feed === -1 ? text.length : feed;
}

/** Where the page that begins at `from` ends best: at a paragraph's, line's, sentence's or word's end near `pageLength`. */
function pageEnd(text: string, from: number): number {
  const window = text.slice(from, from + (4 * pageLength) / 3);
  const least = (2 * pageLength) / 3;
  for (const end of ["\n\n", "\n", ". ", " "]) {
    const at = window.lastIndexOf(end);
    if (at >= least) return from + at + end.length;
  }
  const to = from + window.length;
  return isLowSurrogate(text, to) ? to - 1 : to;
}

const isLowSurrogate = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
