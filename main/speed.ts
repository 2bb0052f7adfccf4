/** How fast this computer reads with the model at hand: what estimates rest on. */
import type { EngineStatus } from "../preload/api.ts";
import type { Library } from "./library/library.ts";
import type { LiveState } from "./state.ts";

/** A reading of fewer tokens says little about the next one. */
const leastTokens = 500;

/** Keeps the speed of every reading that was long enough, with the model and in the library, until `state` is gone. */
export function keepReadingSpeed(state: LiveState, library: Library): void {
  let first = 0;
  let last: Extract<EngineStatus, { phase: "reading" }> | null = null;
  state.on((name, payload) => {
    if (name !== "engine") return;
    const status = payload as EngineStatus;
    if (status.phase === "reading") {
      // What was brought back from disk was not read.
      if (status.tokensPerSecond === 0) return;
      if (last === null) first = status.done;
      last = status;
      return;
    }
    const { model } = state.now;
    if (model && last && last.done - first >= leastTokens) {
      state.set("model", { model: { ...model, readingSpeed: last.tokensPerSecond } });
      try {
        library.documents.setReadingSpeed(model.sha256, last.tokensPerSecond);
      } catch (error) {
        state.notice(error);
      }
    }
    last = null;
  });
}
