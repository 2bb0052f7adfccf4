/** What was recognised in the picture of a page, as lines and as text. Pure. */
import type { RecognisedLine } from "../../preload/api.ts";
import { lineEndHyphen, mendHyphens } from "./hyphens.ts";
import { cleanText } from "./text.ts";

export type Recognised = { text: string; lines: RecognisedLine[] };

/** Words that the recogniser is less sure of, in percent, are mostly stains and rules. */
const leastConfidence = 30;
/** The rows of Tesseract's table that are words; those above them are lines, paragraphs, blocks and the page. */
const wordLevel = 5;

type Word = { paragraph: string; line: string; left: number; top: number; right: number; bottom: number; text: string };

/** @param table Tesseract's result as tab-separated values; `width` and `height` of the picture, in pixels */
export function recognisedText(table: string, width: number, height: number): Recognised {
  const words = table.split("\n").flatMap(wordOf);
  const lines = [...Map.groupBy(words, ({ line }) => line).values()]
    .map((inside) => ({ paragraph: inside[0]!.paragraph, ...around(inside) }))
    .filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const paragraphs = [...Map.groupBy(lines, ({ paragraph }) => paragraph).values()];
  const text = paragraphs.map((inside) => joined(inside.map((line) => line.text))).join("\n\n");
  return {
    text: mendHyphens([text])[0]!,
    lines: lines.map(({ text, left, top, right, bottom }) => ({
      text,
      left: share(left, width),
      top: share(top, height),
      width: share(right - left, width),
      height: share(bottom - top, height),
    })),
  };
}

function wordOf(row: string): Word[] {
  const [level, page, block, paragraph, line, , left, top, width, height, confidence, ...rest] = row.split("\t");
  const text = cleanText(rest.join(" ")).trim();
  if (Number(level) !== wordLevel || text === "" || !(Number(confidence) >= leastConfidence)) return [];
  const within = `${page} ${block} ${paragraph}`;
  const [x, y] = [Number(left), Number(top)];
  return [{ paragraph: within, line: `${within} ${line}`, left: x, top: y, right: x + Number(width), bottom: y + Number(height), text }];
}

function around(words: readonly Word[]) {
  return {
    text: words.map(({ text }) => text).join(" "),
    left: Math.min(...words.map(({ left }) => left)),
    top: Math.min(...words.map(({ top }) => top)),
    right: Math.max(...words.map(({ right }) => right)),
    bottom: Math.max(...words.map(({ bottom }) => bottom)),
  };
}

/** Lines below each other; a word that a line's end divided is whole again, on the line that it began on. */
function joined(lines: readonly string[]): string {
  return lines.join("\n").replace(/(\p{L})[-\u2010\u00ad]\n(\p{L}\S*) ?/gu, `$1${lineEndHyphen}$2\n`);
}

const share = (pixels: number, all: number): number => Math.round((1e5 * pixels) / all) / 1e5;
