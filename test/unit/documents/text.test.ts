import { expect, test } from "vitest";
import { readDocument } from "../../../main/documents/read.ts";
import { parseText } from "../../../main/documents/text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const pages = (text: string) => parseText("a.txt", bytes(text)).parts.map((page) => page.text);
const whole = (data: Uint8Array) => parseText("a.txt", data).parts.map(({ before, text }) => before + text);
const utf16 = (text: string, bigEndian: boolean) => {
  const data = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? data.swap16() : data;
};

test.each([
  ["UTF-8", Buffer.from("Grüße, 世界 🙂")],
  ["UTF-8 with a byte order mark", Buffer.from("\ufeffGrüße, 世界 🙂")],
  ["UTF-16, little endian", utf16("Grüße, 世界 🙂", false)],
  ["UTF-16, big endian", utf16("Grüße, 世界 🙂", true)],
])("%s is read", (_, data) => {
  expect(whole(data)).toEqual(["Grüße, 世界 🙂"]);
});

test("Latin-1 is recognised, and Windows' quotes in it", () => {
  expect(whole(Buffer.from("Gr\xfc\xdfe \x93caf\xe9\x94", "latin1"))).toEqual(["Grüße “café”"]);
});

test("one broken byte does not make UTF-8 something else", () => {
  expect(whole(Buffer.concat([Buffer.from("Grüße, schöne Wörter\n"), Buffer.from([0xff])]))).toEqual(["Grüße, schöne Wörter\n\ufffd"]);
});

test("control characters go, line ends become one kind, letters become one form", () => {
  expect(pages("a\u0007b\r\nc\rd\u2028e\tf\u0085e\u0301")).toEqual(["ab\nc\nd\ne\tf\né"]);
});

test("form feeds are page breaks", () => {
  expect(pages("first\n\fsecond\f\fthird\f")).toEqual(["first", "second", "", "third"]);
  expect(whole(bytes("first\fsecond")).join("")).toBe("first\n\nsecond");
});

test("without them, pages end where paragraphs do, and nothing is lost", () => {
  const paragraph = `${"The keeper climbed the stairs. ".repeat(20)}\n\n`;
  const text = paragraph.repeat(30).trimEnd();
  const { parts } = parseText("a.txt", bytes(text));
  expect(parts.map(({ before, text }) => before + text).join("")).toBe(text.normalize());
  for (const { text } of parts) {
    expect(text.length).toBeLessThanOrEqual(6000);
    expect(text).toMatch(/stairs\.$/);
  }
});

test.each(["x", "x ", "x. ", "x\n", "🙂", "(", "e\u0301"])("a text of nothing but %j is cut somewhere, keeping every character", (unit) => {
  const text = unit.repeat(40_000).trimEnd().normalize();
  const { parts } = parseText("a.txt", bytes(text));
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.map(({ before, text }) => before + text).join("")).toBe(text);
  for (const { text } of parts) expect(text.isWellFormed()).toBe(true);
});

test("empty files and files that are no text say so", async () => {
  for (const data of [bytes(" \n\t\r\n"), bytes("\f\f"), Buffer.from("\ufeff")]) {
    await expect(readDocument("a.txt", data, () => {})).rejects.toMatchObject({ code: "document-empty" });
  }
  expect(() => parseText("a.txt", new Uint8Array([137, 80, 0, 13]))).toThrow(expect.objectContaining({ code: "document-unsupported" }));
});
