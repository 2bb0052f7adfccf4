/**
 * The parser child: one document in, its pages out. Everything here handles bytes that a stranger wrote, so this process has no other
 * task, may read but not write (see `import.ts`), and is thrown away afterwards.
 */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { childPort } from "../child.ts";
import { DocumentError, type DocumentErrorCode } from "./errors.ts";
import { type PagePart, parseText } from "./text.ts";

/** What the parent sends: the job first, then one `slice` for every `more`, until all bytes are here. */
export type ToParser = { kind: "open"; name: string; bytes: number; memoryLimit: number } | { kind: "slice"; bytes: Uint8Array };

/** What the child answers; `done` or `failed` is the last. */
export type FromParser =
  | { kind: "more" }
  | { kind: "progress"; done: number; total: number }
  | { kind: "pages"; parts: PagePart[] }
  | { kind: "done"; sha256: string }
  | { kind: "failed"; code: DocumentErrorCode };

/** No model reads as many characters as this; more would only fill memory. */
const maxCharacters = 50_000_000;

const textTypes = new Set(["", ".txt", ".text", ".md", ".markdown", ".rst", ".log", ".csv", ".tsv"]);

// pdf.js announces on the console what it cannot draw; nothing is drawn here.
console.log = console.warn = () => {};

const port = childPort();
const send = (message: FromParser) => port.send(message);

let job: { name: string; bytes: Uint8Array; received: number } | undefined;

port.onMessage((message) => {
  const said = message as ToParser;
  switch (said.kind) {
    case "open":
      limitMemory(said.memoryLimit);
      job = { name: said.name, bytes: new Uint8Array(said.bytes), received: 0 };
      break;
    case "slice":
      job?.bytes.set(said.bytes, job.received);
      if (job) job.received += said.bytes.length;
      break;
    default:
      said satisfies never;
  }
  if (!job) return;
  if (job.received < job.bytes.length) send({ kind: "more" });
  else void parse(job.name, job.bytes);
});

async function parse(name: string, bytes: Uint8Array): Promise<void> {
  try {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const parts = await read(name, bytes);
    if (parts.reduce((sum, { before, text }) => sum + before.length + text.length, 0) > maxCharacters) {
      throw new DocumentError("document-too-large", name);
    }
    // Small messages, so that the parent's event loop stays free.
    for (let from = 0, to = 0; from < parts.length; from = to) {
      for (let size = 0; to < parts.length && size < 500_000; to++) size += parts[to]!.text.length + 50;
      send({ kind: "pages", parts: parts.slice(from, to) });
    }
    send({ kind: "done", sha256 });
  } catch (error) {
    send({ kind: "failed", code: error instanceof DocumentError ? error.code : "document-damaged" });
  }
}

async function read(name: string, bytes: Uint8Array): Promise<PagePart[]> {
  if (bytes.length === 0) throw new DocumentError("document-empty", name);
  const type = extname(name).toLowerCase();
  if (type === ".pdf" || isPdf(bytes)) {
    const { parsePdf } = await import("./pdf.ts");
    const pages = await parsePdf(name, bytes, (done, total) => send({ kind: "progress", done, total }));
    let last = "";
    return pages.map((text) => {
      // A sentence may go on over the page.
      const goesOn = /[\p{L},]$/u.test(last.slice(-2)) && /^\p{Ll}/u.test(text);
      const before = text === "" || last === "" ? "" : goesOn ? " " : "\n\n";
      last = text || last;
      return { before, text };
    });
  }
  if (textTypes.has(type)) return parseText(name, bytes);
  throw new DocumentError("document-unsupported", name);
}

/** Readers accept a PDF whose header comes a little late. */
function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes("%PDF-");
}

/**
 * Ends this process when it holds more than `limit` bytes, or when its parent is gone, from a thread of its own: a document can keep
 * the main thread busy for ever, and V8's own limit does not count decompressed streams.
 */
function limitMemory(limit: number): void {
  const watch = `
    const parent = process.ppid;
    setInterval(() => {
      if (process.memoryUsage.rss() > ${limit} || process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    }, 100);`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
