/**
 * What Folio costs beside stock node-llama-cpp: reading and decoding speed, graph reuse and bytes, in one run on one thread. Both are
 * driven in turns, slice by slice and round by round, so that a noisy machine is noisy for both; medians are reported.
 */
import { defaultModelFile } from "../main/engine/models.ts";
import type { FolioRequests } from "./cost-folio.ts";
import type { StockRequests } from "./cost-stock.ts";
import { median, type Took, Worker, writeResult } from "./result.ts";
import { essays } from "./texts.ts";

const threads = 1;
const batchSize = 512;
/** Tokens of a slice read in turns, steps of a decode round, rounds. */
const sliceTokens = 512;
const roundSteps = 24;
const rounds = 7;
const question = "What is the report about?";

/** Tokens per second by the clock, and per second of processor time: on one thread the same, unless other programs disturb. */
type Speed = { clock: number; processor: number };

type Point = {
  promptTokens: number;
  /** Speeds, medians over slices (reading) and rounds (decoding). */
  reading: { stock: Speed; folio: Speed };
  decoding: { stock: Speed; full: Speed; compressed: Speed; empty: Speed };
  /** Steps of the compressed cache, and how many of them reused the graph. */
  graph: { steps: number; reused: number };
  questionMs: number;
  selectMs: number;
  gatherMs: number;
  kv: { policy: string; budget: string; kvType: string; bytes: number; computeBytes: number; shareOfFull: number }[];
};

/** @returns the promises that were broken, one line each */
export async function cost(quick: boolean): Promise<string[]> {
  const lengths = quick ? [7000] : [1000, 2000, 4000, 7000];
  const stock = new Worker<StockRequests>("./cost-stock.ts");
  const folio = new Worker<FolioRequests>("./cost-folio.ts");
  try {
    const file = defaultModelFile();
    const stockBuild = await stock.ask("load", { file, contextSize: Math.max(...lengths) + 512, batchSize, threads });
    await folio.ask("load", { file, threads });
    console.log(
      `stock: node-llama-cpp's own binary (${stockBuild}), public API, flash attention on; ${threads} thread, batches of ${batchSize}`,
    );
    const points: Point[] = [];
    for (const tokens of lengths) points.push(await measure(stock, folio, tokens));
    const peakBytes = await folio.ask("peak", null);
    writeResult("cost", quick, { model: file.split(/[\\/]/).at(-1), stockBuild, threads, batchSize, points, peakBytes });
    const missed = check(points.at(-1)!);
    for (const point of points) print(point);
    return missed;
  } finally {
    stock.close();
    folio.close();
  }
}

async function measure(stock: Worker<StockRequests>, folio: Worker<FolioRequests>, length: number): Promise<Point> {
  const text = essays("reported")
    .map((essay) => essay.text)
    .join("\n\n");
  const prompt = await folio.ask("prepare", { text, tokens: length, question });
  // Both read the same slices; what an earlier length left behind is forgotten.
  await stock.ask("forget", null);
  const speeds = { stock: [] as Took[], folio: [] as Took[] };
  for (let from = 0; from < prompt.questionStart; from += sliceTokens) {
    const to = Math.min(from + sliceTokens, prompt.questionStart);
    const slice = prompt.tokens.slice(from, to);
    const stockTook = await stock.ask("read", { tokens: slice });
    const folioTook = await folio.ask("read", { from, to });
    if (to - from === sliceTokens) {
      speeds.stock.push(stockTook);
      speeds.folio.push(folioTook);
    }
    process.stderr.write(`\rreading ${to} of ${length} tokens  `);
  }
  await stock.ask("read", { tokens: prompt.tokens.slice(prompt.questionStart) });
  const { ms: questionMs } = await folio.ask("probe", null);

  const kv: Point["kv"] = [];
  const gather = async (
    policy: "compresskv" | "phrase",
    budget: { kind: "share"; share: number } | { kind: "tokens"; tokens: number },
    kvType: "f16" | "q8_0",
  ) => {
    const made = await folio.ask("gather", { policy, budget, kvType });
    const name = budget.kind === "share" ? `${budget.share * 100}%` : String(budget.tokens);
    kv.push({ policy, budget: name, kvType, bytes: made.bytes, computeBytes: made.computeBytes, shareOfFull: made.bytes / made.fullBytes });
    return made;
  };
  await gather("phrase", { kind: "share", share: 0.03 }, "f16");
  await gather("phrase", { kind: "share", share: 0.03 }, "q8_0");
  const { selectMs, gatherMs } = await gather("compresskv", { kind: "tokens", tokens: 256 }, "f16");

  const times = { stock: [] as Took[], full: [] as Took[], compressed: [] as Took[], empty: [] as Took[] };
  let reused = 0;
  // One round warms everything up and is not counted.
  for (let round = -1; round < rounds; round++) {
    const plain = await stock.ask("decode", { count: roundSteps });
    const full = await folio.ask("decode", { from: "full", count: roundSteps });
    const compressed = await folio.ask("decode", { from: "answering", count: roundSteps });
    const empty = await folio.ask("decode", { from: "empty", count: roundSteps });
    if (round < 0) continue;
    times.stock.push(plain);
    times.full.push(full);
    times.compressed.push(compressed);
    times.empty.push(empty);
    reused += compressed.reused;
    process.stderr.write(`\rdecoding round ${round + 1} of ${rounds}      `);
  }
  process.stderr.write("\n");
  const perSecond = (count: number, took: readonly Took[]): Speed => ({
    clock: (1000 * count) / median(took.map(({ ms }) => ms)),
    processor: (1000 * count) / median(took.map(({ cpuMs }) => cpuMs)),
  });
  return {
    promptTokens: length,
    reading: { stock: perSecond(sliceTokens, speeds.stock), folio: perSecond(sliceTokens, speeds.folio) },
    decoding: {
      stock: perSecond(roundSteps, times.stock),
      full: perSecond(roundSteps, times.full),
      compressed: perSecond(roundSteps, times.compressed),
      empty: perSecond(roundSteps, times.empty),
    },
    graph: { steps: rounds * roundSteps, reused },
    questionMs,
    selectMs,
    gatherMs,
    kv,
  };
}

function print({ promptTokens, reading, decoding, graph, questionMs, selectMs, gatherMs, kv }: Point): void {
  const speed = ({ clock, processor }: Speed) => `${clock.toFixed(1).padStart(6)} (${processor.toFixed(1)})`;
  const ratio = (a: Speed, b: Speed) => `${(a.clock / b.clock).toFixed(2)} (${(a.processor / b.processor).toFixed(2)})`;
  console.log(`
at ${promptTokens} tokens; tokens/s by the clock (per second of processor time, undisturbed by other programs)
  reading   stock ${speed(reading.stock)}   Folio ${speed(reading.folio)}   Folio is ${ratio(reading.folio, reading.stock)} of stock
  decoding  stock ${speed(decoding.stock)}   Folio full ${speed(decoding.full)}   compresskv at 256 ${speed(decoding.compressed)}   almost empty context ${speed(decoding.empty)}
            compressed is ${ratio(decoding.compressed, decoding.stock)} times stock and ${ratio(decoding.compressed, decoding.empty)} of the almost empty context
  graph     reused on ${graph.reused} of ${graph.steps} steps
  question  read and probed in ${questionMs.toFixed(0)} ms, selected in ${selectMs.toFixed(1)} ms, gathered in ${gatherMs.toFixed(1)} ms`);
  for (const { policy, budget, kvType, bytes, computeBytes, shareOfFull } of kv) {
    console.log(
      `  bytes     ${policy} ${budget} ${kvType}: ${(bytes / 2 ** 20).toFixed(2)} MiB = ${(100 * shareOfFull).toFixed(2)} % of a full f16 cache; compute buffer ${(computeBytes / 2 ** 20).toFixed(2)} MiB`,
    );
  }
}

/** Speeds are compared by processor time: what the same work would take on a machine that does nothing else. */
function check({ reading, decoding, graph, kv }: Point): string[] {
  const share = (kvType: string) => kv.find((entry) => entry.budget === "3%" && entry.kvType === kvType)!.shareOfFull;
  const [stock, compressed, empty] = [decoding.stock.processor, decoding.compressed.processor, decoding.empty.processor];
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
