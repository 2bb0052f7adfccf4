/**
 * What Folio costs beside stock node-llama-cpp with a full cache, f16 and q8_0: reading and decoding speed at growing lengths, graph reuse
 * and bytes, in one run on one thread. All are driven in turns, slice by slice and round by round, so that a noisy machine is noisy for
 * all. A longer prompt begins with the shorter one's text, so that each text is read once.
 */
import { defaultModelFile } from "../main/engine/models.ts";
import { sharedLength } from "../main/engine/reading.ts";
import type { KvType } from "../preload/api.ts";
import type { FolioRequests, Small } from "./cost-folio.ts";
import type { StockRequests } from "./cost-stock.ts";
import { median, type residentMemory, type Took, Worker, writeResult } from "./result.ts";
import { essays } from "./texts.ts";

const threads = 1;
const batchSize = 512;
const contextSize = 8192;
/** Tokens of the prompts; a quick run ends within ten minutes. */
const promptLengths = { quick: [1000, 3000, 7000], whole: [1000, 2000, 4000, 8000] };
/** Tokens of a slice read in turns, steps of a decode round. */
const sliceTokens = 512;
const roundSteps = 24;
const question = "What is the report about?";
/** The small caches that are decoded from: the paper's policy, and the default. */
const budgets = { compresskv: { kind: "tokens", tokens: 256 }, phrase: { kind: "share", share: 0.06 } } as const;

/** Tokens per second by the clock, and per second of processor time: on one thread the same, unless other programs disturb. */
export type Speed = { clock: number; processor: number };
type Readers = "stock" | "stockQ8" | "folio";
const decoders = ["stock", "stockQ8", "full", "compresskv", "phrase", "empty"] as const;
type Decoders = (typeof decoders)[number];

export type Point = {
  promptTokens: number;
  /** Speeds: from the prompt's beginning on (reading), medians over rounds (decoding). */
  reading: Record<Readers, Speed>;
  decoding: Record<Decoders, Speed>;
  /** Steps of compresskv's cache, and how many of them reused the graph. */
  graph: { steps: number; reused: number };
  questionMs: number;
  select: Record<Small, { selectMs: number; gatherMs: number }>;
  kv: { policy: string; budget: string; kvType: string; bytes: number; computeBytes: number; shareOfFull: number }[];
};
type Memory = Record<"stock" | "stockQ8" | "full" | "phrase", ReturnType<typeof residentMemory>>;
export type CostResult = { model: string; points: Point[]; memory: Memory };

type Workers = { stock: Worker<StockRequests>; stockQ8: Worker<StockRequests>; folio: Worker<FolioRequests> };

/** @returns the promises that were broken, one line each */
export async function cost(quick: boolean): Promise<string[]> {
  const stock = new Worker<StockRequests>("./cost-stock.ts");
  const stockQ8 = new Worker<StockRequests>("./cost-stock.ts");
  const folio = new Worker<FolioRequests>("./cost-folio.ts");
  const workers: Workers = { stock, stockQ8, folio };
  try {
    const file = defaultModelFile();
    const stockBuild = await stock.ask("load", { file, contextSize, batchSize, threads, kvType: "f16" });
    await stockQ8.ask("load", { file, contextSize, batchSize, threads, kvType: "q8_0" });
    await folio.ask("load", { file, threads });
    console.log(
      `stock: node-llama-cpp's own binary (${stockBuild}), public API, flash attention on; ${threads} thread, batches of ${batchSize}`,
    );
    const points = await measure(workers, quick ? promptLengths.quick : promptLengths.whole, quick ? 3 : 7);
    const memory = await measureMemory(workers);
    const result: CostResult = { model: file.split(/[\\/]/).at(-1)!, points, memory };
    writeResult("cost", quick, { stockBuild, threads, batchSize, ...result });
    for (const point of points) print(point);
    for (const [name, { residentBytes, peakBytes }] of Object.entries(memory)) {
      console.log(
        `  process   ${name.padEnd(10)} ${mebibytes(residentBytes)} resident while decoding, ${mebibytes(peakBytes)} at most so far`,
      );
    }
    return check(points.at(-1)!);
  } finally {
    for (const worker of Object.values(workers)) worker.close();
  }
}

/** One point for each length. */
async function measure({ stock, stockQ8, folio }: Workers, lengths: readonly number[], rounds: number): Promise<Point[]> {
  const text = essays("reported")
    .map((essay) => essay.text)
    .join("\n\n");
  const points: Point[] = [];
  const read: Record<Readers, Took[]> = { stock: [], stockQ8: [], folio: [] };
  let before: number[] = [];
  for (const length of lengths) {
    const prompt = await folio.ask("prepare", { text, tokens: length, question });
    const shared = sliceTokens * Math.floor(sharedLength(before, prompt.tokens) / sliceTokens);
    before = prompt.tokens;
    for (const worker of [stock, stockQ8]) await worker.ask("truncate", { length: shared });
    // Allocates; what takes time here is not reading.
    await folio.ask("read", { from: shared, to: shared });
    for (let from = shared; from < prompt.questionStart; from += sliceTokens) {
      const to = Math.min(from + sliceTokens, prompt.questionStart);
      const tokens = prompt.tokens.slice(from, to);
      const took = {
        stock: await stock.ask("read", { tokens }),
        stockQ8: await stockQ8.ask("read", { tokens }),
        folio: await folio.ask("read", { from, to }),
      };
      if (to - from === sliceTokens) for (const reader of ["stock", "stockQ8", "folio"] as const) read[reader].push(took[reader]);
      process.stderr.write(`\rreading ${to} of ${length} tokens  `);
    }
    for (const worker of [stock, stockQ8]) await worker.ask("read", { tokens: prompt.tokens.slice(prompt.questionStart) });
    const { ms: questionMs } = await folio.ask("probe", null);

    const kv: Point["kv"] = [];
    const gather = async (policy: Small, budget: Parameters<typeof budgetName>[0], kvType: KvType) => {
      const { bytes, computeBytes, fullBytes, selectMs, gatherMs } = await folio.ask("gather", { policy, budget, kvType });
      kv.push({ policy, budget: budgetName(budget), kvType, bytes, computeBytes, shareOfFull: bytes / fullBytes });
      return { selectMs, gatherMs };
    };
    await gather("phrase", { kind: "share", share: 0.03 }, "f16");
    await gather("phrase", { kind: "share", share: 0.03 }, "q8_0");
    const select = {
      compresskv: await gather("compresskv", budgets.compresskv, "f16"),
      phrase: await gather("phrase", budgets.phrase, "f16"),
    };

    const decoded = Object.fromEntries(decoders.map((name) => [name, [] as Took[]])) as Record<Decoders, Took[]>;
    let reused = 0;
    // One round warms everything up and is not counted.
    for (let round = -1; round < rounds; round++) {
      for (const name of decoders) {
        const own = name === "stock" || name === "stockQ8" ? null : await folio.ask("decode", { from: name, count: roundSteps });
        const took = own ?? (await (name === "stock" ? stock : stockQ8).ask("decode", { count: roundSteps }));
        if (round < 0) continue;
        decoded[name].push(took);
        if (name === "compresskv") reused += own!.reused;
      }
      process.stderr.write(`\rdecoding round ${round + 1} of ${rounds}      `);
    }
    process.stderr.write("\n");
    points.push({
      promptTokens: length,
      reading: mapValues(read, (took) => perSecond(sliceTokens, mean, took)),
      decoding: mapValues(decoded, (took) => perSecond(roundSteps, median, took)),
      graph: { steps: rounds * roundSteps, reused },
      questionMs,
      select,
      kv,
    });
  }
  return points;
}

/** Resident memory while decoding at the last length; Folio's peak is that of reading. */
async function measureMemory({ stock, stockQ8, folio }: Workers): Promise<Memory> {
  const full = await folio.ask("resident", { from: "full" });
  await folio.ask("probe", null);
  await folio.ask("gather", { policy: "phrase", budget: budgets.phrase, kvType: "f16" });
  return {
    stock: await stock.ask("resident", null),
    stockQ8: await stockQ8.ask("resident", null),
    full,
    phrase: await folio.ask("resident", { from: "phrase" }),
  };
}

function perSecond(count: number, middle: (values: readonly number[]) => number, took: readonly Took[]): Speed {
  return {
    clock: (1000 * count) / middle(took.map(({ ms }) => ms)),
    processor: (1000 * count) / middle(took.map(({ cpuMs }) => cpuMs)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mapValues<Name extends string, From, To>(record: Record<Name, From>, change: (value: From) => To): Record<Name, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([name, value]) => [name, change(value)])) as Record<Name, To>;
}

function budgetName(budget: { kind: "share"; share: number } | { kind: "tokens"; tokens: number }): string {
  return budget.kind === "share" ? `${budget.share * 100}%` : String(budget.tokens);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 25 ? 2 : 0)} MiB`;
}

function print({ promptTokens, reading, decoding, graph, questionMs, select, kv }: Point): void {
  const speeds = (all: Record<string, Speed>) =>
    Object.entries(all)
      .map(([name, { clock, processor }]) => `${name} ${clock.toFixed(1)} (${processor.toFixed(1)})`)
      .join("  ");
  const ratio = (a: Speed, b: Speed) => `${(a.clock / b.clock).toFixed(2)} (${(a.processor / b.processor).toFixed(2)})`;
  const { compresskv, phrase } = select;
  console.log(`
at ${promptTokens} tokens; tokens/s by the clock (per second of processor time, undisturbed by other programs)
  reading   ${speeds(reading)}   Folio is ${ratio(reading.folio, reading.stock)} of stock
  decoding  ${speeds(decoding)}
            compresskv is ${ratio(decoding.compresskv, decoding.stock)} times stock and ${ratio(decoding.compresskv, decoding.empty)} of the almost empty context
  graph     reused on ${graph.reused} of ${graph.steps} steps
  question  read and probed in ${questionMs.toFixed(0)} ms; selected in ${compresskv.selectMs.toFixed(1)} ms (phrase ${phrase.selectMs.toFixed(1)}), gathered in ${compresskv.gatherMs.toFixed(1)} ms`);
  for (const { policy, budget, kvType, bytes, computeBytes, shareOfFull } of kv) {
    console.log(
      `  bytes     ${policy} ${budget} ${kvType}: ${mebibytes(bytes)} = ${(100 * shareOfFull).toFixed(2)} % of a full f16 cache; compute buffer ${mebibytes(computeBytes)}`,
    );
  }
}

/** Speeds are compared by processor time: what the same work would take on a machine that does nothing else. */
function check({ reading, decoding, graph, kv }: Point): string[] {
  const share = (kvType: string) => kv.find((entry) => entry.budget === "3%" && entry.kvType === kvType)!.shareOfFull;
  const [stock, compressed, empty] = [decoding.stock.processor, decoding.compresskv.processor, decoding.empty.processor];
  const promises: [string, boolean][] = [
    ["reading at least 0.95 of stock", reading.folio.processor >= 0.95 * reading.stock.processor],
    ["compressed decoding at least 3 times stock", compressed >= 3 * stock],
    ["compressed decoding at least 0.85 of an almost empty context", compressed >= 0.85 * empty],
    ["every decode step reuses the graph", graph.reused === graph.steps],
    ["at 3 % the answering cache takes at most 7 % of the full cache with f16 rows", share("f16") <= 0.07],
    ["at 3 % the answering cache takes at most 4 % of the full cache with q8_0 rows", share("q8_0") <= 0.04],
    ["the compute buffer is at most 12 MiB", kv.every(({ computeBytes }) => computeBytes <= 12 * 2 ** 20)],
  ];
  return promises.filter(([, kept]) => !kept).map(([promise]) => promise);
}
