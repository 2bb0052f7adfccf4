/** Recognises text in pictures of pages, in a process of its own that is ended when it hangs, grows, crashes or has nothing to do. */
import { type Child, spawnChild } from "../system/child.ts";
import { DocumentError } from "./errors.ts";
import { confinement } from "./limit.ts";
import type { Recognised } from "./recognised.ts";
import type { FromRecogniser, ToRecogniser } from "./recogniser.ts";

/** A page takes some seconds; one that takes this long is no page. In ms. */
const timeLimit = 180_000;
/** Starting takes about a second, so that it stays between two pages. In ms. */
const idleLimit = 20_000;
const heapBytes = 512 * 2 ** 20;

export class Recogniser {
  #child: Child | null = null;
  #answer: ((answer: FromRecogniser) => void) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** @param picture a page as a PNG, of the document called `name`. @throws DocumentError `page-unreadable` */
  recognise(name: string, picture: Uint8Array): Promise<Recognised> {
    const recognised = this.#queue.then(() => this.#recognise(name, picture));
    this.#queue = recognised.catch(() => {});
    return recognised;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill();
    this.#child = null;
    this.#answer?.({ failed: "closed" });
  }

  async #recognise(name: string, picture: Uint8Array): Promise<Recognised> {
    clearTimeout(this.#idle);
    const { promise, resolve } = Promise.withResolvers<FromRecogniser>();
    this.#answer = resolve;
    const timer = setTimeout(() => this.close(), timeLimit);
    try {
      this.#child ??= this.#spawn();
      this.#child.send({ picture } satisfies ToRecogniser);
      const answer = await promise;
      if ("recognised" in answer) return answer.recognised;
      throw new DocumentError("page-unreadable", name);
    } finally {
      clearTimeout(timer);
      this.#answer = null;
      this.#idle = setTimeout(() => this.close(), idleLimit).unref();
    }
  }

  #spawn(): Child {
    const child = spawnChild(new URL("./recogniser.ts", import.meta.url), {
      serviceName: "Folio text recognition",
      confined: true,
      execArgv: confinement(heapBytes),
    });
    child.onMessage((message) => this.#answer?.(message as FromRecogniser));
    child.onExit(() => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#answer?.({ failed: "ended" });
    });
    return child;
  }
}
