/** Reading ahead: what the open conversation holds is read before its next question, which then finds it read. */
import { type Asker, pastTurns } from "./asker.ts";
import { EngineError } from "./engine/errors.ts";
import type { LiveState } from "./state.ts";

export class ReadingAhead {
  readonly #state: LiveState;
  readonly #asker: Asker;
  readonly #running = new Set<AbortController>();

  constructor(state: LiveState, asker: Asker) {
    this.#state = state;
    this.#asker = asker;
  }

  /** Reads the open conversation, if all of its documents are there. Never rejects. */
  async read(): Promise<void> {
    const { conversation } = this.#state.now;
    if (!conversation?.documentIds.every((id) => this.#state.document(id)?.phase === "ready")) return;
    const { documentIds, extent, turns } = conversation;
    const controller = new AbortController();
    this.#running.add(controller);
    try {
      await this.#asker.read({ documentIds, extent, history: pastTurns(turns) }, controller.signal);
    } catch (error) {
      // What prevents reading is said when a question is asked; stopping is no failure.
      if (!(error instanceof EngineError) && !controller.signal.aborted) console.error(error);
    } finally {
      this.#running.delete(controller);
    }
  }

  /** Brings back what rests on disk while a question is being written, so that it is there when it is asked; windows never are all at once. */
  async readWhileTyping(): Promise<void> {
    const { conversation, memory } = this.#state.now;
    if (this.#running.size > 0 || memory.readingPlace === "memory" || memory.readingPlace === "dropped") return;
    if (conversation?.extent.kind !== "windows") await this.read();
  }

  stop(): void {
    for (const controller of this.#running) controller.abort();
  }

  /** What is about to change need not be read any more. */
  stopFor(documentId: string): void {
    if (this.#state.now.conversation?.documentIds.includes(documentId)) this.stop();
  }
}
