/** What stays for an answer, how the answer begins, and the passages that it comes from. */
import type { PolicyName } from "../../preload/api.ts";
import type { Sampler } from "./addon.ts";
import { Attention } from "./attention.ts";
import { BoundedCache } from "./bounded.ts";
import type { Caches } from "./caches.ts";
import { type Answer, sample } from "./decode.ts";
import { findEvidence, type Passage } from "./evidence.ts";
import type { Excerpt } from "./excerpt.ts";
import { type Keep, keepEverything, planKeep } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt } from "./prompt.ts";
import type { AskRequest } from "./turn.ts";

/** What stays of a prompt, by which policy, and the passages of the excerpts that it comes from. */
export type Choice = { policy: PolicyName; keep: Keep; evidence: Passage[] };

/** What a choice starts from: a prompt whose question was just probed. */
export type ChoiceInput = {
  request: Pick<AskRequest, "policy" | "budget" | "window">;
  prompt: Prompt;
  excerpts: readonly Excerpt[];
  /** The answer with its first token, which came with the prompt. */
  answer: Answer;
  sampler: Sampler;
};

/** Decides what stays of the prompt, as `chooseKept` does, and finds the passages among it. A model that cannot be compressed keeps everything, and has none. */
export async function choose(loaded: LoadedModel, caches: Caches, input: ChoiceInput): Promise<Choice> {
  const { info, model, profile } = loaded;
  const { request, prompt, excerpts } = input;
  const [layers, heads] = [loaded.scored.length, info.heads];
  const positions = prompt.tokens.length;
  if (info.unsupported !== null) return { policy: "full", keep: keepEverything(positions, layers), evidence: [] };
  const attention = Attention.probed(caches.reading, { layers, heads }, positions);
  const keep = await chooseKept(loaded, caches, attention, input);
  const seen = { layers, heads, profile, attention: attention.layer, positions };
  const texts = excerpts.map(({ text }) => text);
  return { policy: caches.bounded ? "keydiff" : request.policy, keep, evidence: findEvidence(model, prompt, texts, seen, keep.kept) };
}

/**
 * Decides what stays. A policy with an opening has the answer's first words written while the reading cache is still there, and what they
 * attend to is added to the attention; they stay in the reading cache behind the prompt.
 */
async function chooseKept(
  loaded: LoadedModel,
  { reading }: Caches,
  attention: Attention,
  { request, prompt, answer, sampler }: ChoiceInput,
): Promise<Keep> {
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
