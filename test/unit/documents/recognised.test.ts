/** From Tesseract's table to text, and a real picture through the real recogniser. */
import { expect, test } from "vitest";
import { recognisedText } from "../../../main/documents/recognised.ts";
import { Recogniser } from "../../../main/documents/recognition.ts";

/** A table as Tesseract writes it: block, paragraph, line, left, top, width, height, confidence, text. */
const table = (rows: (readonly [number, number, number, number, number, number, number, number, string])[]) =>
  [
    "1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t",
    "4\t1\t1\t1\t1\t0\t100\t200\t300\t40\t-1\t",
    ...rows.map(([block, paragraph, line, ...rest]) => `5\t1\t${block}\t${paragraph}\t${line}\t1\t${rest.join("\t")}`),
    "",
  ].join("\n");

test("words become lines with their boxes, lines paragraphs; what is hardly a word is left out", () => {
  const { text, lines } = recognisedText(
    table([
      [1, 1, 1, 100, 200, 100, 40, 96.1, "The"],
      [1, 1, 1, 250, 190, 150, 50, 91, "harbour"],
      [1, 1, 2, 100, 260, 90, 40, 95, "was"],
      [1, 2, 1, 100, 400, 90, 40, 90, "Built"],
      [1, 2, 1, 200, 400, 90, 40, 12, "~~x"],
      [2, 1, 1, 100, 900, 500, 4, 80, "—_"],
    ]),
    1000,
    2000,
  );
  expect(text).toBe("The harbour\nwas\n\nBuilt");
  expect(lines).toEqual([
    { text: "The harbour", left: 0.1, top: 0.095, width: 0.3, height: 0.025 },
    { text: "was", left: 0.1, top: 0.13, width: 0.09, height: 0.02 },
    { text: "Built", left: 0.1, top: 0.2, width: 0.09, height: 0.02 },
  ]);
});

test("a word that a line's end divided is whole in the text", () => {
  const row = (line: number, text: string) => [1, 1, line, 0, 0, 10, 10, 90, text] as const;
  const { text } = recognisedText(table([row(1, "The light-"), row(2, "house keeper"), row(3, "slept.")]), 100, 100);
  expect(text).toBe("The lighthouse\nkeeper\nslept.");
});

test("what is no picture is refused, and the recogniser goes on", async () => {
  const recogniser = new Recogniser();
  try {
    for (const bytes of [new Uint8Array(0), new Uint8Array(5000).fill(7), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, ...new Uint8Array(100))])
      await expect(recogniser.recognise("a.pdf", bytes)).rejects.toMatchObject({ code: "page-unreadable" });
  } finally {
    recogniser.close();
  }
});
