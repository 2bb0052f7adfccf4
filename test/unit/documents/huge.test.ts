/** Documents that are huge in one way or another: text or one plain sentence, progress meanwhile, and memory within the parser's limit. */
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { parseDocument } from "../../../main/documents/import.ts";
import { childrenOf, residentBytes } from "../../processes.ts";
import { figure, rounds } from "../../rounds.ts";
import { makePdf, textAt } from "./make-pdf.ts";

const pages = rounds(1_000, 10_000);
const glyphs = 1_000_000;
const megabytes = rounds(5, 50);
/** Where the system tells of other processes. */
const told = process.platform === "linux";

const manyPages = (count: number) =>
  makePdf(Array.from({ length: count }, (_, i) => ({ content: textAt(50, 700, `Page ${i + 1} of many.`) })));

/** Reads a document; what became of it, the most memory of its parser, and the longest that main's own work had to wait, in ms. */
async function read(name: string, bytes: Uint8Array) {
  let most = 0;
  let held = 0;
  let steps = 0;
  let over = false;
  const watch = (async () => {
    while (!over) {
      const before = performance.now();
      await wait(50);
      held = Math.max(held, performance.now() - before - 50);
      for (const pid of told ? childrenOf(process.pid, "documents/parser.ts") : []) most = Math.max(most, residentBytes(pid));
    }
  })();
  const began = performance.now();
  const came = await parseDocument(name, bytes, { onProgress: () => steps++ }).catch((error: unknown) => {
    expect(error).toMatchObject({ name: "DocumentError", message: expect.stringMatching(/^[^\n]+\.$/) });
    return (error as { code: string }).code;
  });
  const seconds = (performance.now() - began) / 1000;
  over = true;
  await watch;
  const said = typeof came === "string" ? came : `${came.pages.length.toLocaleString("en")} pages`;
  figure(
    name,
    `${said} in ${seconds.toFixed(1)} s, parser at most ${Math.round(most / 2 ** 20)} MiB, main held up at most ${Math.round(held)} ms`,
  );
  if (told) expect(most).toBeGreaterThan(0);
  // The parser's own limit: 1 GiB, and the file twice.
  expect(most).toBeLessThan(1.1 * 2 ** 30 + 2 * bytes.length);
  return { came, steps };
}

test(`a PDF of ${pages} pages`, { timeout: 300_000 }, async () => {
  const { came, steps } = await read(`${pages} pages.pdf`, manyPages(pages));
  expect(came).toMatchObject({ pages: { length: pages } });
  expect(steps).toBeGreaterThan(10);
});

test(`a page with ${glyphs.toLocaleString("en")} letters`, { timeout: 300_000 }, async () => {
  const lines = Array.from({ length: glyphs / 100 }, (_, i) =>
    textAt(20, 800 - (780 * 100 * i) / glyphs, String(i).padStart(10, "n").repeat(10)),
  );
  const { came } = await read(`a page with ${glyphs.toLocaleString("en")} letters.pdf`, makePdf([{ content: lines.join("\n") }]));
  // Lines that lie on one another are read in some order, but all of them.
  expect((came as { text: string }).text.replaceAll(/\s/g, "")).toHaveLength(glyphs);
});

test(`one line of ${megabytes} MB`, { timeout: 300_000 }, async () => {
  const { came } = await read(`one line of ${megabytes} MB.txt`, Buffer.alloc(megabytes * 1e6, "words "));
  expect((came as { text: string }).text.length).toBeGreaterThan(megabytes * 1e6 * 0.99);
});

test("200 MB of text", { timeout: 300_000 }, async () => {
  const { came } = await read("200 MB.txt", Buffer.alloc(200e6, "A line of words.\n"));
  expect(came).toBe("document-too-large");
});

test.runIf(told)("stopped in the middle, it ends, and its process with it", { timeout: 300_000 }, async () => {
  const controller = new AbortController();
  const bytes = manyPages(2_000);
  const reading = parseDocument("many.pdf", bytes, { signal: controller.signal, onProgress: () => controller.abort() });
  await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(() => childrenOf(process.pid, "documents/parser.ts"), { timeout: 5_000 }).toEqual([]);
});
