import { expect, it } from "vitest";
import { endsInLoop } from "../../../main/engine/text.ts";

const times = (count: number, phrase: number[]) => Array.from({ length: count }, () => phrase).flat();

it("notices a phrase that is said three times, not twice", () => {
  const phrase = Array.from({ length: 20 }, (_, i) => 100 + i);
  expect(endsInLoop([1, 2, 3, ...times(3, phrase)])).toBe(true);
  expect(endsInLoop([1, 2, 3, ...times(2, phrase)])).toBe(false);
});

it("lets short repetitions stand until they fill 32 tokens", () => {
  expect(endsInLoop([7, ...times(15, [0, 1])])).toBe(false);
  expect(endsInLoop([7, ...times(17, [0, 1])])).toBe(true);
});

it("lets a list with different entries go on", () => {
  expect(endsInLoop(Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? 1000 + i : i % 10)))).toBe(false);
});
