/**
 * From the pieces of text on a page to the page's text: words, lines, paragraphs and columns in reading order.
 * Pure geometry: knows nothing of PDF. All lengths are in the page's units, y grows upwards, a piece stands on its baseline.
 */

/** A piece of text as it was drawn, upright, in drawing order. A blank piece only says that there is space. */
export type Piece = { text: string; x: number; y: number; width: number; size: number; mono: boolean; rtl: boolean };

/**
 * Pieces that touch: a part of a line, a table's cell, a line of a column; later a whole line. `cell` is where its last cell begins, or
 * the text after a number or bullet: what continues it stands below that. In a `row` there are several cells.
 */
type Run = { text: string; left: number; right: number; y: number; size: number; mono: boolean; cell: number; row: boolean };

/** Stands for a hyphen at the end of a line until the whole document is known; see `mendHyphens`. */
const lineEndHyphen = "\u00ad";

/** The page's text. Blocks that stand apart are separated by an empty line; lines of one paragraph are joined. */
export function layOut(pieces: Piece[]): string {
  const runs = joinPieces(pieces);
  const ordered = isOutOfOrder(runs) ? cut(runs) : runs;
  return joinLines(joinRuns(ordered)).replace(leader, " ... ");
}

/** The dots of a table of contents. */
const leader = /(?:[ \t]?\.){5,}[ \t]?/g;

function joinPieces(pieces: Piece[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  let last: Piece | undefined;
  let spaced = false;
  for (const piece of pieces) {
    if (piece.text.trim() === "") {
      spaced ||= piece.text !== "";
      continue;
    }
    // Bold is sometimes faked by drawing twice.
    if (last && last.text === piece.text && Math.abs(last.x - piece.x) + Math.abs(last.y - piece.y) < 0.15 * piece.size) continue;
    const em = Math.max(piece.size, run?.size ?? 0);
    const gap = run ? (piece.rtl ? run.left - (piece.x + piece.width) : piece.x - run.right) : 0;
    if (run && Math.abs(piece.y - run.y) < 0.5 * em && gap > -0.5 * em && gap < 1.5 * em) {
      // The mark before a footnote is small and close, but a word of its own.
      const mark = piece.size > 1.15 * run.size && /^\d+$/.test(run.text);
      const space = (spaced || mark || gap > 0.15 * em) && !isBlank(run.text.at(-1)) && !isBlank(piece.text[0]);
      run.text += space ? ` ${piece.text}` : piece.text;
      run.left = Math.min(run.left, piece.x);
      run.right = Math.max(run.right, piece.x + piece.width);
      // A superscript belongs to the line, it does not lift it.
      if (piece.size > run.size) Object.assign(run, { size: piece.size, y: piece.y });
      run.mono &&= piece.mono;
    } else {
      run = {
        text: piece.text,
        left: piece.x,
        right: piece.x + piece.width,
        y: piece.y,
        size: piece.size,
        mono: piece.mono,
        cell: piece.x,
        row: false,
      };
      runs.push(run);
    }
    last = piece;
    spaced = false;
  }
  // A soft hyphen inside a line is one that was not needed.
  for (const done of runs) done.text = done.text.trim().replace(/\u00ad(?!$)/g, "");
  return runs;
}

const isBlank = (char = "") => char.trim() === "";

/**
 * Drawing order is nearly always reading order, and knows more than geometry does. Two signs that it is not: it often goes back up
 * without going on to the right, or it draws two columns of prose line by line.
 */
function isOutOfOrder(runs: Run[]): boolean {
  let backwards = 0;
  let interleaved = 0;
  for (const [i, run] of runs.entries()) {
    const last = runs[i - 1];
    if (!last) continue;
    const beside = run.left > last.right;
    if (run.y > last.y + last.size && !beside) backwards++;
    if (sameLine(last, run) && beside && isProse(last) && isProse(run)) interleaved++;
  }
  return backwards > 3 + runs.length / 20 || interleaved >= 4;
}

const isProse = (run: Run) => run.text.length >= 20;
const sameLine = (a: Run, b: Run) => Math.abs(a.y - b.y) < 0.5 * Math.min(a.size, b.size);

/** Recursive cuts: columns of prose side by side, else blocks below each other, else rows from left to right. Tables stay in rows. */
function cut(runs: Run[], depth = 0): Run[] {
  if (runs.length > 1 && depth < 60) {
    const em = median(runs.map((run) => run.size));
    const columns = split(runs, (run) => [run.left, run.right], em);
    if (columns?.every((side) => side.length >= 3 && side.filter(isProse).length > side.length / 2)) {
      return columns.flatMap((side) => cut(side, depth + 1));
    }
    const blocks = split(runs, (run) => [-run.y - 0.8 * run.size, -run.y + 0.2 * run.size], 0.1 * em);
    if (blocks) return blocks.flatMap((side) => cut(side, depth + 1));
  }
  return runs.toSorted((a, b) => (sameLine(a, b) ? a.left - b.left : b.y - a.y));
}

/** Two parts on both sides of the widest gap, at least `least` wide, that no run crosses. */
function split(runs: Run[], extent: (run: Run) => [number, number], least: number): [Run[], Run[]] | undefined {
  const sorted = runs.map((run) => ({ run, from: extent(run)[0], to: extent(run)[1] })).sort((a, b) => a.from - b.from);
  let widest = least;
  let at = 0;
  let reach = Number.NEGATIVE_INFINITY;
  for (const [i, { from, to }] of sorted.entries()) {
    if (i > 0 && from - reach > widest) {
      widest = from - reach;
      at = i;
    }
    reach = Math.max(reach, to);
  }
  if (at === 0) return undefined;
  return [sorted.slice(0, at).map(({ run }) => run), sorted.slice(at).map(({ run }) => run)];
}

/** Cells of a row, and words with wide gaps, become one line. */
function joinRuns(runs: Run[]): Run[] {
  const lines: Run[] = [];
  for (const run of runs) {
    const line = lines.at(-1);
    if (line && sameLine(line, run) && run.left > line.left && run.right > line.right) {
      // A number or bullet and what it stands for are no row.
      const label = /^\S{1,4}$/.test(line.text);
      line.row ||= !label && run.left > line.right;
      const gap = line.mono && run.mono ? Math.round((run.left - line.right) / charWidth(run)) : line.row ? 2 : 1;
      line.text += " ".repeat(Math.min(Math.max(gap, 1), 40)) + run.text;
      line.right = run.right;
      line.cell = run.left;
      line.mono &&= run.mono;
    } else {
      lines.push({ ...run });
    }
  }
  return lines;
}

const charWidth = (run: Run) => Math.max((run.right - run.left) / run.text.length, 0.1 * run.size, 0.01);

function joinLines(lines: Run[]): string {
  const leadings = lines.slice(1).map((line, i) => lines[i]!.y - line.y);
  const leading = median(leadings.filter((gap, i) => gap > 0.5 * lines[i]!.size && gap < 3 * lines[i]!.size));
  const apart = (above: Run, below: Run) => {
    const gap = above.y - below.y;
    const resized = Math.abs(above.size - below.size) > 0.15 * above.size;
    const beside = below.left > above.right || below.right < above.left;
    return gap <= 0 || gap > 1.3 * leading || resized || beside;
  };

  const blocks: string[] = [];
  for (let from = 0, to = 1; from < lines.length; from = to++) {
    while (to < lines.length && !apart(lines[to - 1]!, lines[to]!)) to++;
    blocks.push(joinBlock(lines.slice(from, to), to - from >= 3 ? rightEdge(lines.slice(from, to)) : columnEdge(lines, from)));
  }
  return blocks.join("\n\n");
}

const rightEdge = (lines: Run[]) => lines.reduce((right, line) => Math.max(right, line.right), 0);

/** A block of one or two lines does not show where its column ends: its neighbours above and below do. */
function columnEdge(lines: Run[], at: number): number {
  const line = lines[at]!;
  return rightEdge(lines.slice(Math.max(0, at - 40), at + 40).filter((other) => other.left < line.right && other.right > line.left));
}

/** A line break inside a block is the typesetter's, and goes, when the next word had no room left; otherwise the author's, and stays. */
function joinBlock(lines: Run[], right: number): string {
  const left = lines.reduce((least, line) => Math.min(least, line.left), Number.POSITIVE_INFINITY);
  let text = "";
  let continued = false;
  for (const [i, line] of lines.entries()) {
    const above = lines[i - 1];
    const indent = line.mono ? " ".repeat(Math.min(Math.round((line.left - left) / charWidth(line)), 40)) : "";
    continued = above !== undefined && isContinued(above, line, lines[i + 1], right, continued);
    if (continued) text = joinWords(text, line.text);
    else text += `${above ? "\n" : ""}${indent}${line.text}`;
  }
  return text;
}

/** `hanging` says that `above` itself continues a line. */
function isContinued(above: Run, line: Run, below: Run | undefined, right: number, hanging: boolean): boolean {
  const step = 0.8 * line.size;
  if (above.mono && line.mono) return false;
  if (line.cell > line.left || /^[•▪◦‣●○■□·]/u.test(line.text) || above.text.search(leader) >= 0) return false;
  if (above.row && Math.abs(line.left - above.cell) > step) return false;
  if (/\p{L}[-\u2010\u00ad]$/u.test(above.text.slice(-3)) && /^\p{Ll}/u.test(line.text)) return true;
  const word = isCjk(line.text) ? 1 : line.text.search(/\s|$/) + 1;
  if (right - above.right > word * charWidth(line) + 0.3 * line.size) return false;
  // The first line of a paragraph may be indented, or all others.
  if (hanging && line.left < above.left - step) return false;
  return !(line.left > above.cell + step && below && below.left < line.left - step);
}

function joinWords(text: string, next: string): string {
  const end = text.slice(-3);
  if (/\p{L}[-\u2010\u00ad]$/u.test(end) && /^\p{L}/u.test(next)) return text.slice(0, -1) + lineEndHyphen + next;
  return /[—/]$|\p{N}-$/u.test(end) || (isCjk(text.slice(-1)) && isCjk(next)) ? text + next : `${text} ${next}`;
}

const isCjk = (text: string) => /^[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/u.test(text);

/** Decides for every hyphen at a line's end whether the word is written with it, by how the rest of the document writes the word. */
export function mendHyphens(pages: string[]): string[] {
  const words = new Set<string>();
  for (const page of pages)
    for (const [word] of page.matchAll(/(?<![\p{L}\u00ad-])\p{L}+(?:-\p{L}+)*(?![\p{L}\u00ad])/gu)) words.add(word.toLowerCase());
  const known = (word: string) => words.has(word.toLowerCase());
  return pages.map((page) =>
    page
      .replace(/(\p{L}+)\u00ad(\p{L}+)/gu, (_, a: string, b: string) => {
        const compound = known(`${a}-${b}`) || (known(a) && known(b)) || /^\p{Lu}/u.test(b);
        return !known(a + b) && compound ? `${a}-${b}` : a + b;
      })
      .replaceAll(lineEndHyphen, ""),
  );
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
