/**
 * From the pieces of text on a page to the page's text: words, lines, paragraphs and columns in reading order.
 * Pure geometry: knows nothing of PDF. All lengths are in the page's units, y grows upwards, a piece stands on its baseline.
 */
import { lineEndHyphen } from "./hyphens.ts";
import { joinPieces, type Piece, type Run } from "./runs.ts";

/**
 * The page's text. Blocks that stand apart are separated by an empty line; lines of one paragraph are joined. `shuffled` says that the
 * pieces are known not to be in reading order.
 */
export function layOut(pieces: Piece[], shuffled = false): string {
  const runs = joinPieces(pieces);
  const ordered = shuffled || isOutOfOrder(runs) ? cut(runs) : runs;
  return joinLines(joinRuns(ordered)).replace(leader, " ... ");
}

/** The dots of a table of contents. */
const leader = /(?:[ \t]?\.){5,}[ \t]?/g;

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
      const label = /^(?:[([]?(?:\p{N}{1,3}|\p{L}|[ivx]{1,4})[.)\]]?|[^\p{L}\p{N}])$/u.test(line.text);
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
  // Words of a justified line may stand as far apart as cells, but the line is as long as the one above or below it.
  for (const [i, line] of lines.entries()) {
    const flush = (other?: Run) =>
      other && !other.row && Math.abs(other.left - line.left) < 0.1 * line.size && Math.abs(other.right - line.right) < 0.1 * line.size;
    if (line.row && !line.mono && (flush(lines[i - 1]) || flush(lines[i + 1]))) {
      Object.assign(line, { row: false, cell: line.left, text: line.text.replace(/ {2,}/g, " ") });
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

  // A sentence may go on at the top of the next column.
  const goesOn = (above: Run, below: Run) =>
    below.y > above.y &&
    Math.abs(above.size - below.size) < 0.05 * above.size &&
    /[\p{L},-]$/u.test(above.text) &&
    /^\p{Ll}/u.test(below.text);

  const parts: string[] = [];
  for (let from = 0, to = 1; from < lines.length; from = to++) {
    while (to < lines.length && !apart(lines[to - 1]!, lines[to]!)) to++;
    const block = lines.slice(from, to);
    const continues = from > 0 && goesOn(lines[from - 1]!, block[0]!);
    if (from > 0 && !continues) parts.push("\n\n");
    joinBlock(parts, block, continues, block.length >= 3 ? rightEdge(block) : columnEdge(lines, from));
  }
  return parts.join("");
}

const rightEdge = (lines: Run[]) => lines.reduce((right, line) => Math.max(right, line.right), 0);

/** A block of one or two lines does not show where its column ends: its neighbours above and below do. */
function columnEdge(lines: Run[], at: number): number {
  const line = lines[at]!;
  return rightEdge(lines.slice(Math.max(0, at - 40), at + 40).filter((other) => other.left < line.right && other.right > line.left));
}

/** A line break inside a block is the typesetter's, and goes, when the next word had no room left; otherwise the author's, and stays. */
function joinBlock(parts: string[], lines: Run[], continues: boolean, right: number): void {
  const left = lines.reduce((least, line) => Math.min(least, line.left), Number.POSITIVE_INFINITY);
  let continued = continues;
  for (const [i, line] of lines.entries()) {
    const above = lines[i - 1];
    if (above) continued = isContinued(above, line, lines[i + 1], right, continued);
    if (continued) joinWords(parts, line.text);
    else
      parts.push(above ? "\n" : "", " ".repeat(line.mono ? Math.min(Math.round((line.left - left) / charWidth(line)), 40) : 0), line.text);
  }
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
  const centred =
    Math.abs(above.left + above.right - line.left - line.right) < 0.5 * line.size && Math.abs(above.left - line.left) > 0.5 * line.size;
  if (centred) return false;
  // Nobody sets prose this narrow: these are addresses, labels, verses.
  if (right - Math.min(above.left, line.left) < 12 * line.size) return false;
  // The first line of a paragraph may be indented, or all others.
  if (hanging && line.left < above.left - step) return false;
  return !(line.left > above.cell + step && below && below.left < line.left - step);
}

/** Continues the last part, which ends a line, with the next line. */
function joinWords(parts: string[], next: string): void {
  const above = parts.pop()!;
  const end = above.slice(-3);
  if (/\p{L}[-\u2010\u00ad]$/u.test(end) && /^\p{L}/u.test(next)) parts.push(above.slice(0, -1), lineEndHyphen);
  else parts.push(above, /[—/]$|\p{N}-$/u.test(end) || (isCjk(end.slice(-1)) && isCjk(next)) ? "" : " ");
  parts.push(next);
}

const isCjk = (text: string) => /^[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/u.test(text);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
