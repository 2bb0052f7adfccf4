/**
 * A passage chosen by keys, sentence by sentence; where lines are the author's own, a line counts as one. (Paragraphs are no measure: on the
 * pages of many PDFs everything is one.) Offsets as in `passages.ts`. Pure: it knows nothing of the screen.
 */
import { type Paragraph, pageAt, paragraphs, type Range, type Writing } from "./passages.ts";

type Pages = readonly { start: number; text: string }[];

/** The sentence that holds `offset`, or the next one, or else the last; null in a document without text. */
export function sentenceAt(pages: Pages, offset: number, writing: Writing): Range | null {
  const found = seek(pages, offset, 1, writing, (sentences) => sentences.find(({ end }) => end > offset));
  return found ?? nextSentence(pages, { start: Number.POSITIVE_INFINITY, end: 0 }, -1, writing);
}

/** The sentence behind (+1) or before (-1) what is chosen; null where there is none. */
export function nextSentence(pages: Pages, chosen: Range, by: 1 | -1, writing: Writing): Range | null {
  return by > 0
    ? seek(pages, chosen.end, by, writing, (sentences) => sentences.find(({ start }) => start >= chosen.end))
    : seek(pages, chosen.start, by, writing, (sentences) => sentences.findLast(({ end }) => end <= chosen.start));
}

/** What is chosen with a sentence more (+1) or less (-1) at its end; the same where there is no other. */
export function stretched(pages: Pages, chosen: Range, by: 1 | -1, writing: Writing): Range {
  const other =
    by > 0
      ? nextSentence(pages, chosen, by, writing)
      : seek(pages, chosen.end - 1, by, writing, (sentences) => sentences.findLast(({ end }) => end < chosen.end));
  return { start: chosen.start, end: other && other.end > chosen.start ? other.end : chosen.end };
}

/** The first that `look` finds among a page's sentences, from the page at `offset` on (+1) or back (-1). */
function seek(pages: Pages, offset: number, by: 1 | -1, writing: Writing, look: (sentences: Range[]) => Range | undefined): Range | null {
  for (let i = pageAt(pages, offset); pages[i]; i += by) {
    const found = look(paragraphs(pages[i]!.text, pages[i]!.start, writing).flatMap(sentencesOf));
    if (found) return found;
  }
  return null;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** A line break ends a sentence as well, unless it is the page's own; a number belongs to what it counts. */
function sentencesOf({ start, text, look }: Paragraph): Range[] {
  const whole = look === "prose" || look === "heading" ? text.replaceAll("\n", " ") : text;
  const found: Range[] = [];
  let from: number | null = null;
  for (const { index, segment } of segmenter.segment(whole)) {
    if (segment.trim() === "") continue;
    from ??= start + index + segment.length - segment.trimStart().length;
    if (/^[^\p{L}\n]*$/u.test(segment) && index + segment.length < whole.length) continue;
    found.push({ start: from, end: start + index + segment.trimEnd().length });
    from = null;
  }
  return found;
}
