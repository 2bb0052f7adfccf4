/** What stays for an answer, and how the answer begins. */
import type { Token } from "node-llama-cpp";
import { createSampler, type Sampler } from "./addon.ts";
import type { Attention } from "./attention.ts";
import { BoundedCache } from "./bounded.ts";
import type { Caches } from "./caches.ts";
import { Answer, sample } from "./decode.ts";
import { type Keep, keepEverything, planKeep } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt } from "./prompt.ts";
import type { AskRequest } from "./turn.ts";

/** What an answer's choice starts from. */
export type ChoiceInput = {
  prompt: Prompt;
  /** What the probed rows attended to. */
  attention: Attention;
  /** The answer with its first token, which came with the prompt. */
  answer: Answer;
  sampler: Sampler;
  request: Pick<AskRequest, "policy" | "budget" | "window" | "answeringKv">;
  signal: AbortSignal;
};

/** Tokens drafted at once: few, so that words keep coming. */
const draftTokens = 16;
/** Drafts for one answer at most; those that differ early confirm little. */
const mostDrafts = 6;

export type Choice = {
  keep: Keep;
  /** What the choice rests on. */
  attention: Attention;
};

/**
 * Decides what stays. A policy that drafts gathers its first choice into the answering cache and lets that say how the answer begins.
 * The reading cache then reads the draft in one piece: it says how far the draft is what it would have said itself, which becomes the
 * answer's beginning, and what these words attend to, by which the policy chooses again. Where it would have gone on otherwise, its own word
 * is taken and drafting goes on from there. What was confirmed stays in the reading cache behind the prompt.
 */
export async function chooseKept(
  loaded: LoadedModel,
  caches: Caches,
  { prompt, attention, answer, sampler, request, signal }: ChoiceInput,
): Promise<Choice> {
  const { reading } = caches;
  // In smallest mode what could be let go of is gone before a question comes.
  if (reading instanceof BoundedCache) return { keep: reading.left(), attention };
  const { heads, kvHeads } = loaded.info;
  const layers = loaded.scored.length;
  const length = prompt.tokens.length;
  if (request.policy === "full" || request.budget.kind === "full") return { keep: keepEverything(length, layers), attention };
  const policy = policies[request.policy];
  const similarity = (layer: number) => reading.similarity(layer);
  const plan = ({ layer, positions }: Attention) =>
    planKeep(policy, { layers, heads, kvHeads, attention: layer, similarity, positions, profile: loaded.profile }, prompt, request);

  let seen = attention;
  let keep = plan(seen);
  if (keep.kept === null || policy.draft === undefined) return { keep, attention };
  for (let drafts = 0; drafts < mostDrafts && answer.over === null && answer.tokens.length < policy.draft; drafts++) {
    await caches.gather(keep.kept!, length, request.answeringKv);
    const draft = await draftAnswer(loaded, caches, answer.tokens.at(-1)!, signal);
    const rows = await reading.readDraft(draft);
    seen = seen.plusProbed(reading);
    await confirm(draft, rows, caches, answer, sampler);
    // The last confirmed token is decoded next.
    await reading.truncate(length + answer.tokens.length - 1);
    keep = plan(seen);
  }
  return { keep, attention: seen };
}

/** How the answer goes on from its last token when it comes from the answering cache as it is now, greedily; the cache is freed. */
async function draftAnswer(loaded: LoadedModel, caches: Caches, last: Token, signal: AbortSignal): Promise<Token[]> {
  const draft = new Answer(loaded.model, { maxTokens: draftTokens, signal, onText: () => {}, onToken: () => {} });
  const greedy = createSampler(loaded.model, { temperature: 0 });
  try {
    draft.push(last);
    await draft.write(caches.next, greedy);
  } finally {
    greedy.dispose();
    await caches.forgetAnswer();
  }
  return draft.tokens.length > 0 ? draft.tokens : [last];
}

/** Adds to the answer what the reading cache says after each token of the draft, up to the first that the draft has otherwise. */
async function confirm(draft: readonly Token[], rows: Uint32Array, { reading }: Caches, answer: Answer, sampler: Sampler): Promise<void> {
  for (const [i, row] of rows.entries()) {
    const token = await sample({ context: reading.context, row }, sampler);
    answer.push(token);
    if (answer.over !== null || token !== draft[i + 1]) return;
  }
}
