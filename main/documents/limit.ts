/** What keeps a child that handles a stranger's bytes in bounds: from inside, and from outside. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

/**
 * Ends this process when it holds more than `limit` bytes, or when its parent is gone, from a thread of its own: a document can keep
 * the main thread busy for ever, and V8's own limit does not count decompressed streams.
 */
export function limitMemory(limit: number): void {
  const watch = `
    const parent = process.ppid;
    setInterval(() => {
      if (process.memoryUsage.rss() > ${limit} || process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    }, 100);`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}

/**
 * Flags for such a child: it may read our own program and nothing else, write nothing, start nothing. Electron has only the first; there, and
 * for the network, it shuts itself in (`confine.ts`), which takes a native addon.
 */
export function confinement(heapBytes: number): string[] {
  const heap = `--max-old-space-size=${heapBytes / 2 ** 20}`;
  if (process.versions.electron) return [heap];
  const packages = dirname(dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json")));
  const program = [dirname(dirname(import.meta.dirname)), packages];
  return [
    heap,
    "--permission",
    "--allow-worker",
    "--allow-addons",
    "--disable-warning=SecurityWarning",
    ...program.map((folder) => `--allow-fs-read=${folder}`),
  ];
}
