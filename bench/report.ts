/**
 * Makes the README's tables, bench/results/*.svg and what the settings say of budgets (resources/quality.json) from the newest results:
 * `node bench/report.ts`. Prints the tables as Markdown.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { policyNames } from "../preload/api.ts";
import { resultsFolder } from "./result.ts";

type Cell = { name: string; share: number; mean: number; low: number; high: number };
type QualityResult = {
  date: string;
  shares: number[];
  planted: { counts: Record<string, { asked: number; answered: number }>; kept: Cell[] };
  realText: { openingTokens: number; divergence: Cell[]; agreement: Cell[] };
};
type Speed = { clock: number; processor: number };
type CostResult = {
  date: string;
  points: {
    promptTokens: number;
    reading: Record<"stock" | "folio", Speed>;
    decoding: Record<"stock" | "full" | "compressed" | "empty", Speed>;
  }[];
};
type ShapesResult = {
  points: {
    parameters: string;
    promptTokens: number;
    fullBytes: number;
    keptBytes: number;
    decoding: { full: number; compressed: number; empty: number };
  }[];
};
type Kept = { right: number; of: number };
type TurnsResult = { table: { name: string; all: Kept; early: Kept; late: Kept; same: Kept }[] };

const quality = newest<QualityResult>("quality");
const cost = newest<CostResult>("cost");
const shapes = newest<ShapesResult>("shapes");
const turns = newest<TurnsResult>("turns");
if (quality) {
  const { shares, planted, realText } = quality;
  const { divergence, agreement, openingTokens } = realText;
  const [asked, answered] = (["asked", "answered"] as const).map((what) =>
    Object.values(planted.counts).reduce((sum, count) => sum + count[what], 0),
  );
  const interval = ({ mean, low, high }: Cell) => `${percent(mean)} (${percent(low)}-${percent(high)})`;
  console.log(`Behind an answer's first ${openingTokens} tokens, those that are the full cache's first choice too, with 95 % intervals:\n`);
  console.log(table(agreement, shares, interval));
  console.log("\nKL divergence to the full cache there, nats:\n");
  console.log(table(divergence, shares, ({ mean, low, high }) => `${mean.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`));
  console.log(`\nPlanted facts kept by the question alone, of ${answered} that the full cache answers (${asked} asked):\n`);
  console.log(table(planted.kept, shares, interval));
  writeFileSync(new URL("quality.svg", resultsFolder), plot(agreement, shares));
  const steps = agreement.filter(({ name, share }) => policyNames.some((policy) => policy === name) && share < 1);
  const known = steps.map(
    ({ name, share, mean }) => `  { "policy": "${name}", "share": ${share}, "same": ${Math.round(100 * mean) / 100} }`,
  );
  writeFileSync(new URL("../resources/quality.json", import.meta.url), `[\n${known.join(",\n")}\n]\n`);
}
if (cost) {
  console.log("\nTokens per second on one thread:\n");
  console.log(
    "| prompt | reading, stock | reading, Folio | decoding, stock | Folio full | compresskv at 256 | almost empty |\n|---|---|---|---|---|---|---|",
  );
  for (const { promptTokens, reading, decoding } of cost.points) {
    const speeds = [reading.stock, reading.folio, decoding.stock, decoding.full, decoding.compressed, decoding.empty];
    console.log(`| ${promptTokens} | ${speeds.map(({ processor }) => processor.toFixed(1)).join(" | ")} |`);
  }
}
if (shapes) {
  console.log("\nDecoding in the shapes of larger models, tokens per second on one thread:\n");
  console.log("| model | tokens read | full cache | 256 tokens a layer | almost empty |\n|---|---|---|---|---|");
  for (const { parameters, promptTokens, fullBytes, keptBytes, decoding } of shapes.points) {
    const { full, compressed, empty } = decoding;
    console.log(
      `| ${parameters} | ${promptTokens.toLocaleString("en")} | ${full.toFixed(2)} (${mebibytes(fullBytes)}) | ` +
        `**${compressed.toFixed(2)}** (${mebibytes(keptBytes)}; ${(compressed / full).toFixed(1)} times) | ${empty.toFixed(2)} |`,
    );
  }
}
if (turns) {
  console.log("\nRight, of the turns that the full cache answers right:\n");
  console.log("| | all | turns 1 to 5 | turns 6 to 10 | all turns in the same words |\n|---|---|---|---|---|");
  const cell = ({ right, of }: Kept) => `${right} of ${of}`;
  for (const { name, all, early, late, same } of turns.table)
    console.log(`| ${name} | ${cell(all)} | ${cell(early)} | ${cell(late)} | ${cell(same)} |`);
}

/** The newest result of a bench; on the same day a full one before a quick one. */
function newest<Result>(name: string): Result | null {
  const files = readdirSync(resultsFolder).filter((file) => new RegExp(`^[\\d-]+-${name}(-quick)?\\.json$`).test(file));
  const last = files.sort((a, b) => a.slice(0, 10).localeCompare(b.slice(0, 10)) || b.length - a.length).at(-1);
  return last === undefined ? null : (JSON.parse(readFileSync(new URL(last, resultsFolder), "utf8")) as Result);
}

function table(cells: readonly Cell[], shares: readonly number[], show: (cell: Cell) => string): string {
  const rows = namesOf(cells).map((name) => {
    const shown = shares.map((share) => cells.find((cell) => cell.name === name && (cell.share === share || cell.share === 1)));
    return `| ${name} | ${shown.map((cell) => (cell ? show(cell) : "-")).join(" | ")} |`;
  });
  return [`| policy | ${shares.map(percent).join(" | ")} |`, `|---|${"---|".repeat(shares.length)}`, ...rows].join("\n");
}

/** Share of an answer's tokens that agree with the full cache over share of tokens kept, one line a policy. */
function plot(cells: readonly Cell[], shares: readonly number[]): string {
  const [width, height, left, top] = [640, 360, 56, 24];
  const [right, bottom] = [width - 180, height - 40];
  const x = (share: number) => left + ((right - left) * Math.log(share / shares[0]!)) / Math.log(shares.at(-1)! / shares[0]!);
  const y = (mean: number) => bottom - (bottom - top) * mean;
  const names = namesOf(cells).filter((name) => cells.some((cell) => cell.name === name && shares.includes(cell.share)));
  const lines = names.map((name, i) => {
    const colour = name === "phrase" ? "#c2410c" : `hsl(${(i * 47) % 360} 30% 55%)`;
    const points = cells.filter((cell) => cell.name === name).map(({ share, mean }) => `${x(share).toFixed(1)},${y(mean).toFixed(1)}`);
    const labelY = top + 16 * i + 8;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="${name === "phrase" ? 3 : 1.5}"/>
<rect x="${right + 16}" y="${labelY - 5}" width="12" height="3" fill="${colour}"/><text x="${right + 34}" y="${labelY}">${name}</text>`;
  });
  const marks = [
    ...shares.map((share) => `<text x="${x(share).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${percent(share)}</text>`),
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (mean) =>
        `<line x1="${left}" x2="${right}" y1="${y(mean)}" y2="${y(mean)}" stroke="#8884"/><text x="${left - 8}" y="${y(mean) + 4}" text-anchor="end">${percent(mean)}</text>`,
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#777">
${[...marks, ...lines].join("\n")}
<text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">tokens kept</text></svg>
`;
}

function namesOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.map(({ name }) => name))];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
