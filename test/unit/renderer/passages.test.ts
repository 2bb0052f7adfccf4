import { expect, test } from "vitest";
import { cellsOf, findAll, type Mark, pageAt, paragraphs, segments, writingOf } from "../../../renderer/passages.ts";
import { processorMs } from "../../processor-time.ts";

const evidence = (start: number, end: number, current = false): Mark => ({ start, end, kind: "evidence", current });

test("every paragraph's offset leads back to its own text", () => {
  const text = "  First line\nof one.\n\n\n \nSecond.\n\t\n3. Heading\n\nLast\n";
  const found = paragraphs(text, 100);
  expect(found.map((p) => p.text)).toEqual(["  First line\nof one.", "Second.", "3. Heading", "Last"]);
  for (const p of found) expect(text.slice(p.start - 100, p.start - 100 + p.text.length)).toBe(p.text);
});

test("a page of blanks has no paragraphs, and 100,000 blank lines take no time", () => {
  expect(paragraphs("", 0)).toEqual([]);
  expect(paragraphs(" \n\t\n  ", 0)).toEqual([]);
  expect(processorMs(() => expect(paragraphs(" \n".repeat(100_000), 0)).toEqual([]))).toBeLessThan(1000);
});

test("a page of very many lines is shown like any other", () => {
  expect(paragraphs("a\n".repeat(300_000), 0)).toMatchObject([{ look: "lines" }]);
});

test("lines broken by the page are prose, an author's own lines stay lines", () => {
  const wrapped =
    "The tenant shall keep the premises in good repair and\ncondition throughout the whole of the term and shall not\nmake changes.";
  expect(paragraphs(wrapped, 0)[0]!.look).toBe("prose");
  expect(paragraphs("Rent: 900\nDeposit: 1800\nTerm: 3 years", 0)[0]!.look).toBe("lines");
  expect(paragraphs("14.2 Early termination", 0)[0]!.look).toBe("heading");
  expect(paragraphs("## 2. Reading", 10)).toEqual([{ start: 13, text: "2. Reading", look: "heading" }]);
  expect(paragraphs("LEASE AGREEMENT", 0)[0]!.look).toBe("heading");
  expect(paragraphs("1234", 0)[0]!.look).toBe("prose");
  expect(paragraphs("2019 was a good year for the company.", 0)[0]!.look).toBe("prose");
});

test("segments put together give the text, with marks exactly where they were", () => {
  const text = "abcdefghij";
  const cut = segments(text, 50, [evidence(52, 55), evidence(40, 51), evidence(58, 99)]);
  expect(cut.map((s) => s.text).join("")).toBe(text);
  expect(cut.filter((s) => s.mark).map((s) => s.text)).toEqual(["a", "cde", "ij"]);
});

test("marks outside, empty or touching only the edge mark nothing", () => {
  expect(segments("abc", 10, [evidence(0, 10), evidence(13, 20), evidence(11, 11)])).toEqual([{ text: "abc", start: 10, mark: null }]);
});

test("where passages overlap, the current one is on top", () => {
  const cut = segments("abcdef", 0, [evidence(0, 4), evidence(2, 6, true)]);
  expect(cut.map((s) => [s.text, s.mark?.current])).toEqual([
    ["ab", false],
    ["cdef", true],
  ]);
});

test("find ignores case and line breaks, keeps exact offsets, and stops at its limit", () => {
  const pages = [
    { start: 0, text: "Early\ntermination. İstanbul early termination" },
    { start: 60, text: "No (a+b) here" },
  ];
  const found = findAll(pages, "EARLY termination");
  expect(found.map((r) => pages[0]!.text.slice(r.start, r.end))).toEqual(["Early\ntermination", "early termination"]);
  expect(findAll(pages, "(a+b)")).toEqual([{ start: 63, end: 68 }]);
  expect(findAll(pages, "  ")).toEqual([]);
  expect(findAll(pages, "e", 2)).toHaveLength(2);
});

test("the page of an offset", () => {
  const pages = [{ start: 0 }, { start: 100 }, { start: 250 }];
  expect([0, 99, 100, 249, 250, 9999].map((offset) => pageAt(pages, offset))).toEqual([0, 0, 1, 1, 2, 2]);
  expect(pageAt([], 5)).toBe(0);
});

test("rows with bars are tables where a document can have some, and every cell keeps its place in the text", () => {
  const text = "Ship | Cargo | Share\nGull |  | 4%\nTern";
  const [table] = paragraphs(`Words.\n\n${text}`, 100, writingOf("ships.xlsx")).slice(1);
  expect(table).toEqual({ start: 108, text, look: "table" });
  const rows = cellsOf(table!);
  expect(rows.map((cells) => cells.map((cell) => cell.text))).toEqual([["Ship", "Cargo", "Share"], ["Gull", "", "4%"], ["Tern"]]);
  for (const cell of rows.flat()) expect(`${" ".repeat(108)}${text}`.startsWith(cell.text, cell.start)).toBe(true);
  const markdown = paragraphs("| a | b |\n|---|:-:|\n| 1 | 2 |", 0, writingOf("a.md"))[0]!;
  expect(cellsOf(markdown).map((cells) => cells.map((cell) => cell.text))).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(paragraphs("a | b\nc | d", 0, writingOf("a.pdf"))[0]!.look).not.toBe("table");
  expect(paragraphs("One line | with a bar in it.", 0, writingOf("a.md"))[0]!.look).toBe("prose");
});

test("code stays as it was written, whatever its lines look like", () => {
  const code = "TIDES = {\n    'high': 6 | 1,\n}\n\n# CAPITALS";
  expect(paragraphs(code, 0, writingOf("tide.py")).map(({ look }) => look)).toEqual(["code", "code"]);
  const notes = "Words.\n\n```js\nlet a;\n\n# no heading\n```\n\n# Heading";
  expect(paragraphs(notes, 0, writingOf("notes.md")).map(({ look }) => look)).toEqual(["prose", "code", "code", "heading"]);
  expect(writingOf("notes.txt")).toBe("words");
  expect(writingOf("Makefile")).toBe("words");
});
