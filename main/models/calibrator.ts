/** Calibration in the background: in an engine of its own, so that the one that answers goes on, and stops at once when asked to. */
import { basename } from "node:path";
import type { Calibration } from "../../preload/api.ts";
import { EngineClient } from "../engine/client.ts";
import { EngineError } from "../engine/errors.ts";
import type { EngineKeeper } from "../engine/keeper.ts";
import type { LoadRequest } from "../engine/protocol.ts";
import type { LiveState } from "../state.ts";

export class Calibrator {
  readonly #state: LiveState;
  readonly #engine: EngineKeeper;
  #client: EngineClient | null = null;

  constructor(state: LiveState, engine: EngineKeeper) {
    this.#state = state;
    this.#engine = engine;
  }

  /** Begins, or goes on where it was stopped. @throws EngineError `busy` while one runs */
  start({ file, threads }: LoadRequest): void {
    if (this.#client) throw new EngineError("busy", "A calibration is running already: wait for it or stop it.");
    const client = new EngineClient(() => {});
    this.#client = client;
    const model = basename(file).replace(/\.gguf$/i, "");
    this.#show({ model, stage: "starting", share: 0, secondsLeft: null });
    client
      .call<"calibrate">({ op: "calibrate", file, threads }, { onCalibrating: (progress) => this.#show({ model, ...progress }) })
      .then(
        () => this.#useProfile(),
        (error: unknown) => {
          if (!(error instanceof EngineError && error.code === "stopped")) this.#state.notice(error);
        },
      )
      .finally(() => {
        client.stop();
        this.#client = null;
        this.#show(null);
      })
      .catch((error: unknown) => this.#state.notice(error));
  }

  /** What was measured stays, for the next start. */
  stop(): void {
    this.#client?.stop();
  }

  close(): void {
    this.#client?.stop();
  }

  /** The engine that answers takes the profile from its next question on. */
  async #useProfile(): Promise<void> {
    const { profile } = await this.#engine.call<"profile">({ op: "profile" });
    const { model } = this.#state.now;
    if (model) this.#state.set("model", { model: { ...model, profile } });
  }

  #show(calibration: Calibration | null): void {
    this.#state.set("calibration", { calibration });
  }
}
