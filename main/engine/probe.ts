/**
 * The attention of chosen rows. A decode only sets their queries aside; what these pay to each position is computed later, for many rows at
 * once: so a first word does not wait for it, and a row takes less than half of what it would take alone.
 */
import type { NativeContext } from "./addon.ts";

/** Rows of an answer's opening that are computed together; more would be a pause that a person notices. */
const rowsAtOnce = 16;

/** Attention mass, summed over rows, of the layers that policies choose for: [layer] of [head][position]. */
export type Attention = readonly Float32Array[];

export class Probe {
  readonly #heads: number;
  /** The context's layers that policies choose for. */
  readonly #layers: readonly number[];
  #held = 0;
  #sum: Attention = [];

  constructor({ heads, layers }: { heads: number; layers: readonly number[] }) {
    this.#heads = heads;
    this.#layers = layers;
  }

  /**
   * Decodes the tokens [start, end) in pieces of so many, the rows [from, to) of them probed and nothing else.
   *
   * @returns the output row of the last token
   */
  async read(
    context: NativeContext,
    { start, end, piece, from, to }: { start: number; end: number; piece: number; from: number; to: number },
    decode: (start: number, end: number) => Promise<number>,
  ): Promise<number> {
    context.setAttentionProbe(0, 0);
    this.#held = 0;
    this.#sum = [];
    for (let at = start; ; at += piece) {
      const next = Math.min(at + piece, end);
      const [first, last] = [Math.max(from, at), Math.min(to, next)];
      if (first < last) await this.hold(context, first - at, last - first);
      const row = await decode(at, next);
      if (next === end) return row;
    }
  }

  /** Probes `count` rows of the next batch as well. */
  async hold(context: NativeContext, first: number, count: number): Promise<void> {
    if (this.#held >= rowsAtOnce) await this.#compute(context);
    context.setAttentionProbe(first, count);
    this.#held += count;
  }

  /** What all rows probed since the last `read` began paid to each of the first `positions` positions. */
  async take(context: NativeContext, positions: number): Promise<Attention> {
    if (this.#held > 0) await this.#compute(context);
    const sum = this.#sum;
    this.#sum = [];
    return resized(sum, this.#heads, positions);
  }

  async #compute(context: NativeContext): Promise<void> {
    const all = await context.probeAttention();
    this.#held = 0;
    const masses = this.#layers.map((layer) => all[layer]!);
    for (const [i, before] of this.#sum.entries()) addTo(masses[i]!, before, this.#heads);
    this.#sum = masses;
    // Megabytes that V8 hardly counts: collected at once, they leave no holes in the heap for the answer to be written beside.
    globalThis.gc?.({ type: "minor" });
  }
}

/** Adds attention to as many positions or fewer. */
function addTo(mass: Float32Array, narrower: Float32Array, heads: number): void {
  const [width, narrow] = [mass.length / heads, narrower.length / heads];
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < narrow; t++) mass[head * width + t]! += narrower[head * narrow + t]!;
  }
}

/** In one piece of memory, of which nothing is left over when it is freed. */
function resized(masses: Attention, heads: number, positions: number): Attention {
  const width = (masses[0]?.length ?? 0) / heads;
  if (width === positions) return masses;
  const length = heads * positions;
  const all = new Float32Array(masses.length * length);
  return masses.map((mass, layer) => {
    const result = all.subarray(layer * length, (layer + 1) * length);
    for (let head = 0; head < heads; head++) result.set(mass.subarray(head * width, head * width + positions), head * positions);
    return result;
  });
}
