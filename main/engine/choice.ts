/** What stays for an answer: attention to positions, positions to rows in the answering cache, and the passages they come from. */
import type { Token } from "node-llama-cpp";
import type { PolicyName } from "../../preload/api.ts";
import { createSampler } from "./addon.ts";
import { Attention } from "./attention.ts";
import type { Caches } from "./caches.ts";
import { Answer } from "./decode.ts";
import { findEvidence, type Passage } from "./evidence.ts";
import { type Keep, keepEverything, planKeep } from "./keep.ts";
import type { LoadedModel } from "./model.ts";
import { policies } from "./policies/index.ts";
import type { Prompt, TokenizedText } from "./prompt.ts";
import type { AskRequest } from "./turn.ts";

export type Choice = { policy: PolicyName; keep: Keep; evidence: Passage[]; gatherMs: number };

/**
 * Decides what stays by the attention that the reading context probed last, and gathers it into the answering cache; when everything
 * stays, the answer is decoded from the reading cache itself.
 *
 * @param first the answer's first token, which came with the prompt
 */
export async function chooseKept(
  loaded: LoadedModel,
  caches: Caches,
  {
    prompt,
    documents,
    first,
    request,
    signal,
  }: { prompt: Prompt; documents: TokenizedText[]; first: Token; request: AskRequest; signal: AbortSignal },
): Promise<Choice> {
  const { info, profile } = loaded;
  const length = prompt.tokens.length;
  caches.kept = { promptTokens: length, perLayer: [] };
  if (info.unsupported !== null) return { policy: "full", keep: keepEverything(length, info.layers), evidence: [], gatherMs: 0 };

  const attention = new Attention(caches.reading.context, info, length);
  const input = { layers: info.layers, heads: info.heads, kvHeads: info.kvHeads, attention: attention.layer, positions: length, profile };
  const policy = policies[request.policy];
  const everything = request.policy === "full" || request.budget.kind === "full";
  const plan = () => (everything ? keepEverything(length, info.layers) : planKeep(policy, input, prompt, request));

  let gatherMs = 0;
  let keep = plan();
  if (keep.kept !== null && policy.draft !== undefined) {
    gatherMs += await caches.gather(keep.kept, length, request.answeringKv);
    const draft = await draftAnswer(loaded, caches, first, policy.draft, signal);
    await caches.reading.readProbed([...prompt.tokens, ...draft], length, length + draft.length);
    attention.add(caches.reading.context);
    await caches.reading.truncate(length);
    keep = plan();
  }
  caches.kept = { promptTokens: length, perLayer: keep.perLayer };
  const evidence = findEvidence(loaded.model, prompt, documents, input, keep.kept);
  if (keep.kept !== null) gatherMs += await caches.gather(keep.kept, length, request.answeringKv);
  return { policy: request.policy, keep, evidence, gatherMs };
}

/** How the answer begins when it comes from the answering cache as it is now, greedily; the cache is freed. */
async function draftAnswer(loaded: LoadedModel, caches: Caches, first: Token, maxTokens: number, signal: AbortSignal): Promise<Token[]> {
  const draft = new Answer(loaded.model, { maxTokens, signal, onText: () => {}, onToken: () => {} });
  const greedy = createSampler(loaded.model, 0);
  try {
    if (draft.push(first) === null) await draft.write(caches.next, greedy);
  } finally {
    greedy.dispose();
    await caches.forgetAnswer();
  }
  return draft.tokens.length > 0 ? draft.tokens : [first];
}
