import { expect, test } from "vitest";
import { samenessOf, wordsBefore } from "../../../renderer/sameness.ts";

test("the same words are the same, however they are set", () => {
  expect(samenessOf("The lamp was lit.", "The lamp was lit.\n")).toEqual({ kind: "same" });
  expect(samenessOf("The lamp was lit.", "**The lamp** was “lit”")).toEqual({ kind: "wording" });
  expect(samenessOf("", "")).toEqual({ kind: "same" });
});

test("answers part at a word, which is named by those before it", () => {
  const first = "The keeper lit the lamp at sixteen past.";
  const found = samenessOf(first, "The keeper lit the lamp at six.");
  expect(found).toEqual({ kind: "parts", until: "The keeper lit the lamp at ".length });
  expect(wordsBefore(first, 27)).toBe("The keeper lit the lamp at");
  expect(wordsBefore(first, 27, 2)).toBe("…lamp at");
  expect(samenessOf("No.", "Yes.")).toEqual({ kind: "parts", until: 0 });
});

test("an answer that ends earlier says the same so far", () => {
  expect(samenessOf("In May", "In May 1911.")).toEqual({ kind: "longer", until: 6 });
  expect(samenessOf("In May 1911.", "In May")).toEqual({ kind: "longer", until: 7 });
  expect(samenessOf("", "In May")).toEqual({ kind: "parts", until: 0 });
});
