/** The answering cache: the small per-layer cache that an answer is decoded from. Allocates what is kept and a tail that grows with the answer. */
import type { KvType } from "../../preload/api.ts";
import { createContext, decode, type KvReport, type NativeContext } from "./addon.ts";
import { onAllLayers } from "./layers.ts";
import type { LoadedModel } from "./model.ts";

/** Rows for new tokens are added this many at a time; a tail row costs what a kept row costs. */
export const tailStep = 64;
/** One token is decoded at a time, a bench decodes as many; the compute buffer grows with this number. */
export const batchSize = 8;

export class AnsweringCache {
  readonly #context: NativeContext;
  #tail = tailStep;
  #decoded = 0;
  #position: number;

  private constructor(context: NativeContext, position: number) {
    this.#context = context;
    this.#position = position;
  }

  /**
   * Allocates an answering cache and copies the kept rows of the reading context into it.
   *
   * @param kept ascending prompt positions, [scored layer][set][position]: one set for all KV heads of a layer, or one each
   * @param position the prompt's length: the position of the next token
   */
  static async gather(
    loaded: LoadedModel,
    source: NativeContext,
    kept: readonly (readonly number[][])[],
    position: number,
    options: { threads: number; kvType: KvType },
  ): Promise<AnsweringCache> {
    const sets = onAllLayers(loaded.windows, kept, () => [[]]);
    const context = await createContext(loaded.model, {
      contextSize: loaded.info.contextLength,
      batchSize,
      threads: options.threads,
      kvType: options.kvType,
      layout: { kept: Uint32Array.from(sets, (layer) => layer[0]!.length), tail: tailStep },
    });
    try {
      await context.gatherKv(
        source,
        sets.map((layer) => Uint32Array.from(layer.flat())),
      );
    } catch (error) {
      await context.dispose();
      throw error;
    }
    return new AnsweringCache(context, position);
  }

  /** Decodes one token; resolves to the output row to sample the next one from. */
  async decode(token: number): Promise<number> {
    if (this.#decoded === this.#tail) {
      this.#tail += tailStep;
      await this.#context.growKvTail(this.#tail);
    }
    const output = await decode(this.#context, [token], this.#position);
    this.#position++;
    this.#decoded++;
    return output;
  }

  get context(): NativeContext {
    return this.#context;
  }

  report(): KvReport {
    return this.#context.getKvReport();
  }

  /** Frees all of its memory. */
  async dispose(): Promise<void> {
    await this.#context.dispose();
  }
}
