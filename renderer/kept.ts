/** The keep map in numbers and words. Pure. */

import type { Page } from "../preload/api.ts";
import { pageAt } from "./passages.ts";

/** An outline of the shares as an SVG path, `shares.length` wide and 1 high; the highest share reaches the top. */
export function outline(shares: readonly number[]): string {
  const most = Math.max(...shares, 0);
  if (most === 0) return "";
  // The root lets a place that few layers kept be seen beside one that all did.
  const bars = shares.map((share, i) => `V${(1 - Math.sqrt(share / most)).toFixed(3)}H${i + 1}`);
  return `M0 1${bars.join("")}V1Z`;
}

/** The pages around which most was kept, in their order. */
export function mostKeptPages(shares: readonly number[], pages: readonly Page[], limit = 4): number[] {
  const last = pages.at(-1);
  const length = last ? last.start + last.text.length : 0;
  const sums = new Map<number, number>();
  shares.forEach((share, i) => {
    const page = pages[pageAt(pages, ((i + 0.5) / shares.length) * length)]?.number;
    if (page !== undefined) sums.set(page, Math.max(sums.get(page) ?? 0, share));
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return [...sums]
    .filter(([, share]) => share > mean)
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([page]) => page)
    .sort((a, b) => a - b);
}
