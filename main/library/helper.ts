/** Main's end of a helper process of the library. It starts with the first task, and again with the next one after it has ended. */
import { type Child, spawnChild } from "../system/child.ts";
import type { FromHelper, Task, ToHelper } from "./process.ts";

type Pending = { resolve(value: unknown): void; reject(error: Error): void };

export class Helper {
  readonly #file: string;
  readonly #givesWay: boolean;
  readonly #pending = new Map<number, Pending>();
  #child: Child | null = null;
  #nextId = 1;

  /** `file` is a library that is there. With `givesWay` nobody waits for what is done. */
  constructor(file: string, { givesWay }: { givesWay: boolean }) {
    this.#file = file;
    this.#givesWay = givesWay;
  }

  /** Tasks are done one after another. Rejects with SQLite's code, or with `helper-ended`. */
  do(task: Task): Promise<unknown> {
    this.#child ??= this.#spawn();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#child!.send({ id, file: this.#file, task } satisfies ToHelper);
    });
  }

  /** Ends it at once; resolves when it has ended. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
    child.kill();
    await ended;
  }

  #spawn(): Child {
    const child = spawnChild(new URL("./process.ts", import.meta.url), { serviceName: "Folio library", givesWay: this.#givesWay });
    child.onMessage((message) => this.#receive(message as FromHelper));
    child.onExit(() => {
      if (this.#child === child) this.#child = null;
      const error = Object.assign(new Error("The library's helper has ended."), { code: "helper-ended" });
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
    });
    return child;
  }

  #receive(message: FromHelper): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("error" in message) pending?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
    else pending?.resolve(message.result);
  }
}

/** Does one long task in a process of its own, so that nothing waits behind it. Rejects when `signal` is aborted. */
export async function doAlone(file: string, task: Task, signal?: AbortSignal): Promise<unknown> {
  signal?.throwIfAborted();
  const helper = new Helper(file, { givesWay: true });
  const end = () => void helper.close();
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await helper.do(task);
  } finally {
    signal?.removeEventListener("abort", end);
    await helper.close();
  }
}
