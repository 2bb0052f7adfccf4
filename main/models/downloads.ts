/** The downloads that run or were paused, as the window sees them. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Download } from "../../preload/api.ts";
import { sentence } from "../../preload/sentences.ts";
import { EngineError } from "../engine/errors.ts";
import type { LiveState } from "../state.ts";
import { modelsFolder } from "../system/folders.ts";
import type { Offer } from "./catalogue.ts";
import { download, type Progress, sizeOf } from "./download.ts";

const huggingFace = "https://huggingface.co";

export class Downloads {
  readonly #state: LiveState;
  readonly #onReady: () => void;
  readonly #base: string;
  readonly #running = new Map<string, { controller: AbortController; ended: Promise<void> }>();

  /** @param onReady a model has come, whole and verified */
  constructor(state: LiveState, onReady: () => void, base = huggingFace) {
    this.#state = state;
    this.#onReady = onReady;
    this.#base = base;
  }

  /** Shows what was left unfinished. */
  async load(offers: readonly Offer[]): Promise<void> {
    for (const offer of offers) {
      const done = await sizeOf(`${placeOf(offer)}.part`);
      if (done > 0) this.#show({ modelId: offer.id, done, total: offer.bytes, phase: "paused" });
    }
  }

  /** Starts, or goes on. */
  start(offer: Offer): void {
    if (this.#running.has(offer.id)) return;
    const controller = new AbortController();
    this.#show({
      modelId: offer.id,
      done: this.#doneOf(offer.id),
      total: offer.bytes,
      phase: "running",
      bytesPerSecond: 0,
      secondsLeft: null,
    });
    const ended = this.#run(offer, controller.signal).finally(() => this.#running.delete(offer.id));
    this.#running.set(offer.id, { controller, ended });
  }

  pause(offer: Offer): void {
    this.#running.get(offer.id)?.controller.abort();
  }

  /** Stops, and throws away what came. */
  async cancel(offer: Offer): Promise<void> {
    const running = this.#running.get(offer.id);
    running?.controller.abort();
    await running?.ended;
    await rm(`${placeOf(offer)}.part`, { force: true });
    this.#hide(offer.id);
  }

  close(): void {
    for (const { controller } of this.#running.values()) controller.abort();
  }

  async #run(offer: Offer, signal: AbortSignal): Promise<void> {
    const base = { modelId: offer.id, total: offer.bytes };
    const source = { url: `${this.#base}/${offer.repository}/resolve/main/${offer.file}`, bytes: offer.bytes, sha256: offer.sha256 };
    const onProgress = (progress: Progress) => !signal.aborted && this.#show({ ...base, ...progress });
    try {
      await download(source, placeOf(offer), { signal, onProgress });
      this.#hide(offer.id);
      this.#onReady();
    } catch (error) {
      const done = await sizeOf(`${placeOf(offer)}.part`);
      if (signal.aborted) return this.#show({ ...base, done, phase: "paused" });
      if (!(error instanceof EngineError)) console.error(error);
      const why =
        error instanceof EngineError ? error.said : sentence("The file could not be written: check that there is room on the disk.");
      this.#show({ ...base, done, phase: "failed", why });
    }
  }

  #doneOf(id: string): number {
    return this.#state.now.downloads.find(({ modelId }) => modelId === id)?.done ?? 0;
  }

  #show(changed: Download): void {
    const others = this.#state.now.downloads.filter(({ modelId }) => modelId !== changed.modelId);
    this.#state.set("downloads", { downloads: [...others, changed] });
  }

  #hide(id: string): void {
    this.#state.set("downloads", { downloads: this.#state.now.downloads.filter(({ modelId }) => modelId !== id) });
  }
}

const placeOf = (offer: Offer): string => join(modelsFolder(), offer.file);
