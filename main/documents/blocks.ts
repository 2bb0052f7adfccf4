/** What formats without pages give: paragraphs and tables in sections. Here they are laid onto pages. Pure. */
import { cleanText, type PagePart, pageLength, splitText } from "./text.ts";

/** A paragraph (its lines parted by "\n"), or a table's rows, the first of which is its header. */
export type Block = string | string[];

/** A part of a document that begins a page: a slide, a sheet, a chapter. One without a label is the whole of a flowing text. */
export type Section = { label?: string; blocks: Block[] };

/** Longer header rows are not worth their space on every page. */
const maxHeader = 400;

/** A table's row as a line. Cells keep their place; empty ones at the end go. */
export function row(cells: readonly string[]): string {
  const flat = cells.map((cell) => cell.replace(/\s+/g, " ").trim());
  return flat.slice(0, flat.findLastIndex((cell) => cell !== "") + 1).join(" | ");
}

/**
 * Pages of about `pageLength` characters, cut between paragraphs and rows. A section that is somewhat longer stays whole when it has a
 * label. A table that goes on over a page has its header again; a label then says which part it is.
 */
export function paginate(sections: readonly Section[]): PagePart[] {
  const parts: PagePart[] = [];
  for (const { label, blocks } of sections) {
    const pages = pagesOf(blocks, label === undefined ? pageLength : 2 * pageLength);
    pages.forEach(({ before, text }, i) => {
      const named = label === undefined ? {} : { label: pages.length > 1 ? `${label}, part ${i + 1}` : label };
      parts.push({ before: parts.length === 0 ? "" : before, text, ...named });
    });
  }
  return parts;
}

function pagesOf(blocks: readonly Block[], whole: number): PagePart[] {
  const length = blocks.reduce((sum, block) => sum + (typeof block === "string" ? block.length : block.join().length) + 2, 0);
  const most = length <= whole ? whole : pageLength;
  const pages: PagePart[] = [];
  let page = "";
  let before = "\n\n";
  const close = (next: string) => {
    if (page !== "") pages.push({ before, text: page });
    if (page !== "") before = next;
    page = "";
  };
  const add = (text: string, joint: string, header = "") => {
    if (text.length > most) return addLong(text, joint);
    if (page !== "" && page.length + joint.length + text.length > most) {
      // A heading belongs to what follows it.
      const heading = /\n\n#+ .*$/.exec(page.slice(-300))?.[0];
      if (heading) page = page.slice(0, -heading.length);
      close(joint);
      page = heading ? heading.trim() : header;
      if (!heading) joint = "\n";
    }
    page = page === "" ? text : page + joint + text;
  };
  /** A paragraph or row that no page holds, together with what little stands before it. */
  const addLong = (text: string, joint: string) => {
    const lead = page.length < pageLength / 2 ? page : "";
    if (lead === "") close(joint);
    page = "";
    for (const piece of splitText(lead === "" ? text : lead + joint + text)) {
      close(piece.before);
      page = piece.text;
    }
  };
  for (const block of blocks) {
    if (typeof block !== "string") {
      const rows = withoutMargin(block.map((line) => cleanText(line).replace(/[\n\f]/g, " ")).filter((line) => line.trim() !== ""));
      const [header = ""] = rows;
      for (const [i, line] of rows.entries()) add(line, i === 0 ? "\n\n" : "\n", i > 0 && header.length <= maxHeader ? header : "");
      continue;
    }
    const text = cleanText(block).replaceAll("\f", "\n").trim();
    if (text !== "") add(text, "\n\n");
  }
  close("\n\n");
  return pages.length === 0 ? [{ before: "\n\n", text: "" }] : pages;
}

/** Takes away columns at the left that are empty in every row. */
function withoutMargin(rows: readonly string[]): readonly string[] {
  const margin = rows.reduce((least, line) => Math.min(least, /^(?: \| )*/.exec(line)![0].length), Infinity);
  return margin === 0 ? rows : rows.map((line) => line.slice(margin));
}
