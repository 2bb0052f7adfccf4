import { expect, test } from "vitest";
import { oneKindOfFormula, placeAmongFormulas } from "../../../preload/formulas.ts";
import { processorMs } from "../../processor-time.ts";

test.each([
  [String.raw`The area \(\pi r^2\) is`, String.raw`The area $$\pi r^2$$ is`],
  ["so $x$ and $a_1 + b$ hold", "so $$x$$ and $$a_1 + b$$ hold"],
  ["\\[\nE = mc^2\n\\]", "$$\nE = mc^2\n$$"],
  ["- one\n  \\[ a \\]", "- one\n  $$\n  a\n  $$"],
  ["$$x = 1$$", "$$\nx = 1\n$$"],
  ["where $$x = 1$$ holds", "where $$x = 1$$ holds"],
])("formulas are written in one way: %j", (source, wanted) => {
  expect(oneKindOfFormula(source)).toBe(wanted);
});

test.each([
  "It costs $5 and $10.",
  "from $5/unit to $7/unit, US$3",
  "between $100-$200",
  "`$x$` and ```\n$a_1$\n\\[x\\]\n```",
  "an open $$x and \\(y and \\[z",
  "\\$x$ and a$b$c",
])("prices, code and open ends stay as they are: %j", (source) => {
  expect(oneKindOfFormula(source)).toBe(source);
});

test("long hostile answers take no time", () => {
  for (const part of ["$", "\\[", "\\(", "`", "$$", "$x", "```\n"])
    expect({ part, quick: processorMs(() => oneKindOfFormula(part.repeat(10_000))) < 1000 }).toEqual({ part, quick: true });
});

test("what stands behind a formula is found again where that was moved to", () => {
  for (const formula of ["$x$", "\\(x\\)", "$$ x $$", "`$x$` and $5"]) {
    const source = `With ${formula}, “seven men and a boy” kept the light.`;
    const end = source.indexOf("”");
    expect(oneKindOfFormula(source).slice(0, placeAmongFormulas(source, end))).toMatch(/and a boy$/);
  }
});
