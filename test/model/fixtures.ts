/** What the engine's tests ask, and of which text. */
import type { AskRequest, Hooks } from "../../main/engine/turn.ts";

/** A short text with one fact planted in its middle. */
export const essay = (fact: string) =>
  `The harbour town keeps its ledgers in a stone house behind the fish market. Every spring the clerks count the boats, the nets and the
barrels of salt, and write the sums into a book that is older than the house.

In the summer of the long drought the council met every evening. They spoke of the wells, of the price of oats and of the road to the
quarry. ${fact} The meeting ended late, and the lamps were carried home along the quay.

Later that year the bridge was mended by two carpenters from the hills. They asked for no money, only for a barrel of cider and leave
to carve their names under the railing, where people still look for them.`;

export const fact = "The special magic number for Springfield is 4821.";
export const question = "What is the special magic number for Springfield?";

export const request = (overrides: Partial<AskRequest> = {}): AskRequest => ({
  documentIds: ["essay"],
  history: [],
  question,
  policy: "phrase",
  budget: { kind: "tokens", tokens: 64 },
  window: "question",
  mode: "fast",
  smallestShare: 0.5,
  readingKv: "f16",
  answeringKv: "f16",
  maxAnswerTokens: 24,
  temperature: 0,
  ...overrides,
});

export const hooks = (overrides: Partial<Hooks> = {}): Hooks => ({
  signal: new AbortController().signal,
  onStatus: () => {},
  onMemory: () => {},
  onText: () => {},
  ...overrides,
});
