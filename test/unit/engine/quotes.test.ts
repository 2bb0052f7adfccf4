import { expect, test } from "vitest";
import { checkQuotes } from "../../../main/engine/quotes.ts";
import { processorMs } from "../../processor-time.ts";

const text =
  "The tenant may terminate early with ninety days\u2019 no-\ntice.\n\nHe said: \u201cWe keep the light burning, what-\never it costs.\u201d The e\ufb03cient caf\u00e9 opened in 1874. A part isolated from the rest.";

/** What each check covers in the answer, and what it found. */
const checked = (answer: string, question = "") =>
  checkQuotes(answer, question, [{ text: "Another document." }, { text }]).map(({ start, end, passage }) => [
    answer.slice(start, end),
    passage && { document: passage.documentIndex, says: text.slice(passage.start, passage.end) },
  ]);

test("space, line breaks, hyphens, marks, ligatures, accents and case make no difference", () => {
  expect(checked('It says "with ninety days\' notice" and \u201cwe keep the light burning, whatever it costs\u201d.')).toEqual([
    ["with ninety days' notice", { document: 1, says: "with ninety days\u2019 no-\ntice" }],
    ["we keep the light burning, whatever it costs", { document: 1, says: "We keep the light burning, what-\never it costs" }],
  ]);
  expect(checked("\u00abTHE EFFICIENT CAFE opened\u00bb")).toEqual([
    ["THE EFFICIENT CAFE opened", { document: 1, says: "The e\ufb03cient caf\u00e9 opened" }],
  ]);
});

test("what no document says is not found, and half words are no words", () => {
  expect(checked('"the landlord may terminate"')).toEqual([["the landlord may terminate", null]]);
  expect(checked('"art is part of"')).toEqual([["art is part of", null]]);
  expect(checked('"A part isolat"')).toEqual([["A part isolat", null]]);
});

test("names, terms, inch marks and what the question says are no quotes", () => {
  expect(checked('The "early exit" clause; a 5" pipe and a 6" pipe')).toEqual([]);
  expect(checked('You ask about "the landlord may terminate".', "Can the landlord may terminate?")).toEqual([]);
});

test("a quote may leave something out", () => {
  expect(checked('"The tenant may terminate ... ninety days"')).toEqual([
    ["The tenant may terminate ... ninety days", { document: 1, says: "The tenant may terminate early with ninety days" }],
  ]);
  expect(checked('"ninety days \u2026 The tenant may"')).toEqual([["ninety days \u2026 The tenant may", null]]);
});

test("a sentence that a document says is found without marks, any other is not mentioned", () => {
  expect(checked("Yes. The tenant may **terminate early** with ninety days' notice. I think that this is fair and good.")).toEqual([
    [
      "The tenant may **terminate early** with ninety days' notice",
      { document: 1, says: "The tenant may terminate early with ninety days\u2019 no-\ntice" },
    ],
  ]);
});

test("a long hostile answer and document take no time", () => {
  const check = (answer: string, text: string) => expect(processorMs(() => checkQuotes(answer, "", [{ text }]))).toBeLessThan(2000);
  check('"'.repeat(50_000), "a".repeat(100_000));
  check("\u201ca a a a ".repeat(5_000), "a".repeat(100_000));
  check("\u201cab ... xyz and more\u201d", "ab ".repeat(30_000));
  check(". ! ? a.a".repeat(5_000), " ".repeat(100_000));
  check(`\u201c${"a ".repeat(50)} b\u201d`, "a ".repeat(200_000));
});
