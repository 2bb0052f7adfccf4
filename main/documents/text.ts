/** Plain text and Markdown: bytes to characters, and characters to pages. Markdown stays as it was written: that is what models read best. */
import { DocumentError } from "./errors.ts";

/** Characters of a page where the file has no page breaks of its own. */
const pageLength = 3000;

/** A page and the text between it and the page before. */
export type PagePart = { before: string; text: string };

/** The file's text cut into pages, nothing lost but what `cleanText` takes. Errors: empty, unsupported (not text at all). */
export function parseText(name: string, bytes: Uint8Array): PagePart[] {
  const text = cleanText(decode(name, bytes)).trimEnd();
  if (text.trim() === "") throw new DocumentError("document-empty", name);
  return splitPages(text);
}

/** UTF-8, UTF-16 with a byte order mark, else Windows-1252, of which Latin-1 is the printable part. */
function decode(name: string, bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  if (bytes.includes(0)) throw new DocumentError("document-unsupported", name);
  const text = new TextDecoder().decode(bytes);
  // A few broken bytes do not make a UTF-8 file another one.
  const broken = count(text, /\ufffd/g);
  return broken > count(text, /\P{ASCII}/gu) / 2 ? new TextDecoder("windows-1252").decode(bytes) : text;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  while (pattern.test(text)) found++;
  return found;
}

/** NFC, line ends as "\n", no control characters but tab, line end and form feed, no lone surrogates, no byte order marks. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .normalize("NFC")
    .replace(/\r\n?|[\v\u0085\u2028\u2029]/g, "\n")
    .replace(/(?![\t\n\f])\p{Cc}|\ufeff/gu, "");
}

function splitPages(text: string): PagePart[] {
  const parts: PagePart[] = [];
  let before = "";
  let from = 0;
  let section = -1;
  while (from < text.length) {
    if (section < from) section = endOfSection(text, from);
    const to = section - from <= 2 * pageLength ? section : pageEnd(text, from);
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
