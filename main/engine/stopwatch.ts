/** Times of a turn's steps, in ms. */
export class Stopwatch {
  readonly #started = performance.now();
  #last = this.#started;

  /** Since the last lap. */
  lap(): number {
    const elapsed = this.sinceLap();
    this.#last += elapsed;
    return elapsed;
  }

  sinceLap(): number {
    return performance.now() - this.#last;
  }

  total(): number {
    return performance.now() - this.#started;
  }
}
