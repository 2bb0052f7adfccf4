/** Child of the cost bench: Folio's patched build, driven as the engine drives it. */
import { createSampler, decode, type NativeContext } from "../main/engine/addon.ts";
import { AnsweringCache } from "../main/engine/answering.ts";
import { planKeep } from "../main/engine/keep.ts";
import { type LoadedModel, loadModel } from "../main/engine/model.ts";
import { policies } from "../main/engine/policies/index.ts";
import type { Attention } from "../main/engine/probe.ts";
import { buildPrompt, type Prompt, tokenizeDocument } from "../main/engine/prompt.ts";
import { ReadingCache } from "../main/engine/reading.ts";
import type { Budget, KvType } from "../preload/api.ts";
import { residentMemory, serve, stopwatch, type Took } from "./result.ts";

/** A small cache to decode from, beside the full one and an almost empty one. */
export type Small = "compresskv" | "phrase";

export type FolioRequests = {
  load: [{ file: string; threads: number }, null];
  /** Makes a prompt of `tokens` tokens from a text and a question. */
  prepare: [{ text: string; tokens: number; question: string }, { tokens: number[]; questionStart: number }];
  /** Reads the prompt's tokens [from, to). */
  read: [{ from: number; to: number }, Took];
  /** Reads the rest, probed. */
  probe: [null, Took];
  /** Selects and gathers the policy's small cache; what is allocated, bytes, and ms */
  gather: [
    { policy: Small; budget: Budget; kvType: KvType },
    { bytes: number; computeBytes: number; fullBytes: number; selectMs: number; gatherMs: number },
  ];
  /** Decodes `count` tokens from a cache and forgets them again, and says how many of the steps reused the graph. */
  decode: [{ from: "full" | "empty" | Small; count: number }, Took & { reused: number }];
  /** Resident memory of this process while it decodes from the full cache or, without that, from a small one. All other caches are freed. */
  resident: [{ from: "full" | Small }, ReturnType<typeof residentMemory>];
};

let loaded: LoadedModel;
let threads = 1;
let reading: ReadingCache;
let empty: ReadingCache;
const small = new Map<Small, AnsweringCache>();
let prompt: Prompt;
let masses: Attention;

serve<FolioRequests>({
  load: async (options) => {
    threads = options.threads;
    loaded = await loadModel(options.file, threads);
    reading = new ReadingCache(loaded, { threads, kvType: "f16" });
    empty = new ReadingCache(loaded, { threads, kvType: "f16" });
    const few = buildPrompt(loaded.model, loaded.template, [], [], "Hello!").tokens;
    await readTo(empty, { tokens: few, stops: [] }, few.length);
    return null;
  },
  prepare: async ({ text, tokens, question }) => {
    const document = await tokenizeDocument(loaded.model, text);
    const build = () => buildPrompt(loaded.model, loaded.template, [document], [], question);
    document.tokens.length -= build().tokens.length - tokens;
    prompt = build();
    return { tokens: prompt.tokens, questionStart: prompt.questionStart };
  },
  read: async ({ from, to }) => {
    await reading.truncate(from);
    const watch = stopwatch();
    await readTo(reading, prompt, to);
    return watch();
  },
  probe: async () => {
    await reading.truncate(prompt.questionStart);
    const watch = stopwatch();
    await reading.readProbed(prompt.tokens, prompt.questionStart, prompt.questionEnd);
    masses = await reading.attention(prompt.tokens.length);
    return watch();
  },
  gather: async ({ policy, budget, kvType }) => {
    await small.get(policy)?.dispose();
    const { info, profile, scored, fullBytes } = loaded;
    const length = prompt.tokens.length;
    const { heads, kvHeads } = info;
    const began = performance.now();
    const attention = (layer: number) => masses[layer]!;
    const similarity = (layer: number) => reading.similarity(layer);
    const keep = planKeep(
      policies[policy],
      { layers: scored.length, heads, kvHeads, attention, similarity, positions: length, profile },
      prompt,
      {
        budget,
        window: "question",
      },
    );
    const selected = performance.now();
    const answering = await AnsweringCache.gather(loaded, reading.context, keep.kept!, length, { threads, kvType });
    small.set(policy, answering);
    const { bytes, computeBytes } = answering.report();
    return { bytes, computeBytes, fullBytes: fullBytes(length), selectMs: selected - began, gatherMs: performance.now() - selected };
  },
  decode: ({ from, count }) => decodeFrom(from, count),
  resident: async ({ from }) => {
    await empty.drop();
    for (const [policy, cache] of small) if (policy !== from) await cache.dispose();
    if (from !== "full") await reading.drop();
    await decodeFrom(from, 16);
    return residentMemory();
  },
});

async function decodeFrom(from: "full" | "empty" | Small, count: number): Promise<Took & { reused: number }> {
  if (from !== "full" && from !== "empty") {
    const { context } = small.get(from)!;
    // Past the kept rows the answering cache is cut back by hand; the engine never does.
    const position = prompt.tokens.length;
    let next = position;
    const result = await decodeSteps(context, (token) => decode(context, [token], next++), count);
    context.removeTokenCellsFromSequence(0, position, -1);
    return result;
  }
  const cache = from === "full" ? reading : empty;
  const { length } = cache;
  const result = await decodeSteps(cache.context, (token) => cache.decodeAnswer(token), count);
  await cache.truncate(length);
  return result;
}

async function readTo(cache: ReadingCache, prompt: Pick<Prompt, "tokens" | "stops">, to: number): Promise<void> {
  await cache.read(prompt, to, { answerTokens: 0, signal: new AbortController().signal, onProgress: () => {} });
}

async function decodeSteps(
  context: NativeContext,
  step: (token: number) => Promise<number>,
  count: number,
): Promise<Took & { reused: number }> {
  const sampler = createSampler(loaded.model, { temperature: 0 });
  // As in the stock child, the first step is left out: it may build the graph.
  let row = await step(prompt.tokens.at(-1)!);
  const reusedBefore = context.getGraphReuseCount();
  const watch = stopwatch();
  for (let i = 0; i < count; i++) row = await step(await context.sampleToken(row, sampler));
  const took = watch();
  sampler.dispose();
  return { ...took, reused: context.getGraphReuseCount() - reusedBefore };
}
