/**
 * The document's text as it is shown: paragraphs with their offsets, and the passages marked in them.
 * All offsets are UTF-16 code units; ranges are half open. Pure: it knows nothing of the screen.
 */

import { documentTypes, textTypes } from "../preload/api.ts";

export type Range = { start: number; end: number };
/** `kind` decides the look; the current one is where the reader was taken to. */
export type Mark = Range & { kind: "evidence" | "match" | "pin" | "chosen"; current: boolean };
export type Paragraph = { start: number; text: string; look: "prose" | "lines" | "heading" | "table" | "code" };
/** What a document's text is made of: words alone, words with tables whose cells are parted by bars, or code. */
export type Writing = "words" | "tables" | "code";
export type Segment = { text: string; start: number; mark: Mark | null };

const numberedHeading = /^(#{1,6}\s|(\d+(\.\d+)*\.?|[IVXLC]+\.|§\s?\d+|Chapter|Section|Article|Part|Appendix|Annex)\s+\S)/;

/** A short single line that is in capitals, or starts like a numbered or Markdown heading, and does not end like a sentence. */
function isHeading(text: string): boolean {
  if (text.length >= 90 || text.includes("\n") || /[.,;:]$/.test(text)) return false;
  return numberedHeading.test(text) || (/\p{Lu}{4}/u.test(text) && text === text.toUpperCase());
}

const words = new Set("pdf txt text rst adoc org tex log srt vtt bib".split(" "));
const tables = new Set("md markdown csv tsv html htm xhtml eml ipynb".split(" "));

/** By the ending of its file's name. */
export function writingOf(name: string): Writing {
  const type = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (words.has(type) || (!textTypes.includes(type) && !documentTypes.includes(type))) return "words";
  return tables.has(type) || documentTypes.includes(type) ? "tables" : "code";
}

const bar = /(?<=\S|^) ?\|(?: |$)/;

/** Several lines, of which the first and most others have cells. */
function isTable(text: string): boolean {
  const lines = text.split("\n");
  return lines.length > 1 && bar.test(lines[0]!) && 2 * lines.filter((line) => bar.test(line)).length > lines.length;
}

/** The cells of a table's rows, each with its offset; the bars around a row of Markdown, and the line below its head, are no cells. */
export function cellsOf({ text, start }: Paragraph): { start: number; text: string }[][] {
  const rows: { start: number; text: string }[][] = [];
  let at = start;
  for (const line of text.split("\n")) {
    const framed = /^\s*\|.*\|\s*$/.test(line);
    const joint = framed ? "|" : " | ";
    const cells: { start: number; text: string }[] = [];
    let from = at;
    for (const cell of line.split(joint)) {
      cells.push({ start: from + cell.length - cell.trimStart().length, text: cell.trim() });
      from += cell.length + joint.length;
    }
    if (!/^[\s|:-]*-{3}[\s|:-]*$/.test(line)) rows.push(framed ? cells.slice(1, -1) : cells);
    at += line.length + 1;
  }
  return rows;
}

/** Lines of about equal, long length were broken by the page, not by the author: they may be joined when shown. */
function isWrapped(text: string): boolean {
  const lines = text.split("\n");
  if (lines.length < 2) return true;
  const body = lines.slice(0, -1).map((line) => line.trimEnd().length);
  const longest = body.reduce((most, length) => Math.max(most, length), 0);
  return longest >= 40 && body.every((length) => length >= longest * 0.6);
}

/**
 * Splits a page's text at blank lines. Every paragraph keeps its offset in the document, so that marks by offset stay exact.
 * @param start offset of the page in the document's text
 */
export function paragraphs(pageText: string, start: number, writing: Writing = "words"): Paragraph[] {
  const found: Paragraph[] = [];
  let from = 0;
  let to = 0;
  let fenced = false;
  const close = () => {
    if (to > from) {
      const text = pageText.slice(from, to);
      const fences = writing === "tables" ? (text.match(/^\s*(```|~~~)/gm)?.length ?? 0) : 0;
      const code = writing === "code" || fenced || (fences > 0 && /^\s*(```|~~~)/.test(text));
      if (fences % 2 === 1) fenced = !fenced;
      if (code) found.push({ start: start + from, text, look: "code" });
      else if (writing === "tables" && isTable(text)) found.push({ start: start + from, text, look: "table" });
      else if (isHeading(text.trim())) {
        // The signs of a Markdown heading are not shown; its look says the same.
        const signs = /^\s*#{1,6}\s+/.exec(text)?.[0].length ?? 0;
        found.push({ start: start + from + signs, text: text.slice(signs), look: "heading" });
      } else found.push({ start: start + from, text, look: isWrapped(text) ? "prose" : "lines" });
    }
  };
  let at = 0;
  for (const line of pageText.split("\n")) {
    if (line.trim() === "") {
      close();
      to = from;
    } else {
      if (to <= from) from = at;
      to = at + line.length;
    }
    at += line.length + 1;
  }
  close();
  return found;
}

/** Cuts `text`, which begins at `start`, where marks begin and end. Where marks overlap, the current one wins, then the earlier. */
export function segments(text: string, start: number, marks: readonly Mark[]): Segment[] {
  const end = start + text.length;
  const touching = marks.filter((mark) => mark.start < end && mark.end > start && mark.end > mark.start);
  if (touching.length === 0) return [{ text, start, mark: null }];
  const cuts = new Set([start, end]);
  for (const mark of touching) {
    cuts.add(Math.max(start, mark.start));
    cuts.add(Math.min(end, mark.end));
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const cut: Segment[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const from = edges[i]!;
    const to = edges[i + 1]!;
    const over = touching.filter((mark) => mark.start <= from && mark.end >= to);
    const mark = over.find((candidate) => candidate.current) ?? over[0] ?? null;
    const last = cut.at(-1);
    if (last && last.mark === mark) last.text += text.slice(from - start, to - start);
    else cut.push({ text: text.slice(from - start, to - start), start: from, mark });
  }
  return cut;
}

/** Where `query` occurs, ignoring case, in document order; at most `limit` ranges, so that a one-letter search stays quick. */
export function findAll(pages: readonly { start: number; text: string }[], query: string, limit = 1000): Range[] {
  const needle = query.trim();
  if (needle === "") return [];
  // A pattern instead of toLowerCase(), which changes the length of some texts and would shift the offsets.
  const pattern = new RegExp(needle.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/g, "\\s+"), "giu");
  const found: Range[] = [];
  for (const page of pages) {
    for (const match of page.text.matchAll(pattern)) {
      found.push({ start: page.start + match.index, end: page.start + match.index + match[0].length });
      if (found.length === limit) return found;
    }
  }
  return found;
}

/** Index of the page that holds `offset`; pages are in order. */
export function pageAt(pages: readonly { start: number }[], offset: number): number {
  let low = 0;
  let high = pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pages[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}
