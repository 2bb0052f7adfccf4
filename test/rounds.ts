/**
 * How often a test repeats what it does: a few times in `npm test`, as often as docs/reliability.md says in `npm run test:long`, where what was
 * counted and measured is noted as well.
 */
import { appendFileSync } from "node:fs";

/** FOLIO_LONG is 1 for the whole long form, 0.1 for a tenth of it. */
const share = Number(process.env.FOLIO_LONG ?? 0);

export const rounds = (quick: number, long: number): number => Math.max(quick, Math.round(long * share));

/** A line of the long run's table. */
export function figure(what: string, found: string): void {
  if (process.env.FOLIO_FIGURES) appendFileSync(process.env.FOLIO_FIGURES, `${JSON.stringify([what, found])}\n`);
}

/** Counts as words, the most frequent first: "412 text, 88 document-damaged". */
export function counted(outcomes: Record<string, number>): string {
  const sorted = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** The value that a share of all are not above, e.g. 0.95. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
