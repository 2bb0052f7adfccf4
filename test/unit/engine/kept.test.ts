import { expect, test } from "vitest";
import { excerptsOf, partOf, wholeDocument } from "../../../main/engine/excerpt.ts";
import { keptShares as sharesOf } from "../../../main/engine/kept.ts";
import type { TokenizedText } from "../../../main/engine/prompt.ts";

/** Of documents that were read whole. */
const keptShares = (starts: number[], documents: TokenizedText[], kept: Parameters<typeof sharesOf>[3]) =>
  sharesOf(starts, documents.map(wholeDocument), documents, kept);

/** A document of `tokens` tokens, one letter each. */
const document = (tokens: number) => ({
  text: "x".repeat(tokens),
  tokens: new Array<number>(tokens).fill(1),
  slices: [{ character: 0, token: 0 }],
});

test("each part says which share of the layers kept its tokens", () => {
  // Two documents of 200 and 400 tokens behind 10 of the template; two layers, the second with a set for each of two KV heads.
  const [first, second] = keptShares(
    [10, 210, 610],
    [document(200), document(400)],
    [
      [[0, 10, 11, 209, 210]],
      [
        [10, 609],
        [12, 609],
      ],
    ],
  );
  expect(first!.length).toBe(200);
  expect(first!.slice(0, 4)).toEqual([0.75, 0.5, 0.25, 0]);
  expect(first!.at(-1)).toBe(0.5);
  expect(second![0]).toBe(0.25);
  expect(second!.at(-1)).toBe(0.25);
  expect(first!.reduce((a, b) => a + b) + second!.reduce((a, b) => a + b)).toBeCloseTo(2.5);
});

test("parts follow the text where tokens are longer or shorter", () => {
  const uneven = {
    text: "x".repeat(2000),
    tokens: new Array<number>(300).fill(1),
    slices: [
      { character: 0, token: 0 },
      { character: 1000, token: 200 },
    ],
  };
  const [parts] = keptShares([0, 300], [uneven], [[[200]]]);
  expect(parts!.findIndex((share) => share > 0)).toBe(100);
});

test("everything kept is 1 wherever there is text; a document shorter than its parts has gaps only between tokens", () => {
  expect(keptShares([0, 400], [document(400)], null)[0]!.every((share) => share === 1)).toBe(true);
  expect(keptShares([5, 8], [document(3)], null)[0]!.filter((share) => share === 1)).toHaveLength(3);
});

test("of what was read in part, the rest was not kept", () => {
  const [first, second] = [document(400), document(200)];
  const part = partOf(first, 0, 100, document(100));
  const [parts, whole] = sharesOf([0, 100, 300], [part, wholeDocument(second, 1)], [first, second], null);
  expect(parts!.map((share, bin) => (share === 1 ? bin : -1)).filter((bin) => bin >= 0)).toEqual(
    Array.from({ length: 50 }, (_, i) => 50 + i),
  );
  expect(whole!.every((share) => share === 1)).toBe(true);
});

test("of passages each token is where its passage is in the document", () => {
  const whole = document(400);
  const tokenize = (text: string) => new Array<number>(text.length).fill(1);
  const spans = [
    { documentIndex: 1, start: 20, end: 24 },
    { documentIndex: 1, start: 300, end: 304 },
  ];
  const excerpts = excerptsOf(tokenize, [document(10), whole], spans);
  // Four tokens, two for the gap, four tokens: the first and the last two are kept.
  const [none, kept] = sharesOf([5, 15], excerpts, [document(10), whole], [[[5, 13, 14]]]);
  expect(none!.every((share) => share === 0)).toBe(true);
  expect(kept!.flatMap((share, bin) => (share > 0 ? [[bin, share]] : []))).toEqual([
    [10, 0.5],
    [151, 1],
  ]);
});
