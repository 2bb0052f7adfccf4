import { expect, test } from "vitest";
import { markdownBlocks, oneKindOfFormula } from "../../../renderer/markdown.ts";

test("Markdown blocks: code fences and lists stay whole, nothing is lost", () => {
  const source = "Intro\n\n- one\n\n- two\n\n```\na\n\nb\n```\n\nEnd";
  const blocks = markdownBlocks(source);
  expect(blocks.map((b) => b.trim())).toEqual(["Intro\n\n- one\n\n- two", "```\na\n\nb\n```", "End"]);
  expect(blocks.join("\n")).toBe(source);
  expect(markdownBlocks("")).toEqual([]);
  expect(markdownBlocks("```\nopen\n\nstill open")).toHaveLength(1);
});

test("a formula with empty lines stays one block", () => {
  expect(markdownBlocks("a\n\n$$\nx\n\ny\n$$\n\nb")).toEqual(["a\n", "$$\nx\n\ny\n$$\n", "b"]);
  expect(markdownBlocks("\\[\nx\n\ny\n\\]\n\nb")).toHaveLength(2);
  expect(markdownBlocks("$$x$$\n\nb")).toHaveLength(2);
});

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
  for (const part of ["$", "\\[", "\\(", "`", "$$", "$x", "```\n"]) oneKindOfFormula(part.repeat(10_000));
});
