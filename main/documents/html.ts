/** HTML to paragraphs and tables, in one pass over its tags: what a reader sees, with headings and lists marked as in Markdown. */

import { Parser } from "htmlparser2";
import type { Sentence } from "../../preload/sentences.ts";
import { type Block, row } from "./blocks.ts";
import { decodeText } from "./encoding.ts";
import { DocumentError } from "./errors.ts";
import { maxDepth } from "./xml.ts";

/** Never shown, or nothing to read in it. */
const skipped = new Set(
  "script style noscript template svg iframe object embed applet canvas audio video select datalist textarea button map".split(" "),
);
/** Around the content, not part of it. */
const beside = new Set(["nav", "aside", "header", "footer"]);
const besideRoles = new Set(["navigation", "banner", "contentinfo", "complementary", "search"]);
const paragraphs = new Set(
  "p div section article main header footer nav aside address blockquote figure figcaption form fieldset legend details summary dl dt dd hr center h1 h2 h3 h4 h5 h6 ul ol li pre table caption tr td th title body html".split(
    " ",
  ),
);
/** Tables within tables beyond this are taken as plain text. */
const maxTables = 20;
/** A row with more in it is a page's layout rather than a table's row. */
const maxRow = 1500;
const maxColumns = 100;
/** What a cell of several rows says is said in each of them, unless it is long. */
const mostRepeated = 80;

type Flags = { skip: boolean; beside: boolean; main: boolean; pre: boolean };
type Part = { block: Block; beside: boolean; main: boolean; item: boolean };
/** `outer` is where its rows go; `spans` are cells that reach down into the rows that come, by column. */
type Table = { rows: string[]; cells: Cell[]; outer: Part[]; spans: Map<number, { text: string; rows: number }> };
type Cell = { parts: Part[]; columns: number; rows: number };

export type HtmlOptions = {
  /** A page of the web: its menus, sidebars and the like are left out where the main text can be told from them. */
  page?: boolean;
  /** XML's rules: `<title/>` has no content. */
  xhtml?: boolean;
};

/** Text of a page: as decoded by its byte order mark, its own declaration, or else as plain text is. Errors: unsupported. */
export function decodeHtml(name: string, bytes: Uint8Array): { text: string; notes: Sentence[] } {
  const start = Buffer.from(bytes.subarray(0, 2048)).toString("latin1");
  const declared = /<(?:meta[^>]{0,200}charset|\?xml[^>]{0,100}encoding)\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(start)?.[1];
  if (declared && !bytes.includes(0) && !/^utf-?8$/i.test(declared)) {
    try {
      return { text: new TextDecoder(declared).decode(bytes), notes: [] };
    } catch {
      // Not a name that anybody knows.
    }
  }
  return decodeText(name, bytes);
}

/** Paragraphs and tables in reading order. Links are their text, pictures nothing. Errors: damaged when nested beyond reason. */
export function htmlBlocks(html: string, { page = false, xhtml = false }: HtmlOptions = {}): Block[] {
  const parts: Part[] = [];
  const elements: Flags[] = [];
  const lists: { ordered: boolean; count: number }[] = [];
  const tables: Table[] = [];
  /** Where paragraphs go: the document, or the innermost table's cell. */
  let sink = parts;
  let title = "";
  let inTitle = false;
  let line = "";
  let prefix = "";
  let raisedAt = 0;
  let flags: Flags = { skip: false, beside: false, main: false, pre: false };

  const put = (block: Block, item: boolean) => {
    const last = sink.at(-1);
    if (item && last?.item && typeof last.block === "string" && typeof block === "string") last.block += `\n${block}`;
    else sink.push({ block, beside: flags.beside && !flags.main, main: flags.main, item });
  };
  const flush = () => {
    const text = flags.pre
      ? line.replace(/^\n/, "").trimEnd()
      : line
          .replace(/ +/g, " ")
          .replace(/ ?\n ?/g, "\n")
          .trim();
    line = "";
    if (text === "") return;
    const indent = "  ".repeat(Math.max(0, lists.length - 1));
    const inList = lists.length > 0;
    put(inList ? `${indent}${prefix || "  "}${text}` : prefix + text, inList);
    prefix = "";
  };
  const closeRow = (table: Table) => {
    const { cells } = table;
    table.cells = [];
    sink = table.outer;
    const parts = cells.flatMap((cell) => cell.parts);
    if (lengthOf(parts) <= maxRow && parts.every(({ block }) => typeof block === "string")) {
      const line = row(cellsOfRow(table, cells));
      if (line !== "") table.rows.push(line);
      return;
    }
    closeRows(table);
    for (const part of parts) put(part.block, part.item);
  };
  const closeRows = (table: Table) => {
    if (table.rows.length > 0) put(table.rows, false);
    table.rows = [];
  };
  const open = (name: string, attributes: Readonly<Record<string, string>>) => {
    if (elements.length > maxDepth) throw new DocumentError("document-damaged", "");
    const { hidden, style = "", role = "" } = attributes;
    const unseen = hidden !== undefined || /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style);
    if (!flags.skip && (paragraphs.has(name) || name === "br")) {
      if (name === "br") line += "\n";
      else flush();
    }
    elements.push(flags);
    flags = {
      skip: flags.skip || unseen || skipped.has(name),
      main: flags.main || name === "main" || name === "article" || role === "main",
      beside: flags.beside || beside.has(name) || besideRoles.has(role),
      pre: flags.pre || name === "pre",
    };
    if (flags.skip) return;
    const heading = /^h([1-6])$/.exec(name)?.[1];
    if (heading) prefix = `${"#".repeat(Number(heading))} `;
    else if (name === "sup" || name === "sub") raisedAt = line.length;
    else if (name === "title" && title === "") inTitle = true;
    else if (name === "ul" || name === "ol") lists.push({ ordered: name === "ol", count: 0 });
    else if (name === "li") {
      const list = lists.at(-1);
      prefix = list?.ordered ? `${++list.count}. ` : "- ";
    } else if (name === "table" && tables.length < maxTables) {
      tables.push({ rows: [], cells: [], outer: sink, spans: new Map() });
    } else if (name === "tr" && tables.length > 0) closeRow(tables.at(-1)!);
    else if ((name === "td" || name === "th") && tables.length > 0) {
      sink = [];
      tables.at(-1)!.cells.push({ parts: sink, columns: times(attributes.colspan), rows: times(attributes.rowspan) });
    }
  };
  const close = (name: string) => {
    const { skip } = flags;
    if (!skip && paragraphs.has(name)) {
      if (inTitle && name === "title") {
        title = line.trim();
        line = "";
        inTitle = false;
      }
      flush();
      prefix = "";
    }
    if (!skip) {
      const table = tables.at(-1);
      if (name === "sup" || name === "sub") line = line.slice(0, raisedAt) + raised(line.slice(raisedAt), name);
      else if (name === "ul" || name === "ol") lists.pop();
      else if (table && (name === "td" || name === "th")) sink = table.outer;
      else if (table && name === "tr") closeRow(table);
      else if (table && name === "table") {
        closeRow(table);
        closeRows(table);
        tables.pop();
      }
    }
    flags = elements.pop() ?? flags;
  };

  const parser = new Parser(
    {
      onopentag: open,
      onclosetag: close,
      ontext(data) {
        if (!flags.skip) line += flags.pre ? data : data.replace(/\s+/g, " ");
      },
    },
    { recognizeSelfClosing: xhtml },
  );
  parser.end(html);
  flush();

  const chosen = page ? mainText(parts) : parts;
  const blocks = chosen.map(({ block }) => block);
  const titled = blocks.some((block) => typeof block === "string" && block.startsWith("# "));
  return page && title !== "" && !titled ? [`# ${title}`, ...blocks] : blocks;
}

const times = (value: string | undefined): number => Math.min(maxColumns, Math.max(1, Number(value) || 1));

/** The texts of a row's cells, each in its column: merged cells leave those to their right empty, and go on in the rows below. */
function cellsOfRow({ spans }: Table, cells: readonly Cell[]): string[] {
  if (cells.length === 0) return [];
  const texts: string[] = [];
  const goOn = () => {
    for (let span = spans.get(texts.length); span; span = spans.get(texts.length)) {
      if (--span.rows === 0) spans.delete(texts.length);
      texts.push(span.text);
    }
  };
  for (const { parts, columns, rows } of cells) {
    goOn();
    const text = parts.map(({ block }) => block as string).join(" ");
    for (let i = 0; i < columns && texts.length < maxColumns; i++) {
      const said = i === 0 ? text : "";
      if (rows > 1) spans.set(texts.length, { text: said.length > mostRepeated ? "" : said, rows: rows - 1 });
      texts.push(said);
    }
  }
  goOn();
  return texts;
}

/** The 2 of m² and of H₂O, and the mark of a footnote: not a digit of the word or number before it. */
function raised(text: string, name: "sup" | "sub"): string {
  if (!/^\d{1,4}$/.test(text)) return text;
  return text.replace(/\d/g, (digit) => (name === "sup" ? "⁰¹²³⁴⁵⁶⁷⁸⁹" : "₀₁₂₃₄₅₆₇₈₉")[Number(digit)]!);
}

/** The main text when it is most of what is not beside it; else all but what is beside it; else everything. */
function mainText(parts: readonly Part[]): readonly Part[] {
  const main = parts.filter((part) => part.main);
  const content = parts.filter((part) => !part.beside);
  if (lengthOf(main) > lengthOf(content) / 2) return main;
  return content.length > 0 ? content : parts;
}

function lengthOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { block }) => sum + (typeof block === "string" ? block.length : block.join().length), 0);
}
