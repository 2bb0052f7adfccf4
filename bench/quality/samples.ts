/** Measured values by row and kept share, and what is reported of them. */
import { mulberry32 } from "../../main/engine/policies/random.ts";

/** Values of one row at one kept share; `share` 1 is everything. Keys are made by `push`. */
export type Samples = Map<string, number[]>;

/** A mean with its 95 % interval of 2,000 bootstrap resamples. */
export type Cell = { name: string; share: number; mean: number; low: number; high: number; count: number };

export function push(samples: Samples, name: string, share: number, value: number): void {
  const key = `${name}|${share}`;
  const values = samples.get(key);
  if (values) values.push(value);
  else samples.set(key, [value]);
}

export function tableOf(samples: Samples): Cell[] {
  return [...samples].map(([key, values]) => {
    const at = key.lastIndexOf("|");
    return { name: key.slice(0, at), share: Number(key.slice(at + 1)), ...interval(values) };
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function interval(values: readonly number[]): Omit<Cell, "name" | "share"> {
  const random = mulberry32(7);
  const means = Array.from({ length: 2000 }, () => mean(values.map(() => values[Math.floor(random() * values.length)]!))).sort(
    (a, b) => a - b,
  );
  return { mean: mean(values), low: means[50]!, high: means[1949]!, count: values.length };
}

export function print(table: readonly Cell[], title: string, shares: readonly number[]): void {
  console.log(`\n${title}\n${"".padEnd(24)}${shares.map((share) => `${share * 100} %`.padStart(20)).join("")}`);
  for (const name of new Set(table.map((entry) => entry.name))) {
    const cells = [...shares, 1]
      .map((share) => table.find((entry) => entry.name === name && entry.share === share))
      .filter((entry) => entry !== undefined);
    console.log(
      name.padEnd(24) +
        cells.map(({ mean, low, high }) => `${mean.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`.padStart(20)).join(""),
    );
  }
}
