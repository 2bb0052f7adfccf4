/** How many tokens each layer keeps. Pure arithmetic: imports nothing. */

/** The smallest and, as a multiple of the mean, the largest budget of a layer (paper: 32 and 3B). */
const smallestLayer = 32;
const largestShare = 3;

/** The same budget everywhere. */
export function evenBudgets(mean: number, layers: number): number[] {
  return new Array<number>(layers).fill(mean);
}

/**
 * Error-aware layer budgets (CompressKV, "layer-adaptive cache allocation"): every layer starts from 32 tokens, the rest is shared
 * in proportion to the layers' eviction errors, clipped to [32, 3 * mean], then mended by one token at a time, most important
 * layer first, until the sum is exactly `mean * layers`. A mean below 32 lowers the floor to the mean.
 *
 * @param mean tokens a layer keeps on average
 * @param errors eviction error of each layer, [layer]; any positive scale
 */
export function errorAwareBudgets(mean: number, errors: readonly number[]): number[] {
  const layers = errors.length;
  const low = Math.min(smallestLayer, mean);
  const high = Math.max(low, largestShare * mean);
  const sum = errors.reduce((a, b) => a + b, 0);
  const spare = mean * layers - low * layers;
  const budgets = errors.map((error) => {
    const share = sum > 0 ? error / sum : 1 / layers;
    return Math.min(high, Math.max(low, low + Math.round(share * spare)));
  });

  const byImportance = errors.map((_, layer) => layer).sort((a, b) => errors[b]! - errors[a]! || a - b);
  let missing = mean * layers - budgets.reduce((a, b) => a + b, 0);
  while (missing !== 0) {
    const step = Math.sign(missing);
    for (const layer of byImportance) {
      if (missing === 0) break;
      const next = budgets[layer]! + step;
      if (next < low || next > high) continue;
      budgets[layer] = next;
      missing -= step;
    }
  }
  return budgets;
}

/**
 * PyramidKV budgets (arXiv 2406.02069): they fall linearly from the first layer to the last with the mean kept; the last layer
 * gets `mean / 20` (the paper's beta). The rounding remainder goes to the first layers.
 */
export function pyramidBudgets(mean: number, layers: number): number[] {
  if (layers === 1) return [mean];
  const last = Math.floor(mean / 20);
  const first = 2 * mean - last;
  const budgets = Array.from({ length: layers }, (_, layer) => Math.floor(first - ((first - last) * layer) / (layers - 1)));
  let missing = mean * layers - budgets.reduce((a, b) => a + b, 0);
  for (let layer = 0; missing > 0; layer = (layer + 1) % layers, missing--) budgets[layer]!++;
  return budgets;
}
