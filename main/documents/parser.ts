/**
 * The parser child: one document in, its pages out. Everything here handles bytes that a stranger wrote, so this process has no other
 * task, may read but not write, has no network (`confine.ts`, `import.ts`), and is thrown away afterwards.
 */

import { createHash } from "node:crypto";
import type { Sentence } from "../../preload/sentences.ts";
import { childPort } from "../system/child.ts";
import { confine } from "../system/confine.ts";
import { DocumentError, type DocumentErrorCode } from "./errors.ts";
import { limitMemory } from "./limit.ts";
import { readDocument } from "./read.ts";
import type { PagePart } from "./text.ts";

/** What the parent sends: the job first, then one `slice` for every `more`, until all bytes are here. */
export type ToParser = { kind: "open"; name: string; bytes: number; memoryLimit: number } | { kind: "slice"; bytes: Uint8Array };

/** What the child answers; `done` or `failed` is the last. */
export type FromParser =
  | { kind: "more" }
  | { kind: "progress"; done: number; total: number }
  | { kind: "pages"; parts: PagePart[] }
  | { kind: "done"; sha256: string; notes: Sentence[] }
  | { kind: "failed"; code: DocumentErrorCode };

confine({ mayWrite: false });

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
    const { parts, notes } = await readDocument(name, bytes, (done, total) => send({ kind: "progress", done, total }));
    // Small messages, so that the parent's event loop stays free.
    for (let from = 0, to = 0; from < parts.length; from = to) {
      for (let size = 0; to < parts.length && size < 500_000; to++) size += parts[to]!.text.length + 50;
      send({ kind: "pages", parts: parts.slice(from, to) });
    }
    send({ kind: "done", sha256, notes });
  } catch (error) {
    send({ kind: "failed", code: error instanceof DocumentError ? error.code : "document-damaged" });
  }
}
