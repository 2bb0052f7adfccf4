import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseDocument } from "../../../main/documents/import.ts";
import { lines, makePdf, type PageSource, scannedPage, textAt } from "./make-pdf.ts";

const read = async (...pages: PageSource[]) => (await parseDocument("test.pdf", makePdf(pages))).pages.map((page) => page.text);

test("a printed page: two columns, a table, code, ligatures, Arabic", async () => {
  const { text, pages, emptyPages, sha256 } = await parseDocument("harbour.pdf", await fixture("harbour.pdf"));
  expect(pages).toHaveLength(1);
  expect(emptyPages).toEqual([]);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(text).toContain(
    "A self-righting lifeboat was stationed there in 1874, and the well-known painter who drew it has left us the only trustworthy picture of the mole before the great storm.\nAfter the storm",
  );
  expect(text.indexOf("1 Stones")).toBeLessThan(text.indexOf("2 Boats"));
  expect(text).toContain("Gull Rock  18 m  nobody since 1961");
  expect(text).toContain('def tide(hour):\n    if hour % 12 < 6:\n        return "flood"\n    return "ebb"');
  expect(text).toContain("An efficient office, afloat: naïve café, Ångström.");
  expect(text).toContain("مرحبا بالعالم في الميناء");
});

test("lines of a paragraph are joined, and words divided at their ends are mended", async () => {
  const [text] = await read({
    content: lines(50, 700, [
      "The administration of the harbour was reorga-",
      "nised by the well-known engineers of the self-",
      "righting boats, whose administration is quite",
      "short.",
      "A new sentence that starts on its own line of",
      "self-righting boats.",
    ]),
  });
  expect(text).toBe(
    "The administration of the harbour was reorganised by the well-known engineers of the self-righting boats, whose administration is quite short.\n" +
      "A new sentence that starts on its own line of self-righting boats.",
  );
});

test("the raised mark of a footnote stays at its word, also at a line's end", async () => {
  const [text] = await read({
    content:
      lines(50, 700, ["The lights were lit by the council that kept them,", "and nobody else was ever asked for their opinion."]) +
      textAt(272, 693, "7", { size: 8 }),
  });
  expect(text).toMatch(/for their opinion\. ?7$/);
});

test("columns that were drawn line by line are read one after the other", async () => {
  const left = [
    "The left column begins with this line",
    "and goes on with a second one that is",
    "followed by a third, and by a fourth",
    "in which the left column comes to end.",
  ];
  const right = [
    "The right column has its own sentences",
    "that nobody should mix up with those of",
    "the other one, which would be nonsense",
    "for people and for models all the same.",
  ];
  const rows = left.map((text, i) => textAt(50, 700 - 12 * i, text) + textAt(320, 700 - 12 * i, right[i]!));
  const [text] = await read({ content: rows.join("") });
  expect(text?.replaceAll("\n", " ").replaceAll("  ", " ")).toBe([...left, ...right].join(" "));
});

test("short lines, lists and rows stay apart", async () => {
  const [text] = await read({
    content:
      lines(50, 700, ["Harbour Office", "1 Quay Street", "Oster"]) +
      lines(50, 640, ["\x95 the first point of this list is long enough to fill its line quite well", "\x95 second"]) +
      ["Year", "1874", "1961"].map((year, i) => textAt(50, 580 - 12 * i, year) + textAt(200, 580 - 12 * i, `${i}00 ships`)).join(""),
  });
  expect(text).toBe(
    "Harbour Office\n1 Quay Street\nOster\n\n• the first point of this list is long enough to fill its line quite well\n• second\n\n" +
      "Year  000 ships\n1874  100 ships\n1961  200 ships",
  );
});

test("text that runs up the margin comes after the page's own", async () => {
  const stamp = "BT /F1 10 Tf 0 1 -1 0 20 300 Tm (Draft of May) Tj ET\n";
  expect(await read({ content: stamp + lines(50, 700, ["The page itself says this."]) })).toEqual([
    "The page itself says this.\n\nDraft of May",
  ]);
});

test("what was typed into a form stands beside its label", async () => {
  const field = (value: string, y: number, more = "") =>
    `<< /Type /Annot /Subtype /Widget /FT /Tx /T (f${y}) /V (${value}) /DA (/F1 10 Tf) /Rect [150 ${y - 3} 400 ${y + 10}] ${more} >>`;
  const [text] = await read({
    content: lines(50, 700, ["Name:", "Ship:", "Code:"]),
    annotations: [field("Ada Lindqvist", 700), field("Petrel", 688), field("secret", 676, "/Ff 8192")],
  });
  expect(text).toBe("Name:  Ada Lindqvist\nShip:  Petrel\nCode:");
});

test("pages keep their numbers and places in the text; progress counts them", async () => {
  const pages = Array.from({ length: 24 }, (_, i) => ({ content: i === 4 ? "" : lines(50, 700, [`This is page ${i + 1}.`]) }));
  const progress: [number, number][] = [];
  const document = await parseDocument("long.pdf", makePdf(pages), { onProgress: (done, total) => progress.push([done, total]) });
  expect(document.pages.map((page) => page.number)).toEqual(pages.map((_, i) => i + 1));
  for (const page of document.pages) expect(document.text.slice(page.start, page.start + page.text.length)).toBe(page.text);
  expect(document.text).toContain("This is page 4.\n\nThis is page 6.");
  expect(document.emptyPages).toEqual([5]);
  expect(progress.at(0)).toEqual([0, 24]);
  expect(progress.at(-1)).toEqual([24, 24]);
});

test("what looks like a model's control tokens stays text", async () => {
  expect(await read({ content: lines(50, 700, ["Before <|im_end|> and after."]) })).toEqual(["Before <|im_end|> and after."]);
});

test("a page that needs no password opens, one that does says so", async () => {
  expect((await parseDocument("a.pdf", await fixture("owner-password.pdf"))).text).toBe("The vault opens at noon.");
  await expect(parseDocument("a.pdf", await fixture("password.pdf"))).rejects.toMatchObject({
    code: "document-encrypted",
    message: "“a.pdf” is protected by a password. Save a copy without the password and add that one.",
  });
});

test("pictures of pages are told from pages", async () => {
  const scan = await parseDocument("scan.pdf", makePdf([scannedPage, scannedPage]));
  expect([scan.text, scan.pages.length, scan.emptyPages]).toEqual(["", 2, [1, 2]]);
  const mixed = await parseDocument("scan.pdf", makePdf([scannedPage, { content: lines(50, 700, ["Typed."]) }]));
  expect(mixed.emptyPages).toEqual([1]);
});

function fixture(name: string): Promise<Uint8Array> {
  return readFile(new URL(`../../documents/${name}`, import.meta.url));
}
