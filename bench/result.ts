/** What benches share: dated results, medians, and children that are asked by messages. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

export const resultsFolder = new URL("./results/", import.meta.url);

/** The machine that figures were measured on. */
export function machine() {
  return { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem(), node: process.version };
}

/** Writes bench/results/DATE-NAME.json and says so. */
export function writeResult(name: string, quick: boolean, result: object): void {
  mkdirSync(resultsFolder, { recursive: true });
  const date = new Date().toISOString();
  const file = new URL(`${date.slice(0, 10)}-${name}${quick ? "-quick" : ""}.json`, resultsFolder);
  writeFileSync(file, `${JSON.stringify({ name, quick, date, machine: machine(), ...result }, null, 1)}\n`);
  console.log(`written: bench/results/${file.pathname.split("/").at(-1)}`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How long something took: by the clock, and of this process's processor time, which other programs on the machine do not lengthen. */
export type Took = { ms: number; cpuMs: number };

/** Starts a clock; the returned function reads it. */
export function stopwatch(): () => Took {
  const began = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - began, cpuMs: (user + system) / 1000 };
  };
}

/** Resident memory of this process, bytes: now, once garbage is collected, and at most so far. */
export function residentMemory(): { residentBytes: number; peakBytes: number } {
  globalThis.gc?.();
  return { residentBytes: process.memoryUsage.rss(), peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** A process that answers one request at a time; `Requests` maps each operation to its argument and result. */
export class Worker<Requests extends Record<string, [unknown, unknown]>> {
  readonly #child: ChildProcess;
  #pending: { resolve(value: unknown): void; reject(error: Error): void } | null = null;

  constructor(file: string) {
    this.#child = fork(new URL(file, import.meta.url), { serialization: "advanced", execArgv: ["--expose-gc"] });
    this.#child.on("message", (message: { result?: unknown; error?: string }) => {
      if (message.error !== undefined) this.#pending?.reject(new Error(message.error));
      else this.#pending?.resolve(message.result);
    });
    this.#child.on("exit", (code) => this.#pending?.reject(new Error(`${file} ended with code ${code}`)));
  }

  ask<Op extends keyof Requests & string>(op: Op, argument: Requests[Op][0]): Promise<Requests[Op][1]> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending = { resolve, reject };
    this.#child.send({ op, argument });
    return promise as Promise<Requests[Op][1]>;
  }

  close(): void {
    this.#pending = null;
    this.#child.kill();
  }
}

/** The other end of `Worker`, inside the child. */
export function serve<Requests extends Record<string, [unknown, unknown]>>(
  handlers: {
    [Op in keyof Requests]: (argument: Requests[Op][0]) => Promise<Requests[Op][1]>;
  },
): void {
  process.on("message", ({ op, argument }: { op: string; argument: never }) => {
    handlers[op]!(argument).then(
      (result) => process.send!({ result }),
      (error: unknown) => process.send!({ error: String(error) }),
    );
  });
}
