/** Which Markdown is not parsed: what its parser takes minutes for, and nothing that people ask for. */
import { expect, test } from "vitest";
import { isTangled } from "../../../preload/tangled.ts";

const lines = (count: number, line: string) => `${line}\n`.repeat(count);

test.each([
  ["halves of links", "](".repeat(1100)],
  ["emphasis that never ends", "*a_".repeat(600)],
  ["pictures in pictures", `${"![".repeat(600)}a${"](x)".repeat(600)}`],
  ["comments that never end", "x<!--".repeat(1100)],
  ["marks on lines of their own", lines(1100, "*a")],
  ["marks behind a line that only looks empty", `${"*a".repeat(600)}\n\u00a0\n${"*a".repeat(600)}`],
  ["marks behind lone carriage returns", "](\r".repeat(1100)],
  ["quotes in quotes", ">".repeat(200)],
  ["lists in lists", "1. - ".repeat(60)],
  ["footnotes in footnotes", "[^a\\]]: ".repeat(120)],
  ["paragraphs in quotes", lines(2100, "> a\n")],
  ["lines that go on with a quote", `> a\n${lines(1100, "a")}`],
  ["underlined headings", lines(600, "a\n=\n")],
  ["underlines of nothing", lines(600, "===")],
  ["an address without end", `see http://a.b/${"!".repeat(1000)}a`],
  ["an address of dots", `www.${"_.".repeat(500)}`],
  ["a paragraph without end", `[\n${":a:;".repeat(6000)}`],
  ["marks behind code", `\`\`\`\ncode\n\`\`\`\n${"](".repeat(1100)}`],
  ["marks in what only looks like code", `\`\`\` \`\n${"](".repeat(1100)}`],
  ["marks behind code in a list", `- \`\`\`\n${"](".repeat(1100)}`],
])("%s", (_, source) => {
  expect(isTangled(source)).toBe(true);
  expect(isTangled(`An answer.\n\n${source}\n\nThe end.`)).toBe(true);
});

test.each([
  ["nothing", ""],
  ["a long report", lines(400, "A **bold** word, a *slanted* one, [a link](https://a.example/), `code` and a note[^1].\n")],
  ["a table", `|a|b|c|d|e|\n|-|-|-|-|-|\n${lines(35, "|**a**|**b**|**c**|**d**|**e**|")}`],
  ["a list of 300 sources", lines(300, "- [A title](https://a.example/x)\n")],
  ["nested lists", lines(100, "- a\n  1. b\n     - c")],
  ["quotes", lines(100, "> He said so.\n>\n> > And she did.\n")],
  ["sections", lines(100, "Heading\n=======\n\nText.\n\n---\n")],
  ["much code", `\n\`\`\`c\n${lines(3000, "a[i][j] = *b_c << d;")}\`\`\`\n`],
  ["code that is still being written", `~~~\n${lines(3000, "a[i][j] = *b_c << d;")}`],
  ["a long address", `https://a.example/${"a".repeat(900)}`],
])("but not %s", (_, source) => {
  expect(isTangled(source)).toBe(false);
});
