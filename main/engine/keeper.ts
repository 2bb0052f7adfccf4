/** Keeps an engine child running: starts it, loads the model, starts it again after a crash, and says what it does. */
import type { EngineStatus, ModelInfo } from "../../preload/api.ts";
import { snapshotsFolder } from "../folders.ts";
import { EngineClient, type EngineListeners } from "./client.ts";
import { EngineError } from "./errors.ts";
import type { Call, Results } from "./protocol.ts";
import { snapshotCapBytes } from "./snapshot.ts";

export type KeeperOptions = {
  file: string;
  threads: number;
  /** The engine ended: the next one knows no document. */
  onCrash(): void;
  onStatus(status: EngineStatus): void;
  onModel(model: ModelInfo | null): void;
};

/** Waits before the first, second and third restart, in ms. */
const backOff = [500, 2_000, 8_000];
/** After this many crashes within five minutes the engine stays down. */
const mostCrashes = 3;
const crashPeriodMs = 5 * 60_000;

export class EngineKeeper {
  readonly #options: KeeperOptions;
  #client: EngineClient;
  #ready: Promise<EngineClient>;
  #crashes: number[] = [];
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#client = this.#spawn();
    this.#ready = this.#load(this.#client);
  }

  /** Calls the engine once it is ready. @throws EngineError */
  async call<Op extends Call["op"]>(call: Extract<Call, { op: Op }>, listeners?: EngineListeners): Promise<Results[Op]> {
    return await (await this.#ready).call<Op>(call, listeners);
  }

  /** Forgets a document; an engine that is not there has nothing to forget. */
  async removeDocument(documentId: string): Promise<void> {
    await this.call<"removeDocument">({ op: "removeDocument", documentId }).catch(() => {});
  }

  /** Says that nothing is read or answered any more, unless the engine is not ready. */
  idle(): void {
    void this.#ready.then(
      () => this.#options.onStatus({ phase: "idle" }),
      () => {},
    );
  }

  close(): void {
    this.#closed = true;
    this.#client.stop();
  }

  #spawn(): EngineClient {
    return new EngineClient(() => void this.#afterCrash());
  }

  #load(client: EngineClient): Promise<EngineClient> {
    const { file, threads, onStatus, onModel } = this.#options;
    const work = async () => {
      const name = file.split(/[\\/]/).at(-1) ?? file;
      onStatus({ phase: "loading", model: name, progress: 0 });
      const model = await client.call<"load">(
        { op: "load", file, threads, snapshots: { folder: snapshotsFolder(), capBytes: snapshotCapBytes } },
        { onLoading: (progress) => onStatus({ phase: "loading", model: name, progress }) },
      );
      onModel(model);
      onStatus({ phase: "idle" });
      return client;
    };
    const ready = work();
    ready.catch((error: unknown) => {
      if (error instanceof EngineError && error.code !== "engine-stopped")
        onStatus({ phase: "no-model", error: { code: error.code, message: error.message } });
    });
    return ready;
  }

  async #afterCrash(): Promise<void> {
    if (this.#closed) return;
    this.#options.onCrash();
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < crashPeriodMs), now];
    if (this.#crashes.length >= mostCrashes) {
      const message =
        "The engine stopped three times within five minutes. Your documents and answers are safe: start Folio again, or choose another model.";
      this.#options.onStatus({ phase: "no-model", error: { code: "engine-crashed", message } });
      return;
    }
    const error = { code: "engine-stopped", message: "The engine stopped unexpectedly and is starting again. Nothing you wrote was lost." };
    this.#options.onStatus({ phase: "restarting", error });
    const started = Promise.withResolvers<EngineClient>();
    this.#ready = started.promise;
    started.promise.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, backOff[this.#crashes.length - 1]));
    if (this.#closed) return started.reject(new EngineError("engine-stopped", "Folio is closing."));
    this.#client = this.#spawn();
    started.resolve(this.#load(this.#client));
  }
}
