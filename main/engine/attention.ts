/** How much attention the probed rows paid to each position of the prompt, summed over the rows. */
import type { NativeContext } from "./addon.ts";

export class Attention {
  readonly layers: number;
  readonly heads: number;
  /** Positions per head: the prompt's length in tokens. */
  readonly positions: number;
  readonly #mass: Float32Array[];

  /** Takes what a context probed last, when it held exactly `positions` tokens. */
  constructor(context: NativeContext, { layers, heads }: { layers: number; heads: number }, positions: number) {
    this.layers = layers;
    this.heads = heads;
    this.positions = positions;
    this.#mass = Array.from({ length: layers }, (_, layer) => context.getAttentionProbe(layer));
  }

  /** Adds what the context probed last, of rows behind the prompt; what they paid to each other does not count. */
  add(context: NativeContext): void {
    for (let layer = 0; layer < this.layers; layer++) {
      const mass = this.#mass[layer]!;
      const wider = context.getAttentionProbe(layer);
      const width = wider.length / this.heads;
      for (let head = 0; head < this.heads; head++) {
        for (let t = 0; t < this.positions; t++) mass[head * this.positions + t]! += wider[head * width + t]!;
      }
    }
  }

  /** Mass of one layer: [head][position]. */
  readonly layer = (layer: number): Float32Array => this.#mass[layer]!;
}
