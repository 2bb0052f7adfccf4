/** Needle-in-a-haystack texts for calibration: free text of Folio's own with one planted sentence. Shares nothing with what benches report on. */
import { readdir, readFile } from "node:fs/promises";

export type Needle = { sentence: string; question: string };
/** One haystack with its needle: `text.slice(start, end)` is the planted sentence. */
export type Haystack = { text: string; start: number; end: number; question: string };

const folder = new URL("../../resources/haystack/", import.meta.url);

/** Sentences of several kinds: a number, a name, a place, a day, a thing. No question shares its words with the haystack. */
export const needles: readonly Needle[] = [
  {
    sentence: "The number painted on the door of the skating rink is 3168.",
    question: "What is the number painted on the door of the skating rink?",
  },
  {
    sentence: "The best place to watch the fireworks is the flat roof of the cinema.",
    question: "What is the best place to watch the fireworks?",
  },
  { sentence: "The pilot of the yellow balloon is called Leopold Winter.", question: "What is the pilot of the yellow balloon called?" },
  {
    sentence: "The secret ingredient of the festival cake is a spoonful of black pepper.",
    question: "What is the secret ingredient of the festival cake?",
  },
  { sentence: "The password of the treasure hunt is purple elephant 52.", question: "What is the password of the treasure hunt?" },
  {
    sentence: "The zoo in Melbourne bought its first giraffe on 23 October.",
    question: "When did the zoo in Melbourne buy its first giraffe?",
  },
];

/** The calibration texts in order of their names. */
export async function readHaystack(): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  return await Promise.all(names.map(async (name) => (await readFile(new URL(name, folder), "utf8")).trim()));
}

/**
 * A haystack of about `characters` characters with the needle after the sentence that ends nearest to `depth` (0 is the beginning, 1 the end).
 * @param turn which text comes first, so that lengths do not all begin alike
 */
export function plantNeedle(
  texts: readonly string[],
  turn: number,
  characters: number,
  depth: number,
  { sentence, question }: Needle,
): Haystack {
  const hay = joinTexts(texts, turn, characters);
  const at = nearest(sentenceEnds(hay), depth * hay.length);
  return { text: `${hay.slice(0, at)}${sentence} ${hay.slice(at)}`.trimEnd(), start: at, end: at + sentence.length, question };
}

/** About `characters` characters of the texts, beginning with the one whose turn it is, cut at a sentence's end. */
export function joinTexts(texts: readonly string[], turn: number, characters: number): string {
  let joined = "";
  for (let i = 0; joined.length < characters; i++) joined += `${joined === "" ? "" : "\n\n"}${texts[(turn + i) % texts.length]}`;
  return joined.slice(0, nearest(sentenceEnds(joined), characters));
}

function sentenceEnds(text: string): number[] {
  return [...text.matchAll(/[.!?]"?\s+(?=["A-Z])/g)].map((match) => match.index + match[0].length);
}

/** ROUGE-1 recall in percent: how many of the needle's words the answer has. */
export function rougeRecall(needle: string, answer: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const left: string[] = words(answer);
  const wanted = words(needle);
  const found = wanted.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return (100 * found.length) / Math.max(1, wanted.length);
}

function nearest(places: readonly number[], target: number): number {
  return places.reduce((best, place) => (Math.abs(place - target) < Math.abs(best - target) ? place : best), 0);
}
