/** Where sentences, and pieces that a tokenizer takes at once, begin and end in a text. Pure; offsets are UTF-16 code units. */

/** A sentence longer than this many characters is cut at a line or a word. */
export const longestSentence = 400;

/** A text's sentences, in order: every character belongs to exactly one. Line breaks belong to the sentence before them. */
export function* sentencesOf(text: string): Generator<{ start: number; end: number }> {
  for (let start = 0; start < text.length; ) {
    const end = sentenceEnd(text, start);
    yield { start, end };
    start = end;
  }
}

function sentenceEnd(text: string, start: number): number {
  const latest = Math.min(text.length, start + longestSentence);
  let said = false;
  for (let i = start; i < latest; i++) {
    if (said && isBoundary(text, i)) {
      const behind = /\s*\n/y;
      behind.lastIndex = i + 1;
      return i + 1 + (behind.exec(text)?.[0].length ?? 0);
    }
    said ||= !/\s/.test(text[i]!);
  }
  return pieceEnd(text, start, longestSentence);
}

/** The sentence around [start, end), without surrounding space; a very long one is cut at words around the place. */
export function sentenceAround(text: string, start: number, end: number): { start: number; end: number } {
  const earliest = Math.max(0, start - longestSentence);
  const latest = Math.min(text.length, end + longestSentence);
  let first = earliest;
  for (let i = start - 1; i > earliest; i--) {
    if (isBoundary(text, i)) {
      first = i + 1;
      break;
    }
  }
  let last = latest;
  for (let i = Math.max(first, end - 1); i < latest; i++) {
    if (isBoundary(text, i)) {
      last = i + 1;
      break;
    }
  }
  while (first < last && /\s/.test(text[first]!)) first++;
  while (last > first && /\s/.test(text[last - 1]!)) last--;
  return { start: first, end: last };
}

/** Whether the character at `i` ends a sentence: . ! ? (or their full-width forms) before white space, or an empty line. */
function isBoundary(text: string, i: number): boolean {
  const char = text[i]!;
  if ("\u3002\uff01\uff1f".includes(char)) return true;
  if (".!?".includes(char)) return i + 1 >= text.length || /\s/.test(text[i + 1]!);
  return char === "\n" && text[i + 1] === "\n";
}

/**
 * Where a piece of at most `most` characters (2 at least) that begins at `start` ends: the last paragraph end, else line end, else before a
 * space in its second half, else at its full length; never inside a surrogate pair.
 */
export function pieceEnd(text: string, start: number, most: number): number {
  const limit = start + most;
  if (limit >= text.length) return text.length;
  const least = start + Math.ceil(most / 2);
  const half = text.slice(least, limit);
  for (const stop of ["\n\n", "\n", " "]) {
    const at = half.lastIndexOf(stop);
    if (at >= 0) return least + at + (stop === " " ? 0 : stop.length);
  }
  const code = text.charCodeAt(limit - 1);
  return code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit;
}
