/** A greedy answer from the full cache, with the attention of every step watched: what calibration is made of. */
import { createSampler } from "./addon.ts";
import type { LoadedModel } from "./model.ts";
import type { Attention } from "./probe.ts";
import { buildPrompt, charactersOfTokens, type Prompt, type TokenizedText, tokenizeDocument } from "./prompt.ts";
import { ReadingCache } from "./reading.ts";

/** As in the paper: answer tokens looked at. */
const answerTokens = 50;

/** The first token that begins at or after a character. */
export function tokenAt(loaded: LoadedModel, document: TokenizedText, character: number): number {
  let [low, high] = [0, document.tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // A token's leading space belongs to the word that follows it.
    if (charactersOfTokens(loaded.model, document, middle, middle).start < character - 1) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reads document and question; the last `window` rows are probed. */
export async function readUpToQuestion(
  loaded: LoadedModel,
  reading: ReadingCache,
  text: string,
  question: string,
  window: number,
  signal: AbortSignal,
) {
  const document = await tokenizeDocument(loaded.model, text, signal);
  const prompt = buildPrompt(loaded.model, loaded.template, [document], [], question);
  const length = prompt.tokens.length;
  const windowStart = length - window;
  await reading.read(prompt, ReadingCache.lastPieceStart(length, prompt.questionStart, windowStart), {
    answerTokens: 0,
    signal,
    onProgress: () => {},
  });
  const output = await reading.readProbed(prompt.tokens, windowStart, length);
  return { document, prompt: { ...prompt, output, attention: await reading.attention(length) } };
}

/** Decodes the greedy answer from the full cache. `visit` gets each token together with the attention of the row that it was predicted from. */
export async function eachAnswerToken(
  loaded: LoadedModel,
  reading: ReadingCache,
  prompt: Prompt & { output: number; attention: Attention },
  visit: (token: number, attention: Attention, step: number) => void,
): Promise<void> {
  const { context } = reading;
  const sampler = createSampler(loaded.model, { temperature: 0 });
  let { output, attention } = prompt;
  try {
    for (let step = 0; step < answerTokens; step++) {
      const token = await context.sampleToken(output, sampler);
      if (token === -1 || loaded.model.isEogToken(token)) break;
      visit(token, attention, step);
      output = await reading.decodeProbed(token);
      attention = await reading.attention(reading.length);
    }
  } finally {
    sampler.dispose();
    await reading.truncate(prompt.tokens.length);
  }
}
