/**
 * A library of 1,000 documents and 300 conversations, made in a temporary folder: how long it takes to open, how long searches take, and how
 * long importing keeps the event loop from anything else. `node scripts/run.mjs bench/library.ts [--keep FOLDER]`.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { openLibrary } from "../main/library/library.ts";
import { documents, fill, pagesEach } from "./many-documents.ts";

const promise = { openMs: 2000, searchMs: 100, blockMs: 50 };

/** Runs `work` and tells how long it took and how long the event loop was held at most, both in ms. */
async function timed<Result>(work: () => Result | Promise<Result>): Promise<{ ms: number; blockedMs: number; result: Result }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { ms, blockedMs: delay.max / 1e6, result };
}

const keep = process.argv.indexOf("--keep");
const folder = keep > 0 ? process.argv[keep + 1]! : await mkdtemp(join(tmpdir(), "folio-bench-library-"));
const failed = (error: unknown) => console.error(error);
const exists = await stat(join(folder, "library.sqlite")).catch(() => null);
if (!exists) {
  const library = await openLibrary(folder, failed);
  const made = await timed(() => fill(library, "bench"));
  console.log(
    `made: ${documents} documents of ${pagesEach} pages in ${(made.ms / 1000).toFixed(1)} s; held the event loop at most ${made.blockedMs.toFixed(0)} ms`,
  );
  await library.close();
}
console.log(`file: ${((await stat(join(folder, "library.sqlite"))).size / 1e6).toFixed(0)} MB`);

const opened = await timed(async () => {
  const library = await openLibrary(folder, failed);
  return {
    library,
    listed: library.documents.list().length + library.conversations.list().length,
    tokens: library.documents.tokenCounts("bench"),
  };
});
console.log(`open: ${opened.ms.toFixed(0)} ms (${opened.result.listed} listed)`);
const { library } = opened.result;
const slow: string[] = [];
for (const words of [
  "zebra512",
  "zebra",
  "m",
  // Words, and beginnings of words, that nearly every page has.
  "mi",
  "mi re",
  "solka",
  "to mi ren sol va du",
  '"to mi"',
  '"mi ren sol',
  "solka renlek",
  "report 77",
  "nothinglikeit",
]) {
  const runs: number[] = [];
  for (let i = 0; i < 5; i++) runs.push((await timed(() => library.search(words))).ms);
  const ms = runs.sort((a, b) => a - b)[2]!;
  const { result } = await timed(() => library.search(words));
  console.log(
    `search ${JSON.stringify(words)}: ${ms.toFixed(1)} ms, ${result.documents.length} names, ${result.pages.length} pages, ${result.turns.length} turns`,
  );
  if (ms > promise.searchMs) slow.push(`search ${words}: ${ms.toFixed(0)} ms`);
}
if (opened.ms > promise.openMs) slow.push(`open: ${opened.ms.toFixed(0)} ms`);
await library.close();
if (keep < 0) await rm(folder, { recursive: true, force: true });
for (const line of slow) console.error(`missed: ${line}`);
process.exitCode = slow.length > 0 ? 1 : 0;
