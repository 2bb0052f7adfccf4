/** Taking turns at what only one of several can have. */
import { EngineError } from "./engine/errors.ts";

/** Works that need the same run together; others wait until those have ended, in the order in which they came, so that nobody waits for ever. */
export class Sharing {
  #key = "";
  #running = 0;
  readonly #waiting: { key: string; start: () => void }[] = [];

  /** Runs `work` among those of its key. @throws EngineError `stopped` when the signal was aborted while it waited */
  async run<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    await this.#enter(key, signal);
    try {
      return await work();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  #enter(key: string, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const place = { key, start: resolve };
    const leave = () => {
      const at = this.#waiting.indexOf(place);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      reject(new EngineError("stopped", "Stopped."));
      this.#admit();
    };
    this.#waiting.push(place);
    this.#admit();
    if (signal?.aborted) leave();
    signal?.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", leave));
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && (this.#running === 0 || next.key === this.#key); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#key = next.key;
      this.#running++;
      next.start();
    }
  }
}
