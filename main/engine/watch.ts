/**
 * Tells a hanging engine from one that works: by its silence, counted in ticks of main's own clock, so that a computer that slept is not
 * taken for an engine that hung.
 */

/** How often main looks, and how often the engine says that it is alive, in ms. */
export const tickMs = 1000;

/** Ticks without any sign of life: its thread is stopped, or in an endless loop. */
const mostSilent = 15;

/** Ticks without any progress, while it has something to do: its native part hangs. A slow computer needs minutes for one piece of a large model. */
const mostIdle = { load: 120, work: 600 };

/** What the engine was asked for and has not answered yet; calibration may take as long as it takes. */
export type Busy = "load" | "work" | "calibrate" | null;

export class Watch {
  #silent = 0;
  #idle = 0;

  /** Something came: a sign of life, or, with `progress`, of something that was asked for. */
  heard(progress: boolean): void {
    this.#silent = 0;
    if (progress) this.#idle = 0;
  }

  /** A tick later. Returns whether it hangs. */
  tick(busy: Busy): boolean {
    this.#idle = busy === null || busy === "calibrate" ? 0 : this.#idle + 1;
    this.#silent++;
    return this.#silent > mostSilent || this.#idle > (busy === "load" ? mostIdle.load : mostIdle.work);
  }
}
