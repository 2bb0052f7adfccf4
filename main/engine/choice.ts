/** What stays for an answer, how the answer begins, and the passages that it comes from. */
import type { PolicyName } from "../../preload/api.ts";
import type { Sampler } from "./addon.ts";
import { BoundedCache } from "./bounded.ts";
import type { Caches } from "./caches.ts";
import { type Answer, sample } from "./decode.ts";
import { findEvidence, type Passage } from "./evidence.ts";
import type { Excerpt } from "./excerpt.ts";
import { type Keep, keepEverything, planKeep } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt } from "./prompt.ts";
import type { ReadingCache } from "./reading.ts";
import type { AskRequest } from "./turn.ts";

/** What stays of a prompt, by which policy, and the passages of the excerpts that it comes from. */
export type Choice = { policy: PolicyName; keep: Keep; evidence: Passage[] };

/** What a choice starts from: a prompt whose question was just read, probed. */
export type ChoiceInput = {
  request: Pick<AskRequest, "policy" | "budget" | "window">;
  prompt: Prompt;
  excerpts: readonly Excerpt[];
  /** The answer with its first token, which came with the prompt. */
  answer: Answer;
  sampler: Sampler;
};

/** Lets the answer begin, decides what stays of the prompt, and finds the passages among it. A model that cannot be compressed keeps everything, and has none. */
export async function choose(loaded: LoadedModel, { reading }: Caches, input: ChoiceInput): Promise<Choice> {
  const { info, model, profile } = loaded;
  const { request, prompt, excerpts } = input;
  const [layers, heads, kvHeads] = [loaded.scored.length, info.heads, info.kvHeads];
  const positions = prompt.tokens.length;
  if (info.unsupported !== null) return { policy: "full", keep: keepEverything(positions, layers), evidence: [] };
  // In smallest mode what could be let go of is gone before a question comes.
  const bounded = reading instanceof BoundedCache;
  const policy = request.policy === "full" || request.budget.kind === "full" ? null : policies[request.policy];
  if (!bounded && policy?.opening) await writeOpening(reading, policy.opening(positions), input);

  const mass = await reading.attention(positions);
  const attention = (layer: number) => mass[layer]!;
  const similarity = (layer: number) => reading.similarity(layer);
  const seen = { layers, heads, kvHeads, attention, similarity, positions, profile };
  const keep = bounded ? reading.left() : policy ? planKeep(policy, seen, prompt, request) : keepEverything(positions, layers);
  const texts = excerpts.map(({ text }) => text);
  return { policy: bounded ? "keydiff" : request.policy, keep, evidence: findEvidence(model, prompt, texts, seen, keep.kept) };
}

/**
 * Has the answer's first words written while the reading cache is still there: what they attend to counts like what the question attends to.
 * They stay in the reading cache behind the prompt.
 *
 * @param tokens how many, with those that are there
 */
async function writeOpening(reading: ReadingCache, tokens: number, { answer, sampler }: ChoiceInput): Promise<void> {
  while (answer.over === null && answer.tokens.length < tokens) {
    const row = await reading.decodeProbed(answer.tokens.at(-1)!);
    answer.push(await sample({ context: reading.context, row }, sampler));
  }
}
