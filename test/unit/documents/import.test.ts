import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { cleanName, parseDocument } from "../../../main/documents/import.ts";
import { lines, makePdf } from "./make-pdf.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const fixture = (name: string) => readFile(new URL(`../../documents/${name}`, import.meta.url));

test("Markdown stays as it was written", async () => {
  const text = "# Lights\n\n| Light | Height |\n|---|---|\n| Gull Rock | 18 m |\n\n- *first*\n  - second <|im_start|>";
  const document = await parseDocument("lights.md", bytes(text));
  expect(document).toEqual({
    sha256: createHash("sha256").update(text).digest("hex"),
    text,
    pages: [{ number: 1, start: 0, text }],
    emptyPages: [],
    notes: [],
  });
});

test.each([
  ["an empty file", "a.pdf", bytes(""), "document-empty", "“a.pdf” is empty: there is nothing to read in it."],
  ["a PDF that is none", "a.pdf", bytes("hello"), "document-damaged", /^“a\.pdf” is damaged .* Get a new copy/],
  ["a Word document that is none", "a.docx", bytes("PK\x03\x04"), "document-damaged", /^“a\.docx” is damaged/],
  [
    "an old Word document",
    "a.doc",
    Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0),
    "document-old",
    /^“a\.doc” is in an old Office format\. Open it/,
  ],
  ["another format", "a.mp3", bytes("ID3"), "document-unsupported", /^Folio cannot read “a\.mp3”\. Add a PDF/],
  ["a picture called text", "a.txt", new Uint8Array([137, 80, 78, 71, 0]), "document-unsupported", /^Folio cannot read/],
])("%s fails in one plain sentence", async (_, name, data, code, message) => {
  await expect(parseDocument(name, data)).rejects.toMatchObject({ name: "DocumentError", code, message: expect.stringMatching(message) });
});

test("a PDF is one by its content, whatever it is called", async () => {
  expect((await parseDocument("report", makePdf([{ content: lines(50, 700, ["Hello."]) }]))).text).toBe("Hello.");
});

test("a truncated PDF gives what is left of it or says that it is damaged", async () => {
  const whole = makePdf(Array.from({ length: 9 }, (_, i) => ({ content: lines(50, 700, [`Page ${i + 1}.`]) })));
  expect((await parseDocument("a.pdf", whole.subarray(0, whole.length - 20))).text).toContain("Page 9.");
  await expect(parseDocument("a.pdf", whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ code: "document-damaged" });
});

test("damage anywhere is an answer in time, never a crash", { timeout: 60_000 }, async () => {
  const source = await fixture("harbour.pdf");
  let state = 1;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state % below;
  };
  const damaged = Array.from({ length: 16 }, () => {
    const copy = Uint8Array.from(source);
    for (let i = 0; i < 40; i++) copy[random(copy.length)] = random(256);
    return copy;
  });
  const results = await Promise.allSettled(damaged.map((data) => parseDocument("a.pdf", data)));
  for (const result of results) {
    if (result.status === "rejected") expect(result.reason).toMatchObject({ name: "DocumentError" });
    // Where no text is left, its pages are as good as a scan's.
    else expect(result.value.text === "").toBe(result.value.emptyPages.length === result.value.pages.length);
  }
});

test("a small file that grows without end is stopped before it fills the memory", { timeout: 60_000 }, async () => {
  await expect(parseDocument("a.pdf", await fixture("grows.pdf"))).rejects.toMatchObject({ code: "document-too-large" });
});

test("more text than any model reads is refused", { timeout: 60_000 }, async () => {
  await expect(parseDocument("a.txt", new Uint8Array(60_000_000).fill(97))).rejects.toMatchObject({ code: "document-too-large" });
});

test("a parser that says nothing for too long is ended", async () => {
  await expect(parseDocument("a.txt", bytes("x"), { timeLimitMs: 1 })).rejects.toMatchObject({ code: "document-timed-out" });
});

test("an import can be stopped: before it starts, while it waits its turn, and while it runs", async () => {
  const long = makePdf(Array.from({ length: 3000 }, () => ({ content: lines(50, 700, ["Page."]) })));
  const reason = new Error("stopped");
  await expect(parseDocument("a.pdf", long, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controllers = [1, 2, 3].map(() => new AbortController());
  const running = controllers.map(({ signal }, i) => {
    // The first progress of the running ones stops all three.
    const onProgress = i < 2 ? () => controllers.forEach((controller) => void controller.abort(reason)) : () => expect.unreachable();
    return parseDocument("a.pdf", long, { signal, onProgress });
  });
  for (const result of await Promise.allSettled(running)) expect(result).toEqual({ status: "rejected", reason });
  expect((await parseDocument("a.txt", bytes("still works"))).text).toBe("still works");
});

test("a large text arrives whole and in order", { timeout: 60_000 }, async () => {
  const text = Array.from({ length: 200_000 }, (_, i) => `Line number ${i} of the log.`).join("\n");
  const document = await parseDocument("a.log", bytes(text));
  expect(document.text === text).toBe(true);
  for (const page of document.pages) expect(document.text.startsWith(page.text, page.start)).toBe(true);
});

test.each([
  ["/home/ada/Documents/lease.pdf", "lease.pdf"],
  ["C:\\Users\\ada\\lease.pdf", "lease.pdf"],
  ["../../etc/passwd", "passwd"],
  ["invoice\u202Efdp.exe", "invoicefdp.exe"],
  ["a\u200Bb\u0000c\nd.txt", "abc d.txt"],
  ["cafe\u0301.txt", "café.txt"],
  ["", "Untitled"],
  ["\u200B\u202E", "Untitled"],
  ["\ud800.txt", "\ufffd.txt"],
])("the name %j is shown as %j", (name, shown) => {
  expect(cleanName(name)).toBe(shown);
});

test("very long names are shortened in the middle", () => {
  const shown = cleanName(`${"long ".repeat(1000)}end.pdf`);
  expect(shown.length).toBeLessThanOrEqual(200);
  expect(shown).toMatch(/^long .*….*long end\.pdf$/);
});
