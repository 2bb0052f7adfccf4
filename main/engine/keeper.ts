/** Keeps an engine child running: starts it, loads the model, changes the model, starts it again after a crash, and says what it does. */
import { basename } from "node:path";
import type { EngineStatus, ModelInfo } from "../../preload/api.ts";
import { snapshotsFolder } from "../system/folders.ts";
import { EngineClient, type EngineListeners } from "./client.ts";
import { EngineError } from "./errors.ts";
import type { Call, LoadRequest, Results } from "./protocol.ts";

export type KeeperOptions = {
  model: LoadRequest;
  /** Bytes that snapshots may take on disk, asked for at every start. */
  snapshotCapBytes(): number;
  /** The engine ended: the next one knows no document. */
  onEnd(): void;
  onStatus(status: EngineStatus): void;
  onModel(model: ModelInfo | null): void;
};

/** Waits before the first and the second restart, in ms. */
const backOff = [500, 2_000];
/** After this many crashes within five minutes the engine stays down. */
const mostCrashes = backOff.length + 1;
const crashPeriodMs = 5 * 60_000;

export class EngineKeeper {
  readonly #options: KeeperOptions;
  #model: LoadRequest;
  /** The client whose model is still being loaded. */
  #loading: EngineClient | null = null;
  #client: EngineClient;
  #ready: Promise<EngineClient>;
  #crashes: number[] = [];
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#model = options.model;
    this.#client = this.#spawn();
    this.#ready = this.#load(this.#client);
  }

  /** Loads another model, or the same one in another way, in a fresh engine. What runs is stopped. */
  use(model: LoadRequest): void {
    this.#model = model;
    this.#crashes = [];
    this.#client.stop();
    this.#options.onEnd();
    this.#options.onModel(null);
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
    const client: EngineClient = new EngineClient(() => void this.#afterCrash(client));
    return client;
  }

  #load(client: EngineClient): Promise<EngineClient> {
    const { onStatus, onModel, snapshotCapBytes } = this.#options;
    const work = async () => {
      const name = basename(this.#model.file);
      this.#loading = client;
      onStatus({ phase: "loading", model: name, progress: 0 });
      const model = await client.call<"load">(
        { op: "load", ...this.#model, snapshots: { folder: snapshotsFolder(), capBytes: snapshotCapBytes() } },
        { onLoading: (progress) => onStatus({ phase: "loading", model: name, progress }) },
      );
      this.#loading = null;
      onModel(model);
      onStatus({ phase: "idle" });
      return client;
    };
    const ready = work();
    ready.catch((error: unknown) => {
      if (error instanceof EngineError && error.code !== "engine-stopped" && error.code !== "stopped")
        onStatus({ phase: "no-model", error: error.told });
    });
    return ready;
  }

  async #afterCrash(dead: EngineClient): Promise<void> {
    if (this.#closed || dead !== this.#client) return;
    this.#options.onEnd();
    const now = performance.now();
    this.#crashes = [...this.#crashes.filter((at) => now - at < crashPeriodMs), now];
    if (this.#crashes.length >= mostCrashes) return this.#giveUp(this.#loading === dead);
    const crashed = new EngineError("engine-stopped", "The engine stopped unexpectedly and is starting again. Nothing you wrote was lost.");
    this.#options.onStatus({ phase: "restarting", error: crashed.told });
    const started = Promise.withResolvers<EngineClient>();
    this.#ready = started.promise;
    started.promise.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, backOff[this.#crashes.length - 1]));
    if (this.#closed) return started.reject(new EngineError("engine-stopped", "Folio is closing."));
    // Another model was chosen meanwhile; who waits for this one gets that.
    if (dead !== this.#client) return started.resolve(this.#ready);
    this.#client = this.#spawn();
    started.resolve(this.#load(this.#client));
  }

  /** Stays without an engine until `use` says how to go on; every call says why. */
  #giveUp(whileLoading: boolean): void {
    const name = basename(this.#model.file);
    const why = whileLoading
      ? new EngineError(
          "engine-stopped",
          "The engine stopped three times while it was loading {name}: the file may be damaged, or need more memory than there is.",
          { name },
        )
      : new EngineError(
          "engine-stopped",
          "The engine stopped three times within five minutes: start it in safe mode, or choose another model.",
        );
    this.#ready = Promise.reject(why);
    this.#ready.catch(() => {});
    this.#options.onModel(null);
    this.#options.onStatus({ phase: "down", error: why.told });
  }
}
