/** A file's bytes to a document's text, in a process of its own that is ended when it hangs, grows or crashes. */
import type { Page } from "../../preload/api.ts";
import type { Sentence } from "../../preload/sentences.ts";
import { spawnChild } from "../system/child.ts";
import { DocumentError, type DocumentErrorCode } from "./errors.ts";
import { confinement } from "./limit.ts";
import type { FromParser, ToParser } from "./parser.ts";
import type { PagePart } from "./text.ts";

export { cleanName, DocumentError, type DocumentErrorCode } from "./errors.ts";

/** A document as read: `text.slice(page.start, page.start + page.text.length) === page.text` for every page, in order, with only space between. */
export type ParsedDocument = {
  /** Of the file's bytes, in hex. */
  sha256: string;
  text: string;
  /** A PDF's own pages, slides, sheets, chapters; for text its form feeds, or cuts of about 3,000 characters at paragraph ends. */
  pages: Page[];
  /** Numbers of pages without text; of a scanned PDF these are all. */
  emptyPages: number[];
  /** What was guessed or left out, in a plain sentence each. */
  notes: Sentence[];
};

export type ParseOptions = {
  /** Pages done of all pages; only for formats with pages of their own. */
  onProgress?(done: number, total: number): void;
  signal?: AbortSignal;
  /** How long nothing may move, in ms. */
  timeLimitMs?: number;
};

const maxBytes = 512 * 2 ** 20;
/** Resident bytes of the parser beyond the file itself, which is there once as it came and once as pdf.js keeps it. */
const memory = 1024 * 2 ** 20;
const sliceBytes = 4 * 2 ** 20;

/** Parsers that may run at the same time: dropping a hundred files must not start a hundred processes. */
const places = 2;
let running = 0;
let freed = Promise.withResolvers<void>();

/**
 * Reads the text of a document of any type in `documentTypes` and `textTypes` of the contract. Takes its turn when others are being read.
 * Errors: `DocumentError`, and the signal's reason when it was aborted.
 */
export async function parseDocument(name: string, bytes: Uint8Array, options: ParseOptions = {}): Promise<ParsedDocument> {
  if (bytes.length > maxBytes) throw new DocumentError("document-too-large", name);
  const { signal, onProgress, timeLimitMs = 120_000 } = options;
  signal?.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal }),
  );
  try {
    while (running >= places) await Promise.race([freed.promise, aborted]);
    running++;
    try {
      return await parseInChild(name, bytes, aborted, timeLimitMs, onProgress);
    } finally {
      running--;
      freed.resolve();
      freed = Promise.withResolvers();
    }
  } finally {
    settled.abort();
  }
}

async function parseInChild(
  name: string,
  bytes: Uint8Array,
  aborted: Promise<never>,
  timeLimitMs: number,
  onProgress: ParseOptions["onProgress"],
): Promise<ParsedDocument> {
  const child = spawnChild(new URL("./parser.ts", import.meta.url), {
    serviceName: "Folio document reader",
    confined: true,
    execArgv: confinement(memory),
  });
  const document: ParsedDocument = { sha256: "", text: "", pages: [], emptyPages: [], notes: [] };
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const fail = (code: DocumentErrorCode) => reject(new DocumentError(code, name));
  const send = (message: ToParser) => child.send(message);
  let sent = 0;

  const timer = setTimeout(() => fail("document-timed-out"), timeLimitMs);
  // A parser that dies without a word has run out of memory (ended by V8, by its own watch or by the system) or met damage.
  child.onExit(({ signal }) => fail(signal === "SIGKILL" || signal === "SIGABRT" ? "document-too-large" : "document-damaged"));
  child.onMessage((message) => {
    timer.refresh();
    const said = message as FromParser;
    switch (said.kind) {
      case "more":
        send({ kind: "slice", bytes: bytes.subarray(sent, sent + sliceBytes) });
        sent += sliceBytes;
        break;
      case "progress":
        onProgress?.(said.done, said.total);
        break;
      case "pages":
        for (const part of said.parts) append(document, part);
        break;
      case "done":
        document.sha256 = said.sha256;
        document.notes = said.notes;
        resolve();
        break;
      case "failed":
        fail(said.code);
        break;
      default:
        said satisfies never;
    }
  });
  send({ kind: "open", name, bytes: bytes.length, memoryLimit: memory + 2 * bytes.length });
  try {
    await Promise.race([done, aborted]);
    return document;
  } finally {
    clearTimeout(timer);
    child.kill();
  }
}

function append(document: ParsedDocument, { before, text, label }: PagePart): void {
  document.text += before;
  const page = { number: document.pages.length + 1, start: document.text.length, text, ...(label && { label }) };
  document.text += text;
  document.pages.push(page);
  if (text === "") document.emptyPages.push(page.number);
}
