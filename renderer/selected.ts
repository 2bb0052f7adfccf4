/** What a reader has selected, as a place in the text that the model read. Pure. */
import { lettersOf } from "../preload/letters.ts";
import type { Range } from "./passages.ts";

/** Letters at each end by which a selection is found whose middle stands in another order on the drawn page. */
const ends = 24;

/**
 * Where a selection stands in a page's text, found by its letters: a drawn page has other spaces, hyphens and line ends.
 *
 * @param before what stands on the page before the selection, as it is drawn: it tells which of several places is meant
 */
export function placeOfSelection(pageText: string, before: string, selected: string): Range | null {
  const page = lettersOf(pageText);
  const { letters } = lettersOf(selected);
  if (letters === "") return null;
  // With what was selected, for a place may reach into it.
  const nth = placesOf(lettersOf(before).letters + letters, letters).length - 1;
  const places = placesOf(page.letters, letters);
  let first = places[nth] ?? places.at(-1) ?? -1;
  let last = first + letters.length - 1;
  if (first < 0) {
    first = page.letters.indexOf(letters.slice(0, ends));
    const tail = letters.slice(-ends);
    last = page.letters.indexOf(tail, Math.max(0, first)) + tail.length - 1;
    if (first < 0 || last < first) return null;
  }
  const lastAt = page.at[last]!;
  // A letter may be two code units.
  const end = lastAt + String.fromCodePoint(pageText.codePointAt(lastAt)!).length;
  // The full stop of a sentence, or a closing bracket, belongs to it.
  return { start: page.at[first]!, end: end + /^\p{M}*[.,;:!?)\]”"»]*/u.exec(pageText.slice(end))![0].length };
}

/** Where `letters` begin in `text`, also within each other, in a time that grows with their lengths alone (Knuth, Morris and Pratt). */
function placesOf(text: string, letters: string): number[] {
  // Of the first n letters, how many at the end are those at the beginning again.
  const again = new Int32Array(letters.length + 1);
  for (let n = 1, fit = 0; n < letters.length; again[++n] = fit) {
    while (fit > 0 && letters.charCodeAt(n) !== letters.charCodeAt(fit)) fit = again[fit]!;
    if (letters.charCodeAt(n) === letters.charCodeAt(fit)) fit++;
  }
  const places: number[] = [];
  for (let at = 0, fit = 0; at < text.length; at++) {
    while (fit > 0 && (fit === letters.length || text.charCodeAt(at) !== letters.charCodeAt(fit))) fit = again[fit]!;
    if (text.charCodeAt(at) === letters.charCodeAt(fit)) fit++;
    if (fit === letters.length) places.push(at + 1 - fit);
  }
  return places;
}
