/** What was asked on the command line: options to what they mean, or one sentence about what is wrong with them. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Budget, defaultSettings, type MemoryMode, memoryModes, type PolicyName, policyNames } from "../../preload/api.ts";
import { defaultThreads } from "../engine/client.ts";
import type { Window } from "../engine/keep.ts";
import { defaultModelFile } from "../engine/models.ts";
import type { calibrateModel } from "./calibrate.ts";

/** Bad use of the command line: exit code 2. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCalibrate(args: string[]): Parameters<typeof calibrateModel>[0] {
  const options = { model: { type: "string" }, out: { type: "string" }, threads: { type: "string" } } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw unknownOption(error);
  }
  return {
    model: values.model === undefined ? defaultModelFile() : fromCaller(values.model),
    out: values.out === undefined ? null : resolve(values.out),
    threads: values.threads === undefined ? defaultThreads() : wholeNumber("--threads", values.threads, 1, 256),
  };
}

export type AskOptions = {
  files: string[];
  questions: string[];
  budget: Budget;
  policy: PolicyName;
  window: Window;
  model: string;
  mode: MemoryMode;
  /** What smallest mode keeps. */
  share: number;
  maxTokens: number;
  threads: number;
  /** Layers for the graphics card. */
  gpuLayers: number;
  /** What of the documents the model is given; pages are those of every document. */
  extent: { kind: "whole" } | { kind: "pages"; from: number; to: number } | { kind: "windows" };
  json: boolean;
  kept: string | undefined;
};

/** `folio serve`: the port, when one was named. @throws UsageError */
export function parseServe(args: string[]): number | undefined {
  let port: string | undefined;
  try {
    port = parseArgs({ args, options: { port: { type: "string" } } }).values.port;
  } catch (error) {
    throw unknownOption(error);
  }
  return port === undefined ? undefined : wholeNumber("--port", port, 0, 65_535);
}

function unknownOption(error: unknown): UsageError {
  const option = /'?(--?[\w-]+)/.exec(error instanceof Error ? error.message : "")?.[1];
  return new UsageError(`${option ?? "An option"} is unknown or lacks its value: "folio help" lists what there is.`);
}

/** @throws UsageError */
export function parseAsk(args: string[]): AskOptions {
  let parsed: ReturnType<typeof parseAskArgs>;
  try {
    parsed = parseAskArgs(args);
  } catch (error) {
    throw unknownOption(error);
  }
  const { values, positionals: files } = parsed;
  const questions = values.question ?? [];
  if (files.length === 0) throw new UsageError("Name at least one document to ask about.");
  if (questions.length === 0 || questions.some((question) => question.trim() === ""))
    throw new UsageError("Ask something with --question.");
  return {
    files,
    questions,
    budget: values.budget === undefined ? defaultSettings.budget : parseBudget(values.budget),
    policy: oneOf("--policy", values.policy ?? defaultSettings.policy, policyNames),
    window: values.window === "question" ? "question" : wholeNumber("--window", values.window, 1, 512),
    model: values.model === undefined ? defaultModelFile() : fromCaller(values.model),
    mode: oneOf("--mode", values.mode ?? defaultSettings.mode, memoryModes),
    share: values.share === undefined ? defaultSettings.smallestShare : parseShare(values.share),
    maxTokens: wholeNumber("--max-tokens", values["max-tokens"] ?? String(defaultSettings.maxAnswerTokens), 1, 100_000),
    threads: values.threads === undefined ? defaultThreads() : wholeNumber("--threads", values.threads, 1, 256),
    gpuLayers: wholeNumber("--gpu-layers", values["gpu-layers"], 0, 1000),
    extent: parseExtent(values.pages, values.windows),
    json: values.json,
    kept: values.kept === undefined ? undefined : fromCaller(values.kept),
  };
}

function parseAskArgs(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      question: { type: "string", multiple: true },
      budget: { type: "string" },
      policy: { type: "string" },
      window: { type: "string", default: "question" },
      model: { type: "string" },
      mode: { type: "string" },
      share: { type: "string" },
      "max-tokens": { type: "string" },
      threads: { type: "string" },
      "gpu-layers": { type: "string", default: "0" },
      pages: { type: "string" },
      windows: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      kept: { type: "string" },
    },
  });
}

function parseBudget(text: string): Budget {
  if (text === "full") return { kind: "full" };
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share && Number(share[1]) > 0 && Number(share[1]) <= 100) {
    return share[1] === "100" ? { kind: "full" } : { kind: "share", share: Number(share[1]) / 100 };
  }
  if (/^[1-9]\d{0,6}$/.test(text)) return { kind: "tokens", tokens: Number(text) };
  throw new UsageError(`--budget is a number of tokens like 256, a share like 6%, or full; "${text}" is neither.`);
}

function parseExtent(pages: string | undefined, windows: boolean): AskOptions["extent"] {
  if (pages === undefined) return { kind: windows ? "windows" : "whole" };
  if (windows) throw new UsageError("--windows reads everything, --pages a part: use one of them.");
  const [, first, last] = /^([1-9]\d{0,6})(?:-([1-9]\d{0,6}))?$/.exec(pages) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (from <= to) return { kind: "pages", from, to };
  throw new UsageError(`--pages is a page like 12 or a range like 1-40; "${pages}" is neither.`);
}

function parseShare(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]);
  if (percent > 0 && percent < 100) return percent / 100;
  throw new UsageError(`--share is what smallest mode keeps of the documents, like 25%; "${text}" is not.`);
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UsageError(`${option} is one of ${names.join(", ")}; "${value}" is not.`);
  return found;
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new UsageError(`${option} is a whole number from ${least} to ${most}; "${text}" is not.`);
  return value;
}

/** npm runs commands in the project's folder; names are meant from where the person stands. */
export function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path);
}
