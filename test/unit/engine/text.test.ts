import { expect, it } from "vitest";
import { endsInLoop, endsInSameLines } from "../../../main/engine/text.ts";

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

const numbered = (count: number, line: (i: number) => string) =>
  `${Array.from({ length: count }, (_, i) => `${i + 1}. ${line(i)}`).join("\n")}\n`;

it("notices list items that say the same under other numbers, alone or in groups", () => {
  expect(endsInSameLines(numbered(4, () => "The lease ends in March."))).toBe(true);
  expect(endsInSameLines(numbered(3, () => "The lease ends in March."))).toBe(false);
  expect(endsInSameLines(`Terms:\n${numbered(9, (i) => ["The rent is due.", "The deposit is due.", "Notice is given."][i % 3]!)}`)).toBe(
    true,
  );
  expect(endsInSameLines(numbered(6, (i) => ["The rent is due.", "The deposit is due.", "Notice is given."][i % 3]!))).toBe(false);
});

it("lets lists go on whose entries differ, or are hardly words", () => {
  expect(endsInSameLines(numbered(30, (i) => `In ${1900 + i} the harbour took ${i * 7} ships.`))).toBe(false);
  expect(endsInSameLines("| 0 | 0 |\n".repeat(9))).toBe(false);
});
