/**
 * A model's layers of two kinds: those that attend to everything, which policies choose for, and those with a sliding window, which hold
 * what their window holds. Policies, profiles and evidence count only the first kind; the native part and reports count all.
 */

import { type Keep, range } from "./keep.ts";

/** The layers that policies choose for, as indexes into all layers. @param windows tokens of each layer's window, 0 for none */
export function scoredLayers(windows: readonly number[]): number[] {
  return windows.flatMap((window, layer) => (window === 0 ? [layer] : []));
}

/** Values of the scored layers among those of the layers with a window: [layer of the model]. */
export function onAllLayers<T>(windows: readonly number[], scored: readonly T[], ofWindow: (window: number) => T): T[] {
  let next = 0;
  return windows.map((window) => (window === 0 ? scored[next++]! : ofWindow(window)));
}

/** What is kept of a prompt of `length` tokens, for all layers: [layer of the model]. */
export function withWindows(windows: readonly number[], keep: Pick<Keep, "budgets" | "perLayer" | "union">, length: number) {
  const held = (window: number) => Math.min(window, length);
  return {
    budgets: onAllLayers(windows, keep.budgets, held),
    perLayer: onAllLayers(windows, keep.perLayer, held),
    kept: onAllLayers(windows, keep.union(length), (window) => range(length - held(window), length)),
  };
}

/**
 * The most heads that a scored layer has, and whether all of them have as many.
 *
 * @param heads as model files say it: for all layers at once, or [layer of the model]
 */
export function ofScored(heads: number | readonly number[], scored: readonly number[]): { most: number; alike: boolean } {
  const ofAll = typeof heads === "number" ? [heads] : heads;
  const values = typeof heads === "number" || scored.length === 0 ? ofAll : scored.map((layer) => heads[layer] ?? 0);
  return { most: Math.max(0, ...values), alike: new Set(values).size <= 1 };
}
