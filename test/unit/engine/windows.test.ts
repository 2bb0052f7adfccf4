/** Cutting into sentences and windows, and places in excerpts: nothing is lost, everything is found again. */
import { describe, expect, it } from "vitest";
import { type Excerpt, excerptsOf, inDocument, partOf, wholeDocument } from "../../../main/engine/excerpt.ts";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import type { TokenizedText } from "../../../main/engine/prompt.ts";
import { pickSentences } from "../../../main/engine/search.ts";
import { longestSentence, sentencesOf } from "../../../main/engine/sentences.ts";
import { cutWindows } from "../../../main/engine/windows.ts";
import { processorMs } from "../../processor-time.ts";

/** One token a character, and three for those that a small vocabulary spells in bytes. */
const tokenize = (text: string): number[] => [...text].flatMap((char) => (char > "\u2fff" ? [1, 2, 3] : [char.codePointAt(0)!]));

const document = (text: string): TokenizedText => ({ text, tokens: tokenize(text), slices: [{ character: 0, token: 0 }] });

const bits = [
  "word",
  " ",
  "a",
  ". ",
  "? ",
  "!\n",
  "\n",
  "\n\n",
  " \n \n",
  "。",
  "漢字",
  "😀",
  "3.14",
  "no stop here ",
  "\r\n\r\n",
  "“Yes.” ",
];

/** Texts of all kinds, the same in every run. */
const texts = Array.from({ length: 60 }, (_, seed) => {
  const random = mulberry32(seed + 1);
  const few = bits.filter(() => random() < 0.6);
  return Array.from({ length: Math.floor(random() * 900) }, () => few[Math.floor(random() * few.length)] ?? "x").join("");
});

describe("sentences", () => {
  it("hold every character once, none too long", () => {
    for (const text of [...texts, "", " ", "x".repeat(2000), "😀".repeat(800), "\n".repeat(1000)]) {
      const sentences = [...sentencesOf(text)];
      expect(sentences.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
      expect(sentences.every(({ start }, i) => start === (sentences[i - 1]?.end ?? 0))).toBe(true);
      for (const { start, end } of sentences) {
        expect(text.slice(start, end).trim().length).toBeLessThanOrEqual(longestSentence);
        expect(text.slice(start, end).isWellFormed()).toBe(true);
      }
    }
  });

  it("of two million letters without a space are found in no time", () => {
    expect(processorMs(() => [...sentencesOf("é".repeat(2_000_000))])).toBeLessThan(1500);
  });

  it("end at full stops and empty lines; line breaks stay with what they end, spaces lead", () => {
    const text = "One 3.14 is. Two?\n\nA title\n\n漢字。続き";
    expect([...sentencesOf(text)].map(({ start, end }) => text.slice(start, end))).toEqual([
      "One 3.14 is.",
      " Two?\n\n",
      "A title\n\n",
      "漢字。",
      "続き",
    ]);
  });
});

describe("windows", () => {
  it("hold every character of a document once, in order, and never more tokens than they may", async () => {
    for (const [i, text] of texts.entries()) {
      const most = 16 + ((i * 37) % 300);
      const windows = await cutWindows(tokenize, text, 0, most);
      expect(windows.map((window) => window.text.text).join("")).toBe(text);
      for (const [w, { start, end, text: held }] of windows.entries()) {
        expect(start).toBe(windows[w - 1]?.end ?? 0);
        expect(text.slice(start, end)).toBe(held.text);
        expect(held.tokens).toEqual(tokenize(held.text));
        expect(held.tokens.length).toBeLessThanOrEqual(most);
        for (const [s, { character, token }] of held.slices.entries()) {
          expect(held.tokens.slice(0, token)).toEqual(tokenize(held.text.slice(0, character)));
          expect(token).toBeGreaterThan(held.slices[s - 1]?.token ?? -1);
        }
      }
    }
  });

  it("end where paragraphs end, when one ends late enough in them", async () => {
    const text = `${"A sentence of it. ".repeat(5)}\n\n${"Another one. ".repeat(3)}\n\n${"And the rest. ".repeat(20)}`;
    const [first, second] = await cutWindows(tokenize, text, 0, 150);
    expect(first!.text.text.endsWith("Another one. \n\n")).toBe(true);
    expect(second!.text.text.startsWith("And the rest.")).toBe(true);
  });

  it("are cut inside a sentence whose tokens alone are too many", async () => {
    const text = "漢".repeat(390);
    const windows = await cutWindows(tokenize, text, 3, 64);
    expect(windows.map((window) => window.text.text).join("")).toBe(text);
    expect(windows.every(({ documentIndex, text: held }) => documentIndex === 3 && held.tokens.length <= 64)).toBe(true);
  });
});

describe("excerpts", () => {
  it("say of every place where it is in the document", () => {
    for (const [seed, text] of texts.entries()) {
      const random = mulberry32(seed + 100);
      const spans = [...sentencesOf(text)].filter(() => random() < 0.4).map((span) => ({ documentIndex: 1, ...span }));
      const excerpts = excerptsOf(tokenize, [document("another"), document(text)], spans);
      expect(excerpts.length).toBe(spans.length > 0 ? 1 : 0);
      for (const { text: read, pieces } of excerpts) {
        expect(read.tokens).toEqual(tokenize(read.text));
        expect(pieces.map(({ start, end }) => text.slice(start, end)).join("")).toBe(
          spans.map(({ start, end }) => text.slice(start, end)).join(""),
        );
        for (const { at, start, end } of pieces) {
          const from = Math.floor(random() * (end - start));
          const to = from + Math.ceil(random() * (end - start - from));
          const found = inDocument(excerpts, { documentIndex: 0, start: at + from, end: at + to, score: 1 });
          expect(found).toEqual({ documentIndex: 1, start: start + from, end: start + to, score: 1 });
          expect(text.slice(found.start, found.end)).toBe(read.text.slice(at + from, at + to));
        }
      }
    }
  });

  it("of a whole document are the document, of a part its part", () => {
    const whole = document("0123456789");
    const place = (excerpt: Excerpt) => inDocument([excerpt], { documentIndex: 0, start: 1, end: 3, score: 1 });
    expect(place(wholeDocument(whole, 0))).toMatchObject({ documentIndex: 0, start: 1, end: 3 });
    expect(place(partOf(whole, 2, 5, document("56789")))).toMatchObject({ documentIndex: 2, start: 6, end: 8 });
  });

  it("are the sentences looked at most, as far as the tokens go, in the document's order", () => {
    const scores = [0.1, 0.9, 0.2, 0.8, 0.3];
    const found = scores.map((score, i) => ({ documentIndex: 0, start: i, end: i + 1, tokens: i === 3 ? 50 : 10, score }));
    expect(pickSentences(found, 35).map(({ start }) => start)).toEqual([1, 2, 4]);
    expect(pickSentences(found, 70).map(({ start }) => start)).toEqual([1, 3, 4]);
    // The first was hardly looked at.
    expect(pickSentences(found, 1000).map(({ start }) => start)).toEqual([1, 2, 3, 4]);
    expect(pickSentences([], 100)).toEqual([]);
  });
});
