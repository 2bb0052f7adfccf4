/**
 * What people wait for, and the memory meanwhile: the first word of an answer when the document is new, was read before, or is being asked
 * about already (there beside stock node-llama-cpp that continues the same cached prefix), and the engine process's resident memory while an
 * answer is decoded. One thread.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EngineClient } from "../main/engine/client.ts";
import { defaultModelFile } from "../main/engine/models.ts";
import type { AskRequest, TurnResult } from "../main/engine/turn.ts";
import type { StockRequests } from "./cost-stock.ts";
import { median, Worker, writeResult } from "./result.ts";
import { essays } from "./texts.ts";

const threads = 1;
const textTokens = 7000;
const answerTokens = 64;
const rounds = 6;
/** A person reads the answer before asking on. */
const pauseMs = 6000;
const questions = [
  "What is the report about?",
  "Who is mentioned, and why?",
  "What happened last?",
  "Which place is described?",
  "What was decided?",
  "What was measured?",
  "Who decided that?",
];

/** @returns the promises that were broken, one line each */
export async function waiting(quick: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "folio-waiting-"));
  try {
    const cold = await firstWords(folder);
    const restoredMs = (await inNewEngine(folder, (ask) => ask(questions[0]!, []))).firstWordMs;
    const [full, balanced] = [await residentWhileDecoding(folder, "full"), await residentWhileDecoding(folder, "balanced")];
    const followUps = cold.followUps.map(({ timing }, i) => ({ ms: timing.firstTokenMs, stockMs: cold.stockMs[i]! }));
    const result = {
      threads,
      promptTokens: cold.first.promptTokens,
      firstWord: {
        coldMs: cold.first.firstWordMs,
        restoredMs,
        followUpMs: median(followUps.map(({ ms }) => ms)),
        stockFollowUpMs: median(followUps.map(({ stockMs }) => stockMs)),
        followUpRatio: median(followUps.map(({ ms, stockMs }) => ms / stockMs)),
      },
      followUps,
      openingMs: median(cold.followUps.map(({ timing }) => timing.selectMs + timing.gatherMs)),
      resident: {
        ...full,
        balancedBytes: balanced.residentBytes,
        savedShare: (full.residentBytes - balanced.residentBytes) / full.fullBytes,
      },
    };
    writeResult("waiting", quick, result);
    print(result);
    return check(result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export type WaitingResult = {
  promptTokens: number;
  /** `followUpRatio`: how many times as long as stock's each one took that was asked right before it. */
  firstWord: { coldMs: number; restoredMs: number; followUpMs: number; stockFollowUpMs: number; followUpRatio: number };
  /** From the first word until the small cache takes over; an answer's opening is written meanwhile. */
  openingMs: number;
  resident: { residentBytes: number; fullBytes: number; balancedBytes: number; savedShare: number };
};
type Ask = (question: string, history: AskRequest["history"], how?: Partial<AskRequest>) => Promise<TurnResult & { firstWordMs: number }>;

/** A fresh engine process with the document added, not read. */
async function inNewEngine<Value>(folder: string, work: (ask: Ask, resident: number[]) => Promise<Value>): Promise<Value> {
  const engine = new EngineClient(() => {});
  const resident: number[] = [];
  try {
    await engine.call<"load">({ op: "load", file: defaultModelFile(), threads, snapshots: { folder, capBytes: 2 ** 34 } });
    const text = essays("reported")
      .map((essay) => essay.text)
      .join("\n\n");
    const tokens = await engine.call<"addDocument">({ op: "addDocument", documentId: "whole", text });
    await engine.call<"addDocument">({
      op: "addDocument",
      documentId: "text",
      text: text.slice(0, Math.floor((text.length * textTokens) / tokens)),
    });
    let decoding = false;
    return await work(async (question, history, how = {}) => {
      const began = performance.now();
      const request: AskRequest = {
        documentIds: ["text"],
        history,
        question,
        policy: "phrase",
        budget: { kind: "share", share: 0.06 },
        window: "question",
        mode: "balanced",
        smallestShare: 0.25,
        readingKv: "f16",
        answeringKv: "f16",
        maxAnswerTokens: answerTokens,
        temperature: 0,
        ...how,
      };
      // As the window does: what comes before a question is read while it is being written; only the first question waits for that.
      const { documentIds, mode, smallestShare, readingKv } = request;
      await engine.call<"read">({ op: "read", documentIds, history, mode, smallestShare, readingKv });
      const readMs = history.length === 0 ? performance.now() - began : 0;
      const result = await engine.call<"ask">(
        { op: "ask", request },
        {
          onStatus: ({ phase }) => (decoding = phase === "answering"),
          // In balanced mode an answer's first words come from the full cache too.
          onMemory: ({ processBytes, readingPlace }) => {
            if (decoding && (request.mode === "fast" || readingPlace === "disk")) resident.push(processBytes);
          },
        },
      );
      return { ...result, firstWordMs: readMs + result.timing.firstTokenMs };
    }, resident);
  } finally {
    engine.stop();
  }
}

/** The first question on a new document, and questions after it, each also asked of stock node-llama-cpp: one right after the other, so that both find the same machine. */
async function firstWords(folder: string) {
  const stock = new Worker<StockRequests>("./cost-stock.ts");
  try {
    await stock.ask("load", { file: defaultModelFile(), contextSize: textTokens + 1024, batchSize: 512, threads, kvType: "f16" });
    return await inNewEngine(folder, async (ask) => {
      const first = await ask(questions[0]!, []);
      const followUps: TurnResult[] = [];
      const stockMs: number[] = [];
      const history = [{ question: questions[0]!, answer: first.answer }];
      let read = 0;
      for (const question of questions.slice(1, 1 + rounds)) {
        await setTimeout(pauseMs);
        const turn = await ask(question, [...history]);
        await setTimeout(pauseMs);
        const { promptTokenIds: tokens, window } = turn.details;
        await stock.ask("read", { tokens: tokens.slice(read, window[0]!) });
        stockMs.push((await stock.ask("firstToken", { tokens: tokens.slice(window[0]!) })).ms);
        read = window[0]!;
        followUps.push(turn);
        history.push({ question, answer: turn.answer });
        process.stderr.write(`\rfollow-up ${followUps.length} of ${rounds}  `);
      }
      return { first, followUps, stockMs };
    });
  } finally {
    stock.close();
  }
}

/** Resident memory of an engine process that restored the document, median over an answer's decoding. */
async function residentWhileDecoding(folder: string, how: "full" | "balanced"): Promise<{ residentBytes: number; fullBytes: number }> {
  return await inNewEngine(folder, async (ask, resident) => {
    const { cache } = await ask(questions[1]!, [], how === "full" ? { policy: "full", mode: "fast" } : {});
    return { residentBytes: median(resident), fullBytes: cache.fullBytes };
  });
}

function print({ promptTokens, firstWord, openingMs, resident }: WaitingResult): void {
  const { coldMs, restoredMs, followUpMs, stockFollowUpMs, followUpRatio } = firstWord;
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  console.log(`
first word at ${promptTokens} tokens, ms: new ${coldMs.toFixed(0)}, read before ${restoredMs.toFixed(0)} (${(coldMs / restoredMs).toFixed(1)} times shorter), follow-up ${followUpMs.toFixed(0)}
  stock node-llama-cpp, follow-up on the same prefix ${stockFollowUpMs.toFixed(0)}: Folio takes ${followUpRatio.toFixed(2)} times that; the small cache takes over ${openingMs.toFixed(0)} ms later
resident memory while decoding, MiB: full cache ${mebibytes(resident.residentBytes)}, balanced ${mebibytes(resident.balancedBytes)}; that saves ${(100 * resident.savedShare).toFixed(0)} % of the full cache's ${mebibytes(resident.fullBytes)}`);
}

function check({ firstWord: { coldMs, restoredMs, followUpRatio }, resident }: WaitingResult): string[] {
  const promises: [string, boolean][] = [
    ["a document that was read before gives its first word at least 15 times sooner", coldMs >= 15 * restoredMs],
    ["a follow-up's first word takes at most 1.3 times that of stock node-llama-cpp", followUpRatio <= 1.3],
    ["balanced mode saves at least 80 % of the full cache's bytes while decoding", resident.savedShare >= 0.8],
  ];
  return promises.filter(([, kept]) => !kept).map(([promise]) => promise);
}
