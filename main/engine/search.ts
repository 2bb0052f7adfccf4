/**
 * A question looks through the windows of long documents. Each window is a prompt of its own that is read once; the sentences that the
 * retrieval heads attend to are what the answer is then given from.
 *
 *     head | window | the last exchange | question | turn
 */
import type { EngineStatus, MemoryMode } from "../../preload/api.ts";
import type { Caches, ConversationPrompt, ReadingSettings } from "./caches.ts";
import { EngineError } from "./errors.ts";
import { retrievalAttention } from "./evidence.ts";
import { type Excerpt, excerptsOf, type Span, type Tokenize, united } from "./excerpt.ts";
import type { LoadedModel } from "./model.ts";
import { buildPrompt, type Prompt, type TokenizedText } from "./prompt.ts";
import { probedRows } from "./reading.ts";
import type { AskRequest, TurnResult } from "./turn.ts";
import type { ReadingWindow } from "./windows.ts";

/** Tokens of the sentences that an answer rests on, at most and at least. */
const mostExcerptTokens = 512;
const leastExcerptTokens = 128;
/** Sentences with less than this share of the best one's score distract more than they help. */
const leastShare = 0.15;

/** A sentence that a question looked at. `score`: the most attention that the retrieval heads of all layers pay to any token of it. */
export type Found = Span & { tokens: number; score: number };

type ReadingHooks = { signal: AbortSignal; onProgress(status: Extract<EngineStatus, { phase: "reading" }>): void };

/** What a search came to. Times are ms. */
export type Search = {
  excerpts: Excerpt[];
  windows: NonNullable<TurnResult["windows"]>;
  searchMs: number;
  restoreMs: number;
  peakBytes: number;
};

/** Reads every window and saves it, so that a question opens it in the time of reading a file; without that nothing would be gained. */
export async function readWindows(
  loaded: LoadedModel,
  caches: Caches,
  windows: readonly ReadingWindow[],
  request: ReadingSettings & Pick<AskRequest, "documentIds">,
  hooks: ReadingHooks,
): Promise<void> {
  refuseUnsupported(loaded);
  if (!caches.saves || request.mode === "smallest") return;
  await throughWindows(loaded, caches, windows, { ...request, question: "", history: [] }, hooks, async () => {});
  await caches.reading.drop();
}

/** Looks through every window. @throws EngineError `too-long`, or the signal's reason */
export async function searchWindows(
  loaded: LoadedModel,
  caches: Caches,
  { documents, windows, tokenize }: { documents: readonly TokenizedText[]; windows: readonly ReadingWindow[]; tokenize: Tokenize },
  request: AskRequest,
  hooks: ReadingHooks,
): Promise<Search> {
  refuseUnsupported(loaded);
  const started = performance.now();
  const most = excerptTokens(loaded, request);
  const found: Found[] = [];
  let peakBytes = 0;
  const restoreMs = await throughWindows(loaded, caches, windows, request, hooks, async (prompt, window) => {
    for (const sentence of await searchWindow(loaded, caches, prompt, window, hooks.signal)) found.push(sentence);
    peakBytes = Math.max(peakBytes, caches.peakBytes);
  });
  const pinned = (request.pins ?? []).map(({ document, start, end }) => ({ documentIndex: document, start, end }));
  const excerpts = excerptsOf(tokenize, documents, united([...pickSentences(found, most), ...pinned]));
  const picked = excerpts.reduce((sum, { text }) => sum + text.tokens.length, 0);
  return {
    excerpts,
    windows: { count: windows.length, tokens: tokensOf(windows), picked },
    searchMs: performance.now() - started,
    restoreMs,
    peakBytes,
  };
}

export const tokensOf = (windows: readonly ReadingWindow[]): number => windows.reduce((sum, { text }) => sum + text.tokens.length, 0);

/** A turn over the excerpts, with what was needed to find them. */
export function withSearch(result: TurnResult, { windows, searchMs, restoreMs, peakBytes }: Search, mode: MemoryMode): TurnResult {
  const { cache, timing } = result;
  const { readMs, firstTokenMs } = timing;
  return {
    ...result,
    cache: { ...cache, mode, peakBytes: Math.max(peakBytes, cache.peakBytes) },
    timing: { ...timing, readMs: readMs + searchMs - restoreMs, restoreMs, firstTokenMs: firstTokenMs + searchMs },
    windows,
  };
}

/**
 * Reads every window, or brings it back from disk, and calls `then` while it is in memory. What was read is saved before. Stops between pieces
 * with the signal's reason. Resolves to the time that bringing back took in ms.
 */
async function throughWindows(
  loaded: LoadedModel,
  caches: Caches,
  windows: readonly ReadingWindow[],
  request: ReadingSettings & Pick<AskRequest, "documentIds" | "question" | "history">,
  hooks: ReadingHooks,
  then: (prompt: ConversationPrompt, window: ReadingWindow) => Promise<void>,
): Promise<number> {
  // Windows are read whole whatever the mode; smallest mode leaves nothing on disk.
  await caches.setReading({ ...request, mode: "balanced" });
  const folderOf = ({ documentIndex }: ReadingWindow) => (request.mode === "smallest" ? null : request.documentIds[documentIndex]!);
  const total = tokensOf(windows);
  const started = performance.now();
  let [before, restoreMs, tokensPerSecond] = [0, 0, 0];
  for (const [i, window] of windows.entries()) {
    hooks.signal.throwIfAborted();
    const tell = (within: number) => {
      const done = before + Math.min(within, window.text.tokens.length);
      const secondsLeft = done > 0 ? (((performance.now() - started) / done) * (total - done)) / 1000 : null;
      hooks.onProgress({ phase: "reading", done, total, tokensPerSecond, secondsLeft, window: { number: i + 1, of: windows.length } });
    };
    tell(0);
    const prompt = { ...windowPrompt(loaded, window, request), firstDocument: folderOf(window) };
    const end = prompt.documentStarts.at(-1)!;
    restoreMs += await caches.restore(prompt, end);
    const onProgress = (status: Extract<EngineStatus, { phase: "reading" }>) => {
      ({ tokensPerSecond } = status);
      tell(status.done);
    };
    await caches.read(prompt, end, 0, { signal: hooks.signal, onProgress });
    if (prompt.firstDocument !== null) await caches.save(prompt);
    await then(prompt, window);
    before += window.text.tokens.length;
  }
  return restoreMs;
}

/** The last exchange goes along if there is room: a question may lean on it. @throws EngineError `too-long` */
function windowPrompt(
  { model, template, info }: LoadedModel,
  { text }: ReadingWindow,
  { history, question }: Pick<AskRequest, "history" | "question">,
): Prompt {
  for (const tail of [history.slice(-1), []]) {
    const prompt = buildPrompt(model, template, [text], tail, question);
    if (prompt.tokens.length <= info.contextLength) return prompt;
  }
  throw new EngineError("too-long", "This question is too long to be asked of every window: ask it in fewer words.");
}

/** Reads the question behind a window that was read up to its end. */
async function searchWindow(
  { info, scored, profile }: LoadedModel,
  caches: Caches,
  prompt: ConversationPrompt,
  { documentIndex, start, text }: ReadingWindow,
  signal: AbortSignal,
): Promise<Found[]> {
  const positions = prompt.tokens.length;
  const [first, last] = probedRows(prompt, "question");
  await caches.read(prompt, first, 0, { signal, onProgress: () => {} });
  await caches.reading.readProbed(prompt.tokens, first, last);
  const [layers, heads] = [scored.length, info.heads];
  const mass = await caches.reading.attention(positions);
  const attention = (layer: number) => mass[layer]!;
  const from = prompt.documentStarts[0]!;
  const scores = retrievalAttention({ layers, heads, attention, positions, profile }, null, from, from + text.tokens.length);
  return text.slices.map(({ character, token }, i) => {
    const next = text.slices[i + 1] ?? { character: text.text.length, token: text.tokens.length };
    const score = scores.subarray(token, next.token).reduce((most, value) => Math.max(most, value), 0);
    return { documentIndex, start: start + character, end: start + next.character, tokens: next.token - token, score };
  });
}

/**
 * The sentences that the question looked at most, until `most` tokens are spent or the rest are hardly looked at, in the documents' order.
 *
 * @param found in the documents' order
 */
export function pickSentences(found: readonly Found[], most: number): Span[] {
  let left = most;
  const picked = new Set<Found>();
  const best = found.reduce((highest, { score }) => Math.max(highest, score), 0);
  for (const sentence of found.toSorted((a, b) => b.score - a.score)) {
    if (sentence.score < leastShare * best) break;
    if (sentence.tokens > left) continue;
    left -= sentence.tokens;
    picked.add(sentence);
  }
  return found.filter((sentence) => picked.has(sentence));
}

/** Room for an excerpt beside the conversation, the question and an answer. @throws EngineError `too-long` */
function excerptTokens({ model, template, info }: LoadedModel, { history, question, maxAnswerTokens }: AskRequest): number {
  const besides = buildPrompt(model, template, [], history, question).tokens.length;
  const room = info.contextLength - besides - Math.min(maxAnswerTokens, Math.floor(info.contextLength / 4));
  if (room >= leastExcerptTokens) return Math.min(mostExcerptTokens, room);
  throw new EngineError(
    "too-long",
    "This conversation of {tokens} tokens leaves no room for passages of the documents in what {model} reads at once: ask in a new conversation.",
    { tokens: besides, model: info.name },
  );
}

function refuseUnsupported({ info }: LoadedModel): void {
  if (info.unsupported === null) return;
  throw new EngineError("too-long", "{model} cannot look through windows: {why}. Choose the pages to read, or another model.", {
    model: info.name,
    why: { text: info.unsupported },
  });
}
