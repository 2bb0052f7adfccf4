/**
 * Every stage that text of a stranger goes through, with text that is made to be slow: sixteen times as much of it takes about sixteen times as long. Measured
 * in processor time of this process, so that a busy computer makes no difference, and compared coarsely: what is quadratic takes 256 times.
 */
import { describe, expect, test } from "vitest";
import { paginate, row } from "../../main/documents/blocks.ts";
import { csvBlocks } from "../../main/documents/csv.ts";
import { decodeText } from "../../main/documents/encoding.ts";
import { cleanName, DocumentError } from "../../main/documents/errors.ts";
import { htmlBlocks } from "../../main/documents/html.ts";
import { layOut } from "../../main/documents/layout.ts";
import type { Piece } from "../../main/documents/runs.ts";
import { cleanText, splitText } from "../../main/documents/text.ts";
import { checkQuotes } from "../../main/engine/quotes.ts";
import { sentencesOf } from "../../main/engine/sentences.ts";
import { answerInHtml } from "../../main/library/answer-html.ts";
import { ftsTerms } from "../../main/library/search.ts";
import { oneKindOfFormula } from "../../preload/formulas.ts";
import { lettersOf } from "../../preload/letters.ts";
import { locate } from "../../renderer/locate.ts";
import { markdownBlocks } from "../../renderer/markdown.ts";
import { paragraphs } from "../../renderer/passages.ts";
import { processorMs } from "../processor-time.ts";

/** Text is made of these, over and over. */
const units = [
  ...[
    "a",
    " ",
    "\n",
    "\t",
    "(",
    "[",
    "{",
    "<",
    ">",
    "`",
    "```\n",
    "$",
    "$$",
    "\\[",
    "\\(",
    "*",
    "_",
    "#",
    "|",
    "-",
    ".",
    ". ",
    ". . ",
    ",",
  ],
  ...['"', '"a b c d ', "“", "“a b c d ", "”", "„", "«", "&", "&amp", "&#x41;", "<a href='", "<b>", "</b>", "<table><tr><td>", "<!--"],
  ...[
    "\u202e",
    "\u0301",
    "\ud800",
    "e\u0301",
    "İ",
    "ﬁ",
    "字",
    "a-\n",
    "- a\n",
    "1. a\n",
    "\f",
    "\r",
    "\n\n",
    "a b. ",
    "[1]: x\n",
    "![",
    "](",
    "*a_",
    "x<!--",
    "a\n=\n",
    "> a\n",
    "1. ",
  ],
];

/** One stage: what it does with a text, and how long texts get that it sees. */
type Stage = { run(text: string): unknown; longest: number };
const document = 2 ** 20;
/** An answer holds at most some thousand tokens. */
const answer = 2 ** 16;

const stages: Record<string, Stage> = {
  "decoding and cleaning": { run: (text) => cleanText(decodeText("a.txt", Buffer.from(text)).text), longest: document },
  "pages of a text": { run: (text) => splitText(text), longest: document },
  "pages of paragraphs": { run: (text) => paginate([{ blocks: text.split("\n") }]), longest: document },
  "one paragraph": { run: (text) => paginate([{ label: "Chapter", blocks: [text] }]), longest: document },
  "one cell": { run: (text) => row([text, text]), longest: document },
  "a web page": { run: (text) => orRefused(() => htmlBlocks(text, { page: true, xhtml: false })), longest: document },
  "a table": { run: (text) => csvBlocks(text), longest: document },
  "lines of a PDF": { run: (text) => layOut(pieces(text)), longest: 2 ** 17 },
  "a file's name": { run: (text) => cleanName(text), longest: 2 ** 20 },
  letters: { run: (text) => lettersOf(text), longest: document },
  "quotes in an answer": { run: (text) => checkQuotes(text, "", [{ text: `${text.slice(0, 1000)} The end.` }]), longest: answer },
  "quotes in a document": { run: (text) => checkQuotes('He said "a b c d" and went.', "", [{ text }]), longest: document },
  "blocks of an answer": { run: (text) => markdownBlocks(text), longest: answer },
  "an answer as a web page": { run: (text) => answerInHtml(text, "en"), longest: answer },
  "formulas of an answer": { run: (text) => oneKindOfFormula(text), longest: answer },
  sentences: { run: (text) => [...sentencesOf(text)], longest: document },
  "a page as it is shown": { run: (text) => paragraphs(text, 0, "tables"), longest: document },
  "a search": { run: (text) => ftsTerms(text), longest: 2 ** 18 },
  "a page found again": { run: (text) => locate(text, text.match(/[\s\S]{1,40}/g) ?? []), longest: 2 ** 15 },
};

function orRefused(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
  }
}

/** What a PDF draws: a piece for every 20 characters, 80 characters to a line. */
function pieces(text: string): Piece[] {
  const place = (i: number) => ({ x: 50 + (i % 4) * 120, y: 800 - 14 * Math.floor(i / 4), width: 110, size: 12, mono: false, rtl: false });
  return (text.match(/[\s\S]{1,20}/g) ?? []).map((part, i) => ({ text: part, ...place(i) }));
}

/** Long enough to be measured, in ms. */
const measurable = 60;

/** Doubles the text until it takes a while; how much longer it takes than a sixteenth of it, null when nothing takes a while. */
function growth({ run, longest }: Stage, unit: string): number | null {
  const made = (length: number) => unit.repeat(Math.ceil(length / unit.length));
  const fastest = (text: string) => Math.min(...[1, 2, 3].map(() => processorMs(() => run(text))));
  for (let length = 2 ** 12; length <= longest; length *= 2) {
    const text = made(length);
    if (processorMs(() => run(text)) > measurable) return fastest(text) / fastest(made(length / 16));
  }
  return null;
}

describe.each(Object.entries(stages))("%s", (_, stage) => {
  test("takes as much longer as there is more of it, whatever it is", () => {
    const slow = units.map((unit) => ({ unit, growth: growth(stage, unit) })).filter(({ growth }) => growth !== null && growth > 100);
    expect(slow).toEqual([]);
  });
});
