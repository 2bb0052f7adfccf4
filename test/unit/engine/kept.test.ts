import { expect, test } from "vitest";
import { keptShares } from "../../../main/engine/kept.ts";

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
