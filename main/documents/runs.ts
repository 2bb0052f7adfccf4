/** From pieces of text to runs: what touches becomes words, cells and parts of lines, in reading direction. */

/** A piece of text as it was drawn, upright, in drawing order. A blank piece only says that there is space. */
export type Piece = { text: string; x: number; y: number; width: number; size: number; mono: boolean; rtl: boolean };

/**
 * Pieces that touch: a part of a line, a table's cell, a line of a column; later a whole line. `cell` is where its last cell begins, or
 * the text after a number or bullet: what continues it stands below that. In a `row` there are several cells.
 */
export type Run = { text: string; left: number; right: number; y: number; size: number; mono: boolean; cell: number; row: boolean };

/** The runs in drawing order. Written so that a page of a million pieces takes linear time. */
export function joinPieces(pieces: Piece[]): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  let parts: Piece[] = [];
  let spaced = false;
  const finish = () => {
    if (run) runs.push({ ...run, text: join(parts) });
  };
  for (const piece of pieces) {
    if (piece.text.trim() === "") {
      spaced ||= piece.text !== "";
      continue;
    }
    const last = parts.at(-1);
    if (last && isDrawnTwice(last, piece)) continue;
    const right = piece.x + piece.width;
    const em = Math.max(piece.size, run?.size ?? 0);
    // The mark of a footnote stands higher, or the 2 of H2O lower, than letters of the line's own size would.
    const reach = run && piece.size < 0.85 * run.size ? 0.65 : 0.5;
    if (run && Math.abs(piece.y - run.y) < reach * em && touches(run, piece, em)) {
      parts.push(spaced ? { ...piece, text: ` ${piece.text}` } : piece);
      run.left = Math.min(run.left, piece.x);
      run.right = Math.max(run.right, right);
      // A superscript belongs to the line, it does not lift it.
      if (piece.size > run.size) Object.assign(run, { size: piece.size, y: piece.y });
      run.mono &&= piece.mono;
    } else {
      finish();
      run = { text: "", left: piece.x, right, y: piece.y, size: piece.size, mono: piece.mono, cell: piece.x, row: false };
      parts = [piece];
    }
    spaced = false;
  }
  finish();
  return runs;
}

/** Bold is sometimes faked by drawing twice. */
function isDrawnTwice(a: Piece, b: Piece): boolean {
  return a.text.trim() === b.text && Math.abs(a.x - b.x) + Math.abs(a.y - b.y) < 0.15 * b.size;
}

/** Close enough to be read on: to the right, or for writing from right to left on either side, since both orders of drawing are common. */
function touches(run: Run, piece: Piece, em: number): boolean {
  const after = piece.x - run.right;
  const before = run.left - (piece.x + piece.width);
  return (after > -0.5 * em && after < 1.5 * em) || (piece.rtl && before > -0.5 * em && before < 1.5 * em);
}

/** One text of the pieces of a run. A leading space in a piece says that there was one drawn before it. */
function join(parts: Piece[]): string {
  const ordered = parts.some((part) => part.rtl) ? inReadingOrder(parts) : parts;
  let text = "";
  let last: Piece | undefined;
  for (const piece of ordered) {
    if (last) {
      const gap = Math.max(piece.x - last.x - last.width, last.x - piece.x - piece.width);
      // The mark before a footnote is small and close, but a word of its own.
      const mark = piece.size > 1.15 * last.size && /^\d+$/.test(text);
      if ((mark || gap > 0.15 * Math.max(piece.size, last.size)) && !isBlank(text.at(-1)) && !isBlank(piece.text[0])) text += " ";
    }
    text += piece.text;
    last = piece;
  }
  // A soft hyphen inside a line is one that was not needed.
  return text.trim().replace(/\u00ad(?!$)/g, "");
}

const isBlank = (char = "") => char.trim() === "";

/** From right to left where most is written so, with what is written from left to right kept together; the other way round elsewhere. */
function inReadingOrder(parts: Piece[]): Piece[] {
  const sorted = parts.map((part) => ({ ...part, text: part.text.trimStart() })).sort((a, b) => a.x - b.x);
  const stretches: Piece[][] = [];
  for (const part of sorted) {
    const stretch = stretches.at(-1);
    if (stretch?.[0]?.rtl === part.rtl) stretch.push(part);
    else stretches.push([part]);
  }
  const characters = (rtl: boolean) => parts.reduce((sum, part) => sum + (part.rtl === rtl ? part.text.length : 0), 0);
  const fromRight = characters(true) > characters(false);
  return (fromRight ? stretches.reverse() : stretches).flatMap((stretch) => (stretch[0]!.rtl ? stretch.reverse() : stretch));
}
