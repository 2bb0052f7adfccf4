/** Child of the cost bench: node-llama-cpp as it comes, its prebuilt binary through its public API. Never touches Folio's build. */
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from "node-llama-cpp";
import type { KvType } from "../preload/api.ts";
import { residentMemory, serve, stopwatch, type Took } from "./result.ts";

export type StockRequests = {
  /** @returns which binary was loaded */
  load: [{ file: string; contextSize: number; batchSize: number; threads: number; kvType: KvType }, string];
  /** Forgets everything from a position on. */
  truncate: [{ length: number }, null];
  /** Reads tokens behind what is there. */
  read: [{ tokens: number[] }, Took];
  /** Reads tokens behind what is there and samples one token, then forgets all that again. */
  firstToken: [{ tokens: number[] }, Took];
  /** Decodes `count` tokens after what is there and forgets them again. */
  decode: [{ count: number }, Took];
  /** Resident memory of this process now, and at most so far. */
  resident: [null, ReturnType<typeof residentMemory>];
};

let sequence: LlamaContextSequence;
let lastToken: Token;

serve<StockRequests>({
  load: async ({ file, contextSize, batchSize, threads, kvType }) => {
    // An option that no build here was made with: otherwise Folio's own build would count as an existing one.
    const cmakeOptions = { FOLIO_STOCK: "1" };
    const llama = await getLlama({
      build: "never",
      cmakeOptions,
      gpu: false,
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
      progressLogs: false,
    });
    if (llama.buildType !== "prebuilt") throw new Error(`not node-llama-cpp's own binary: ${llama.buildType}`);
    const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
    const type = kvType === "f16" ? "F16" : "Q8_0";
    const kv = { experimentalKvCacheKeyType: type, experimentalKvCacheValueType: type } as const;
    const context = await model.createContext({ contextSize, batchSize, threads, sequences: 1, flashAttention: true, ...kv });
    sequence = context.getSequence();
    return `${llama.buildType} ${llama.llamaCppRelease.release}`;
  },
  truncate: async ({ length }) => {
    await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
    return null;
  },
  read: async ({ tokens }) => {
    const watch = stopwatch();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens as Token[]);
    lastToken = tokens.at(-1) as Token;
    return watch();
  },
  firstToken: async ({ tokens }) => {
    const start = sequence.nextTokenIndex;
    const watch = stopwatch();
    for await (const _ of sequence.evaluate(tokens as Token[], { temperature: 0, yieldEogToken: true })) break;
    const took = watch();
    await sequence.eraseContextTokenRanges([{ start, end: sequence.nextTokenIndex }]);
    return took;
  },
  decode: async ({ count }) => {
    const start = sequence.nextTokenIndex;
    let made = 0;
    let watch = stopwatch();
    for await (const _ of sequence.evaluate([lastToken], { temperature: 0, yieldEogToken: true })) {
      // The first step is left out: it may build the graph.
      if (made === 0) watch = stopwatch();
      if (made++ === count) break;
    }
    const took = watch();
    await sequence.eraseContextTokenRanges([{ start, end: sequence.nextTokenIndex }]);
    return took;
  },
  resident: async () => residentMemory(),
});
