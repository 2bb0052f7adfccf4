/**
 * Puts the newest results where people read them, `npm run bench -- report`: the README's tables of measurements, between comments with the
 * name of their bench; bench/results/*.svg; and what the settings say of budgets (resources/quality.json).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { policyNames } from "../preload/api.ts";
import type { CostResult, Speed } from "./cost.ts";
import { plot } from "./plot.ts";
import { resultsFolder } from "./result.ts";
import type { ShapesResult } from "./shapes.ts";
import type { TurnsResult } from "./turns.ts";
import type { WaitingResult } from "./waiting.ts";

type Cell = { name: string; share: number; mean: number };
type QualityResult = { shares: number[]; planted: { kept: Cell[] }; realText: { openingTokens: number; agreement: Cell[] } };

/** What rows are called in the README, in its order; what is not here is in the results only. */
const decoders = {
  stock: "stock node-llama-cpp, full f16 cache",
  stockQ8: "stock node-llama-cpp, full q8_0 cache",
  full: "Folio, full f16 cache",
  compresskv: "Folio, CompressKV, 256 tokens a layer",
  phrase: "**Folio's default, 6 %**",
  empty: "an almost empty context",
};
const readers = { stock: decoders.stock, stockQ8: decoders.stockQ8, folio: "Folio, f16" };
const kept: Record<string, string> = {
  phrase: "**phrase, the default**",
  "phrase, fact behind the opening": "phrase, the opening ended before the fact",
  "phrase, question alone": "phrase, by the question alone",
  shared: "one set for all layers",
  composite: "composite tokens",
  kvcrush: "KVCrush, by phrases",
  "BM25 retrieval": "as many tokens found by BM25, read alone",
  "compresskv, window 8": "CompressKV, as published (`--window 8`)",
  compresskv: "CompressKV, over the question",
  snapkv: "SnapKV",
  pyramidkv: "PyramidKV",
  streaming: "beginning and end",
  truncation: "the text cut to its beginning and end",
  random: "random",
};
const conversations: Record<string, string> = {
  "default, the full cache's history": "fast and balanced mode, after the same past answers",
  fast: "fast mode, after its own past answers",
  balanced: "balanced mode, after its own past answers",
  "full, q8_0": "as a control, the full cache in q8_0 after its own past answers",
  "question alone, the full cache's history":
    "the default policy by the question alone, without an answer's first words, after the same past answers",
  "compresskv, evicted once": "CompressKV that evicts once, at the first question",
};

/** @returns the promises that were broken: none is made here */
export async function report(): Promise<string[]> {
  fill<CostResult>("cost", ({ memory }) => memory !== undefined, costTables);
  fill<WaitingResult>("waiting", () => true, waitingTable);
  fill<QualityResult>("quality", ({ realText }) => realText.openingTokens !== undefined, qualityTables);
  fill<ShapesResult>("shapes", () => true, shapesTable);
  fill<TurnsResult>("turns", ({ table: rows }) => rows[0]?.same !== undefined, turnsTable);
  return [];
}

/**
 * Makes a bench's block of the README, and what else comes from it, from its newest result.
 *
 * @param fits whether the result has the form that the bench writes now; the block stays as it is otherwise
 */
function fill<Result>(name: string, fits: (result: Result) => boolean, make: (result: Result) => string): void {
  const result = newest<Result>(name);
  if (result === null || !fits(result)) {
    console.log(`${name}: measure first, npm run bench -- ${name}; the README's block stays as it is`);
    return;
  }
  const page = new URL("../README.md", import.meta.url);
  writeFileSync(page, withBlock(readFileSync(page, "utf8"), name, make(result)));
  console.log(`${name}: written into README.md`);
}

/** The newest result of a bench; on the same day a full one before a quick one. */
function newest<Result>(name: string): Result | null {
  const files = readdirSync(resultsFolder).filter((file) => new RegExp(`^[\\d-]+-${name}(-quick)?\\.json$`).test(file));
  const last = files.sort((a, b) => a.slice(0, 10).localeCompare(b.slice(0, 10)) || b.length - a.length).at(-1);
  if (last === undefined) return null;
  return JSON.parse(readFileSync(new URL(last, resultsFolder), "utf8")) as Result;
}

/** Puts text between the page's comments for a bench. */
function withBlock(page: string, name: string, block: string): string {
  const [begin, end] = [`<!-- measured: ${name} -->\n`, `\n<!-- end: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no comments for ${name}`);
  return `${page.slice(0, from + begin.length)}\n${block}\n${page.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function costTables(cost: CostResult): string {
  const { points, memory } = cost;
  writeFileSync(new URL("decoding.svg", resultsFolder), decodingPlot(cost));
  const last = points.at(-1)!;
  const speeds = (of: (point: CostResult["points"][number]) => Speed) => points.map((point) => of(point).processor.toFixed(1));
  const { select, kv, decoding } = last;
  const share = (kvType: string) => percent(kv.find((entry) => entry.budget === "3%" && entry.kvType === kvType)!.shareOfFull, 1);
  return [
    table(
      ["tokens per second", ...points.map(({ promptTokens }) => `at ${promptTokens.toLocaleString("en")}`)],
      [
        ...keysOf(decoders).map((name) => [`decoding: ${decoders[name]}`, ...speeds((point) => point.decoding[name])]),
        ...keysOf(readers).map((name) => [`reading: ${readers[name]}`, ...speeds((point) => point.reading[name])]),
      ],
    ),
    "![Decoding speed over the tokens read](bench/results/decoding.svg)",
    table(
      [`process, after reading ${last.promptTokens.toLocaleString("en")} tokens`, "resident while decoding", "peak so far"],
      keysOf(memory).map((name) => [decoders[name], mebibytes(memory[name].residentBytes), mebibytes(memory[name].peakBytes)]),
    ),
    `At ${last.promptTokens.toLocaleString("en")} tokens the default decodes ${(decoding.phrase.processor / decoding.stock.processor).toFixed(1)} times as fast as stock. ` +
      `Choosing what stays takes ${select.phrase.selectMs.toFixed(0)} ms (CompressKV ${select.compresskv.selectMs.toFixed(0)} ms), gathering it ${select.phrase.gatherMs.toFixed(0)} ms. ` +
      `At 3 % the answering cache takes ${share("f16")} of a full f16 cache's bytes with f16 rows and ${share("q8_0")} with q8_0 rows, template, question and room for the answer included.`,
  ].join("\n\n");
}

function decodingPlot({ points }: CostResult): string {
  const lines = keysOf(decoders).map((name) => ({
    name: decoders[name].replaceAll("**", ""),
    bold: name === "phrase",
    points: points.map(({ promptTokens, decoding }) => ({ x: promptTokens, y: decoding[name].processor })),
  }));
  const top = 50 * Math.ceil(Math.max(...lines.flatMap((line) => line.points.map(({ y }) => y))) / 50);
  return plot(
    lines,
    { name: "tokens read", marks: points.map(({ promptTokens }) => promptTokens), show: (tokens) => tokens.toLocaleString("en") },
    { name: "tokens decoded per second", marks: [0, 0.25, 0.5, 0.75, 1].map((share) => share * top), show: (speed) => speed.toFixed(0) },
  );
}

function waitingTable({ promptTokens, firstWord, resident }: WaitingResult): string {
  const { coldMs, restoredMs, followUpMs, stockFollowUpMs, followUpRatio } = firstWord;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
  return [
    table(
      [`until the first word, at ${promptTokens.toLocaleString("en")} tokens`, "Folio", "stock node-llama-cpp"],
      [
        ["of a new document's answer", seconds(coldMs), "–"],
        ["of a document that was read before", seconds(restoredMs), "–"],
        [
          "of a follow-up, on the same cached prefix",
          `${seconds(followUpMs)} (${followUpRatio.toFixed(2)} times)`,
          seconds(stockFollowUpMs),
        ],
      ],
    ),
    `While an answer is decoded, the engine's process takes ${mebibytes(resident.balancedBytes)} in balanced mode and ${mebibytes(resident.residentBytes)} with the full cache.`,
  ].join("\n\n");
}

function qualityTables({ shares, planted, realText: { agreement, openingTokens } }: QualityResult): string {
  writeFileSync(new URL("quality.svg", resultsFolder), qualityPlot(agreement, shares));
  const steps = agreement.filter(({ name, share }) => policyNames.some((policy) => policy === name) && share < 1);
  const known = steps.map(
    ({ name, share, mean }) => `  { "policy": "${name}", "share": ${share}, "same": ${Math.round(100 * mean) / 100} }`,
  );
  writeFileSync(new URL("../resources/quality.json", import.meta.url), `[\n${known.join(",\n")}\n]\n`);
  const byShare = (cells: readonly Cell[], head: string) =>
    table(
      [head, ...shares.map((share) => percent(share))],
      keysOf(kept).flatMap((name) => {
        const own = cells.filter((cell) => cell.name === name);
        if (own.length === 0) return [];
        const shown = shares.map((share) => own.find((cell) => cell.share === share));
        return [[kept[name]!, ...shown.map((cell) => (cell ? percent(cell.mean) : "–"))]];
      }),
    );
  return [
    byShare(agreement, `same next token as the full cache, behind an answer's first ${openingTokens}; tokens kept`),
    byShare(planted.kept, "planted facts answered; tokens kept"),
  ].join("\n\n");
}

/** Share of an answer's tokens that agree with the full cache over share of tokens kept, one line a policy. */
function qualityPlot(agreement: readonly Cell[], shares: readonly number[]): string {
  const names = keysOf(kept).filter((name) => agreement.some((cell) => cell.name === name));
  const lines = names.map((name) => {
    const cells = agreement.filter((cell) => cell.name === name && shares.includes(cell.share));
    return { name, bold: name === "phrase", points: cells.map(({ share, mean }) => ({ x: share, y: mean })) };
  });
  return plot(
    lines,
    { name: "tokens kept", marks: shares, show: (share) => percent(share) },
    { name: "same next token", marks: [0, 0.25, 0.5, 0.75, 1], show: (share) => percent(share) },
  );
}

function shapesTable({ points }: ShapesResult): string {
  const shown = points.filter(({ promptTokens }) => promptTokens === 8000 || promptTokens === 32_000);
  return table(
    ["model", "tokens read", "full cache", "CompressKV, 256 tokens a layer", "almost empty context"],
    shown.map(({ parameters, promptTokens, fullBytes, keptBytes, decoding: { full, compressed, empty } }) => [
      parameters,
      promptTokens.toLocaleString("en"),
      `${full.toFixed(1)} (${mebibytes(fullBytes)})`,
      `**${compressed.toFixed(1)}** (${mebibytes(keptBytes)}; ${(compressed / full).toFixed(1)} times)`,
      empty.toFixed(1),
    ]),
  );
}

function turnsTable({ table: rows }: TurnsResult): string {
  const cell = ({ right, of }: TurnsResult["table"][number]["all"]) => `${right} of ${of}`;
  return table(
    ["", "all", "turns 1 to 5", "turns 6 to 10", "all turns in the same words"],
    keysOf(conversations).flatMap((name) => {
      const row = rows.find((candidate) => candidate.name === name);
      return row ? [[conversations[name]!, cell(row.all), cell(row.early), cell(row.late), cell(row.same)]] : [];
    }),
  );
}

function keysOf<Key extends string>(record: Record<Key, unknown>): Key[] {
  return Object.keys(record) as Key[];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
