/** How much attention the probed rows paid to each position of the prompt, summed over the rows. */

/** What was probed last, for a layer that policies choose for: [head][position]. */
type Probe = { attention(layer: number): Float32Array };

export class Attention {
  readonly heads: number;
  /** Positions per head: the prompt's length in tokens. */
  readonly positions: number;
  readonly #mass: Float32Array[];

  /** @param mass [layer] of [head][position] */
  constructor(mass: Float32Array[], heads: number, positions: number) {
    this.#mass = mass;
    this.heads = heads;
    this.positions = positions;
  }

  /** What was probed last, when the cache held exactly `positions` tokens. */
  static probed(reading: Probe, { layers, heads }: { layers: number; heads: number }, positions: number): Attention {
    return new Attention(
      Array.from({ length: layers }, (_, layer) => reading.attention(layer)),
      heads,
      positions,
    );
  }

  /** Adds what was probed last, of rows behind the prompt; what they paid to each other does not count. */
  addProbed(reading: Probe): void {
    for (const [layer, mass] of this.#mass.entries()) {
      const wider = reading.attention(layer);
      const width = wider.length / this.heads;
      for (let head = 0; head < this.heads; head++) {
        for (let t = 0; t < this.positions; t++) mass[head * this.positions + t]! += wider[head * width + t]!;
      }
    }
    // Megabytes of copies that V8 hardly counts: collected at once, they leave no holes in the heap for the answer to be written beside.
    globalThis.gc?.({ type: "minor" });
  }

  /** A copy that can be added to by itself. */
  copy(): Attention {
    return new Attention(
      this.#mass.map((mass) => mass.slice()),
      this.heads,
      this.positions,
    );
  }

  /** Mass of one layer: [head][position]. */
  readonly layer = (layer: number): Float32Array => this.#mass[layer]!;
}
