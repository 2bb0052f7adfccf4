import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { expect, test } from "vitest";
import { parseDocument } from "../../../main/documents/import.ts";
import { locate, stretches } from "../../../renderer/locate.ts";
import { processorMs } from "../../processor-time.ts";

/** What a reader sees marked when `passage` of `text` is. */
function shown(text: string, items: string[], passage: string): string[] {
  const start = text.indexOf(passage);
  expect(start).toBeGreaterThanOrEqual(0);
  return stretches({ start, end: start + passage.length }, locate(text, items)).map(({ item, from, to }) => items[item]!.slice(from, to));
}

test("words are found in their pieces, with the signs around them", () => {
  const text = "The quick (brown) fox jumps. It runs.";
  expect(shown(text, ["The quick (br", "own) fox", " ", "jumps. It", "runs."], "(brown) fox jumps.")).toEqual([
    "(br",
    "own) fox",
    " ",
    "jumps.",
  ]);
});

test("a hyphen at a line's end, a ligature and an accent drawn apart do not matter", () => {
  const text = "An efficient conclusion of the café naïve";
  expect(shown(text, ["An e\ufb03cient conclu-", "sion of the caf\u00b4e na\u00a8ıve"], "efficient conclusion of")).toEqual([
    "e\ufb03cient conclu-",
    "sion of",
  ]);
});

test("columns drawn line by line are found in the text's order", () => {
  const text = "Left one goes on. Left two goes on. Left three is here.\n\nRight one goes on. Right two goes on. Right three is here.";
  const items = [
    "Left one goes on.",
    "Right one goes on.",
    "Left two goes on.",
    "Right two goes on.",
    "Left three is here.",
    "Right three is here.",
  ];
  expect(shown(text, items, "two goes on. Left three")).toEqual(["two goes on.", "Left three"]);
  expect(shown(text, items, "one goes on. Right two")).toEqual(["one goes on.", "Right two"]);
});

test("what was drawn twice is marked twice, what is not in the text is not", () => {
  expect(shown("Bold words here", ["Bold words", "Bold words", "here"], "Bold")).toEqual(["Bold", "Bold"]);
  expect(locate("Page text", ["watermark of another kind"])[0]!.every((offset) => offset === -1)).toBe(true);
});

test("text drawn letter by letter, with repeated words, keeps its places", () => {
  const text = "on and on and on and off";
  expect(shown(text, [...text], "on and off").join("")).toBe("on and off");
});

test("empty pages, blank pieces and a page of 100,000 pieces take no time", () => {
  expect(locate("", ["", " "])).toEqual([new Int32Array(0), Int32Array.of(-1)]);
  const words = Array.from({ length: 100_000 }, (_, i) => `w${i}`);
  const taken = processorMs(() => {
    expect(locate("a".repeat(100_000), new Array<string>(100_000).fill("never there"))[9]![0]).toBe(-1);
    const located = locate(words.join(" "), words);
    expect(located.every((offsets) => offsets[0]! >= 0)).toBe(true);
  });
  expect(taken).toBeLessThan(5000);
});

test("very many blank pieces between two that are marked are marked with them", () => {
  const items = ["Start", ...new Array<string>(300_000).fill(" "), "end"];
  expect(stretches({ start: 0, end: 9 }, locate("Start end", items))).toHaveLength(items.length);
});

// Its Arabic is drawn letter by letter from the left, which is not found: a line along the page stands for it.
test("every Latin letter and sentence of a real page of two columns, with a table and code, is found where it is drawn", async () => {
  const bytes = new Uint8Array(await readFile(join(import.meta.dirname, "../../documents/harbour.pdf")));
  const parsed = await parseDocument("harbour.pdf", bytes.slice());
  const pdf = await getDocument({ data: bytes, verbosity: 0 }).promise;
  let letters = 0;
  let found = 0;
  let sentences = 0;
  for (const page of parsed.pages) {
    const { items } = await (await pdf.getPage(page.number)).getTextContent();
    const strings = items.flatMap((item) => ("str" in item ? [item.str] : []));
    const located = locate(page.text, strings);
    strings.forEach((item, i) => {
      for (const { index } of item.matchAll(/[\p{Script=Latin}\p{N}]/gu)) {
        letters++;
        found += Number(located[i]![index]! >= 0);
      }
      // The first letter of every piece stands in the text where it is said to stand.
      const at = item.search(/[A-Za-z0-9]/);
      if (at >= 0) expect(page.text[located[i]![at]!]).toBe(item[at]);
    });
    for (const sentence of page.text.match(/[A-Z][^.!?\n]{20,}[.!?]/g) ?? []) {
      sentences++;
      const plain = (s: string) => s.normalize("NFKD").replace(/[^A-Za-z0-9]/g, "");
      expect(plain(shown(page.text, strings, sentence).join(""))).toBe(plain(sentence));
    }
  }
  expect(found).toBe(letters);
  expect([letters > 500, sentences > 3]).toEqual([true, true]);
});
