/** What stays for an answer, and how the answer begins. */
import type { Sampler } from "./addon.ts";
import type { Attention } from "./attention.ts";
import { BoundedCache } from "./bounded.ts";
import type { Caches } from "./caches.ts";
import { type Answer, sample } from "./decode.ts";
import { type Keep, keepEverything, planKeep } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt } from "./prompt.ts";
import type { AskRequest } from "./turn.ts";

/** What a choice starts from. */
export type ChoiceInput = {
  prompt: Prompt;
  /** What the probed rows attended to; what the answer's opening attends to is added. */
  attention: Attention;
  /** The answer with its first token, which came with the prompt. */
  answer: Answer;
  sampler: Sampler;
  request: Pick<AskRequest, "policy" | "budget" | "window">;
};

/**
 * Decides what stays. A policy with an opening has the answer's first words written while the reading cache is still there, and what they
 * attend to counts as well; they stay in the reading cache behind the prompt.
 */
export async function chooseKept(
  loaded: LoadedModel,
  caches: Caches,
  { prompt, attention, answer, sampler, request }: ChoiceInput,
): Promise<Keep> {
  const { reading } = caches;
  // In smallest mode what could be let go of is gone before a question comes.
  if (reading instanceof BoundedCache) return reading.left();
  const { heads, kvHeads } = loaded.info;
  const layers = loaded.scored.length;
  if (request.policy === "full" || request.budget.kind === "full") return keepEverything(prompt.tokens.length, layers);
  const policy = policies[request.policy];
  const opening = policy.opening?.(prompt.tokens.length) ?? 0;
  while (answer.over === null && answer.tokens.length < opening) {
    const row = await reading.decodeProbed(answer.tokens.at(-1)!);
    attention.addProbed(reading);
    answer.push(await sample({ context: reading.context, row }, sampler));
  }
  const { layer, positions } = attention;
  const similarity = (layer: number) => reading.similarity(layer);
  return planKeep(policy, { layers, heads, kvHeads, attention: layer, similarity, positions, profile: loaded.profile }, prompt, request);
}
