/**
 * Where a page's text stands on the page. The text that the model read was put together from the pieces that pdf.js draws: reordered,
 * joined, freed of hyphens at line ends. Here each drawn piece is found in it again by its letters and digits. Pure.
 */
import { type Letters, lettersOf } from "../preload/letters.ts";
import type { Range } from "./passages.ts";

/** A stretch of one drawn piece: characters [from, to) of `items[item]`. */
export type Stretch = { item: number; from: number; to: number };

/** How many letters ahead are compared where a piece does not follow the last one; shorter where longer ones are not found. */
const contexts = [48, 24, 12];
/** Letters looked through for one page: a page made to be slow stays half unmarked instead. */
const patience = 50_000_000;
/** A piece with fewer letters is only placed with the ones after it, or between its neighbours. */
const fewLetters = 4;

/**
 * For every character of every item its offset in `text`, or -1 for items that are not in it.
 */
export function locate(text: string, items: readonly string[]): Int32Array[] {
  const page = lettersOf(text);
  const pieces = items.map(lettersOf);
  const taken = new Uint8Array(page.at.length);
  const places = new Array<number>(items.length).fill(-1);
  const free = (at: number, length: number) => !taken.subarray(at, at + length).includes(1);
  const place = (i: number, at: number) => {
    places[i] = at;
    taken.fill(1, at, at + pieces[i]!.letters.length);
  };

  let cursor = 0;
  let last = -1;
  let looked = 0;
  pieces.forEach(({ letters }, i) => {
    if (letters === "") return;
    if (page.letters.startsWith(letters, cursor) && free(cursor, letters.length)) place(i, cursor);
    else if (last >= 0 && pieces[last]!.letters === letters)
      // Bold is sometimes faked by drawing twice.
      places[i] = places[last]!;
    else {
      const at = looked > patience ? -1 : search(page.letters, pieces, i, cursor, free);
      looked += page.letters.length;
      if (at < 0) return;
      place(i, at);
    }
    cursor = places[i]! + letters.length;
    last = i;
  });

  // What was too short to be looked for stands between its neighbours.
  pieces.forEach(({ letters }, i) => {
    if (letters === "" || places[i]! >= 0) return;
    const before = i > 0 && places[i - 1]! >= 0 ? places[i - 1]! + pieces[i - 1]!.letters.length : -1;
    const after = i + 1 < places.length && places[i + 1]! >= 0 ? places[i + 1]! - letters.length : -1;
    const at = [before, after].find((at) => at >= 0 && page.letters.startsWith(letters, at) && free(at, letters.length));
    if (at !== undefined) place(i, at);
  });
  return items.map((item, i) => offsets(item.length, pieces[i]!, places[i]!, page));
}

/** The parts of the drawn pieces that show `range` of the text; `located` comes from `locate`. */
export function stretches(range: Range, located: readonly Int32Array[]): Stretch[] {
  const inside = (offset: number) => offset >= range.start && offset < range.end;
  const found: Stretch[] = [];
  located.forEach((offsets, item) => {
    const from = offsets.findIndex(inside);
    if (from < 0) return;
    // Space is often drawn as a piece of its own: what stands between two marked pieces is marked with them.
    const next = (found.at(-1)?.item ?? item) + 1;
    const between = located.slice(next, item);
    if (between.every((blank) => blank.every((offset) => offset < 0))) {
      between.forEach((blank, i) => void found.push({ item: next + i, from: 0, to: blank.length }));
    }
    found.push({ item, from, to: offsets.findLastIndex(inside) + 1 });
  });
  return found;
}

/** Where piece `i` stands, looked for with the pieces after it: behind the cursor first, then from the beginning; -1 when nowhere. */
function search(letters: string, pieces: readonly Letters[], i: number, cursor: number, free: (at: number, length: number) => boolean) {
  const own = pieces[i]!.letters;
  let ahead = own;
  for (let next = i + 1; ahead.length < contexts[0]! && next < pieces.length; next++) ahead += pieces[next]!.letters;
  const lengths = [...contexts.filter((length) => length > own.length && length <= ahead.length), own.length];
  for (const length of lengths) {
    if (length < fewLetters) break;
    const wanted = ahead.slice(0, length);
    for (const start of [cursor, 0]) {
      const limit = start === 0 ? cursor : letters.length;
      for (let at = letters.indexOf(wanted, start); at >= 0 && at < limit; at = letters.indexOf(wanted, at + 1)) {
        if (free(at, own.length)) return at;
      }
    }
  }
  return -1;
}

/** Signs and space stand as far from the nearest letter as they do in the piece. */
function offsets(length: number, { letters, at }: Letters, place: number, page: Letters): Int32Array {
  const found = new Int32Array(length).fill(-1);
  if (letters === "" || place < 0) return found;
  at.forEach((char, k) => {
    if (found[char] === -1) found[char] = page.at[place + k]!;
  });
  const first = at[0]!;
  for (let i = first - 1; i >= 0; i--) found[i] = Math.max(0, found[i + 1]! - 1);
  for (let i = first + 1; i < length; i++) if (found[i] === -1) found[i] = found[i - 1]! + 1;
  return found;
}
