import { expect, test } from "vitest";
import { markdownBlocks } from "../../../renderer/markdown.ts";

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
