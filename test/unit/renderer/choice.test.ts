import { expect, test } from "vitest";
import { nextSentence, sentenceAt, stretched } from "../../../renderer/choice.ts";
import type { Range } from "../../../renderer/passages.ts";

const texts = [
  "1. The lamp\n\n  The lamp of Gull Rock is lit at dusk. The keeper answers for it\nwith his wages. No one else may touch it.\n\nIt burns oil.",
  "",
  "Rent: 900\nDeposit: 1800\nTerm: 3 years\n\n  ",
];
let at = 0;
const pages = texts.map((text) => {
  const page = { start: at, text };
  at += text.length + 1;
  return page;
});
const whole = texts.join("\n");
const words = (range: Range | null) => range && whole.slice(range.start, range.end).replace(/\s+/g, " ");

const sentences = [
  "1. The lamp",
  "The lamp of Gull Rock is lit at dusk.",
  "The keeper answers for it with his wages.",
  "No one else may touch it.",
  "It burns oil.",
  "Rent: 900",
  "Deposit: 1800",
  "Term: 3 years",
];

test("keys go from sentence to sentence, over paragraphs and pages without text, and stop at the ends", () => {
  const on = [];
  let last: Range | null = null;
  for (let next = sentenceAt(pages, 0, "words"); next; next = nextSentence(pages, next, 1, "words")) {
    last = next;
    on.push(words(next));
  }
  expect(on).toEqual(sentences);
  const back = [];
  for (let next = last; next; next = nextSentence(pages, next, -1, "words")) back.unshift(words(next));
  expect(back).toEqual(sentences);
});

test("it begins with the sentence at a place, or the next one, or the last", () => {
  expect(words(sentenceAt(pages, whole.indexOf("wages"), "words"))).toBe("The keeper answers for it with his wages.");
  expect(words(sentenceAt(pages, whole.indexOf("It burns") - 1, "words"))).toBe("It burns oil.");
  expect(words(sentenceAt(pages, whole.length, "words"))).toBe("Term: 3 years");
  expect(sentenceAt([{ start: 0, text: " \n" }], 0, "words")).toBeNull();
  expect(sentenceAt([], 0, "words")).toBeNull();
});

test("it grows and shrinks at its end, over paragraphs and pages, and never to nothing", () => {
  const first = sentenceAt(pages, whole.indexOf("keeper"), "words")!;
  let chosen = first;
  for (let i = 0; i < 3; i++) chosen = stretched(pages, chosen, 1, "words");
  expect(words(chosen)).toBe(sentences.slice(2, 6).join(" "));
  expect(words(nextSentence(pages, chosen, 1, "words"))).toBe("Deposit: 1800");
  expect(words(nextSentence(pages, chosen, -1, "words"))).toBe(sentences[1]);
  for (let i = 0; i < 9; i++) chosen = stretched(pages, chosen, -1, "words");
  expect(chosen).toEqual(first);
  for (let i = 0; i < 20; i++) chosen = stretched(pages, chosen, 1, "words");
  expect(words(chosen)).toBe(sentences.slice(2).join(" "));
});
