/**
 * Calibration of a model, once: which of its heads find meaning (paper, "semantic retrieval heads") and how much each layer's output
 * suffers from eviction ("layer-adaptive cache allocation"). Resumable: what was measured is written after every run.
 */
import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { writeWhole } from "../system/write.ts";
import { EngineError } from "./errors.ts";
import { planKeep } from "./keep.ts";
import { LayerErrors, readOutputWeights } from "./layer-error.ts";
import { type LoadedModel, loadModel } from "./model.ts";
import { type Haystack, joinTexts, needles, plantNeedle, readHaystack, rougeRecall } from "./needles.ts";
import { eachAnswerToken, readUpToQuestion, tokenAt } from "./observe.ts";
import { compresskv } from "./policies/compresskv.ts";
import type { HeadProfile } from "./policies/policy.ts";
import type { Attention } from "./probe.ts";
import { ownProfileFile, type ProfileFile } from "./profile.ts";
import { ReadingCache } from "./reading.ts";

/** `share` of the whole work done, 0 to 1. */
export type CalibrationProgress = { stage: "heads" | "layers"; share: number; secondsLeft: number | null };

export type CalibrationPlan = {
  /** Prompt lengths in tokens and needle depths (0 to 1) of the needle runs. */
  lengths: readonly number[];
  depths: readonly number[];
  /** Length in tokens, and number, of the texts that layer errors are measured on. */
  errorLength: number;
  errorTexts: number;
};

export type CalibrationOptions = {
  threads: number;
  /** Where the profile is written, null for the folder where it is looked for; unfinished work lies beside it as `<out>.part`. */
  out: string | null;
  signal: AbortSignal;
  onProgress(progress: CalibrationProgress): void;
  plan?: CalibrationPlan;
};

const defaultPlan: CalibrationPlan = {
  lengths: [500, 1000, 1500, 2000, 3000],
  depths: [0.1, 0.25, 0.4, 0.55, 0.7, 0.85],
  errorLength: 1500,
  errorTexts: 5,
};
/** Needles tried at each length and depth; they take turns. */
const needlesPerPlace = 3;
/** As in the paper: recall in percent that a run must exceed, tokens kept and probed for layer errors. */
const leastRecall = 50;
const errorBudget = 32;
const errorWindow = 8;
/** Mean characters of a token in English text, to cut the haystack about right. */
const charactersPerToken = 4.3;

/** Open questions for layer errors, whose answers need more than one place; each is a data set of its own, as weights go. */
const openQuestions = [
  "What is this text about?",
  "Which people are mentioned, and what do they do?",
  "What problems are described, and how were they solved?",
];

const partSchema = z.object({
  modelSha256: z.string(),
  plan: z.string(),
  runs: z.number().int().nonnegative(),
  used: z.number().int().nonnegative(),
  sums: z.array(z.array(z.number())),
  errorRuns: z.number().int().nonnegative(),
  /** [question][layer] */
  errors: z.array(z.array(z.number())),
});
type Part = z.infer<typeof partSchema>;

type Run = { length: number; depth: number; turn: number; needle: number };

/**
 * Calibrates a model file and writes its profile.
 * @throws EngineError as `loadModel` does, and `bad-model` when the model finds too few needles to learn from; the signal's reason when aborted
 */
export async function calibrate(file: string, options: CalibrationOptions): Promise<{ profile: ProfileFile; out: string }> {
  const loaded = await loadModel(file, options.threads);
  const out = options.out ?? ownProfileFile(loaded.info.sha256);
  const reading = new ReadingCache(loaded, { threads: options.threads, kvType: "f16" });
  try {
    if (loaded.info.unsupported !== null) {
      throw new EngineError("bad-model", "{name} cannot be calibrated: {why}.", {
        name: loaded.info.name,
        why: { text: loaded.info.unsupported },
      });
    }
    const profile = await measure(loaded, reading, out, options);
    await writeWhole(out, `${JSON.stringify(profile)}\n`);
    await rm(partFile(out), { force: true });
    return { profile, out };
  } finally {
    await reading.drop();
    await loaded.dispose();
  }
}

async function measure(loaded: LoadedModel, reading: ReadingCache, out: string, options: CalibrationOptions): Promise<ProfileFile> {
  const { info } = loaded;
  const plan = options.plan ?? defaultPlan;
  const texts = await readHaystack();
  const lengths = plan.lengths.filter((length) => length + 200 <= info.contextLength);
  const runs = planRuns(lengths, plan.depths);
  const layers = loaded.scored.length;
  // Layer errors need every row of every layer; sliding windows have let go of most.
  const weights = layers === info.layers ? await readOutputWeights(info) : null;
  const errorRuns = weights === null ? 0 : plan.errorTexts * openQuestions.length;
  const part = await resume(out, info.sha256, JSON.stringify(plan), layers, info.heads);
  const work = [...runs.map(({ length }) => length), ...new Array<number>(errorRuns).fill(plan.errorLength)];
  const tell = progressOf(work, options);

  while (part.runs < runs.length) {
    options.signal.throwIfAborted();
    tell("heads", part.runs);
    const run = runs[part.runs]!;
    const hay = plantNeedle(texts, run.turn, run.length * charactersPerToken, run.depth, needles[run.needle]!);
    const mass = await needleRun(loaded, reading, hay, options.signal);
    if (mass !== null) {
      part.used++;
      part.sums = part.sums.map((heads, layer) => heads.map((sum, head) => sum + mass[layer]![head]!));
    }
    part.runs++;
    await writeWhole(partFile(out), JSON.stringify(part));
  }
  if (part.used === 0) {
    throw new EngineError(
      "bad-model",
      "{name} found none of the planted sentences, so nothing can be learned from it: use another model.",
      { name: info.name },
    );
  }
  const scores = part.sums.map((heads) => heads.map((sum) => round(sum / part.used)));

  while (weights !== null && part.errorRuns < errorRuns) {
    options.signal.throwIfAborted();
    tell("layers", runs.length + part.errorRuns);
    const set = part.errorRuns % openQuestions.length;
    const hay = joinTexts(texts, Math.floor(part.errorRuns / openQuestions.length), plan.errorLength * charactersPerToken);
    const { prompt } = await readUpToQuestion(loaded, reading, hay, openQuestions[set]!, errorWindow, options.signal);
    const input = policyInput(loaded, reading, prompt, { scores, layerErrors: [] });
    const keep = planKeep(compresskv, input, prompt, { budget: { kind: "tokens", tokens: errorBudget }, window: errorWindow });
    const errors = new LayerErrors(info, reading.context, weights, keep.union(prompt.tokens.length), prompt.tokens.length);
    await eachAnswerToken(loaded, reading, prompt, (_token, attention, step) => {
      // The first token is predicted while the prompt is read, from the full cache.
      if (step > 0) errors.add(attention, part.errors[set]!);
    });
    part.errorRuns++;
    await writeWhole(partFile(out), JSON.stringify(part));
  }

  return {
    model: info.name,
    modelSha256: info.sha256,
    calibration: `${part.used} of ${runs.length} needle runs at ${lengths.join(", ")} tokens; ${part.errorRuns} runs for layer errors; ${new Date().toISOString().slice(0, 10)}`,
    scores,
    layerErrors: part.errorRuns === 0 ? [] : meanOfNormalised(part.errors).map(round),
  };
}

function planRuns(lengths: readonly number[], depths: readonly number[]): Run[] {
  return lengths.flatMap((length, l) =>
    depths.flatMap((depth, d) =>
      Array.from({ length: needlesPerPlace }, (_, n) => ({
        length,
        depth,
        turn: 2 * l,
        needle: (l + needlesPerPlace * d + n) % needles.length,
      })),
    ),
  );
}

/** One needle run: the attention mass on the needle, [layer][head], summed over the answer tokens that occur in it; null when it was not found. */
async function needleRun(loaded: LoadedModel, reading: ReadingCache, hay: Haystack, signal: AbortSignal): Promise<number[][] | null> {
  const { info, model } = loaded;
  const { prompt, document } = await readUpToQuestion(loaded, reading, hay.text, hay.question, 1, signal);
  const first = tokenAt(loaded, document, hay.start);
  const [from, to] = [first, tokenAt(loaded, document, hay.end)].map((token) => prompt.documentStarts[0]! + token) as [number, number];
  const needle = new Set(prompt.tokens.slice(from, to));
  const mass = loaded.scored.map(() => new Array<number>(info.heads).fill(0));
  const answer: number[] = [];
  await eachAnswerToken(loaded, reading, prompt, (token, attention) => {
    answer.push(token);
    if (!needle.has(token)) return;
    for (let layer = 0; layer < mass.length; layer++) {
      const rows = attention[layer]!;
      const positions = rows.length / info.heads;
      for (let head = 0; head < info.heads; head++) {
        for (let t = from; t < to; t++) mass[layer]![head]! += rows[head * positions + t]!;
      }
    }
  });
  const said = model.detokenize(answer as never[], false);
  return rougeRecall(hay.text.slice(hay.start, hay.end), said) > leastRecall ? mass : null;
}

/** What a policy sees of the rows that were probed last in a prompt. */
function policyInput(
  loaded: LoadedModel,
  reading: ReadingCache,
  { tokens, attention }: { tokens: readonly number[]; attention: Attention },
  profile: HeadProfile,
): Parameters<typeof planKeep>[1] {
  const { heads, kvHeads } = loaded.info;
  return {
    layers: loaded.scored.length,
    heads,
    kvHeads,
    positions: tokens.length,
    profile,
    attention: (layer) => attention[layer]!,
    similarity: (layer) => reading.similarity(layer),
  };
}

/** Each data set's errors brought to the sum 1, averaged, and brought to the sum 1 again: [layer]. */
function meanOfNormalised(sets: readonly (readonly number[])[]): number[] {
  const normalised = (values: readonly number[]) => {
    const sum = values.reduce((a, b) => a + b, 0);
    return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
  };
  const shares = sets.map(normalised);
  return normalised(shares[0]!.map((_, layer) => shares.reduce((sum, set) => sum + set[layer]!, 0)));
}

/** What an interrupted calibration of the same model and plan left behind, or a fresh start. */
async function resume(out: string, modelSha256: string, plan: string, layers: number, heads: number): Promise<Part> {
  const fresh: Part = {
    modelSha256,
    plan,
    runs: 0,
    used: 0,
    sums: Array.from({ length: layers }, () => new Array<number>(heads).fill(0)),
    errorRuns: 0,
    errors: openQuestions.map(() => new Array<number>(layers).fill(0)),
  };
  const text = await readFile(partFile(out), "utf8").catch(() => null);
  if (text === null) return fresh;
  try {
    const part = partSchema.parse(JSON.parse(text));
    const fits = part.modelSha256 === modelSha256 && part.plan === plan && part.sums.length === layers && part.sums[0]?.length === heads;
    return fits && part.errors.length === openQuestions.length && part.errors.every((set) => set.length === layers) ? part : fresh;
  } catch {
    return fresh;
  }
}

function partFile(out: string): string {
  return `${out}.part`;
}

/** Tells how far the work is, and the time left from the pace since it began here. `work` is what each run reads, in tokens. */
function progressOf(
  work: readonly number[],
  { onProgress }: CalibrationOptions,
): (stage: CalibrationProgress["stage"], run: number) => void {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const total = sum(work);
  let began: { done: number; at: number } | null = null;
  return (stage, run) => {
    const done = sum(work.slice(0, run));
    began ??= { done, at: performance.now() };
    const pace = done > began.done ? (performance.now() - began.at) / 1000 / (done - began.done) : null;
    onProgress({ stage, share: done / total, secondsLeft: pace === null ? null : pace * (total - done) });
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
