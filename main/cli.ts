/** The command line: the same services as the window, no window. */
import { constants } from "node:fs";
import { access, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Budget, type MemoryMode, memoryModes, type PolicyName, policyNames } from "../preload/api.ts";
import { calibrateModel } from "./calibrate.ts";
import { doctor } from "./doctor.ts";
import { DocumentError, type ParsedDocument, parseDocument } from "./documents/import.ts";
import { defaultThreads, EngineClient } from "./engine/client.ts";
import { EngineError } from "./engine/errors.ts";
import type { Window } from "./engine/keep.ts";
import { defaultModelFile, listModels } from "./engine/models.ts";
import type { TurnResult } from "./engine/turn.ts";
import { snapshotsFolder } from "./folders.ts";
import { defaultSettings } from "./settings.ts";

const usage = `Usage:
  folio ask FILE... --question Q [--question Q2 ...] [--budget 256|6%|full] [--policy NAME]
            [--window question|8] [--model FILE] [--mode fast|balanced|smallest] [--share 50%]
            [--max-tokens N] [--threads N] [--json] [--kept FILE]
  folio calibrate [--model FILE] [--out FILE] [--threads N]
  folio models      models in the local cache
  folio doctor      what was found on this machine

Policies: ${policyNames.join(", ")}`;

/** Bad use of the command line: exit code 2. */
class UsageError extends Error {}

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case "ask":
      return await ask(rest);
    case "calibrate":
      return await calibrateModel(parseCalibrate(rest));
    case "models":
      for (const { file, bytes } of await listModels()) console.log(`${(bytes / 1e6).toFixed(0).padStart(7)} MB  ${file}`);
      return;
    case "doctor":
      return await doctor();
    case undefined:
    case "help":
    case "--help":
      console.log(usage);
      return;
    default:
      throw new UsageError(`There is no command "${command}". Use one of: ask, calibrate, models, doctor.`);
  }
}

function parseCalibrate(args: string[]): Parameters<typeof calibrateModel>[0] {
  try {
    const { values } = parseArgs({ args, options: { model: { type: "string" }, out: { type: "string" }, threads: { type: "string" } } });
    return {
      model: values.model === undefined ? defaultModelFile() : fromCaller(values.model),
      out: values.out === undefined ? null : resolve(values.out),
      threads: values.threads === undefined ? defaultThreads() : wholeNumber("--threads", values.threads, 1, 256),
    };
  } catch (error) {
    const option = /'?(--?[\w-]+)/.exec(error instanceof Error ? error.message : "")?.[1];
    throw new UsageError(`${option ?? "An option"} is unknown or lacks its value: "folio help" lists what there is.`);
  }
}

type AskOptions = {
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
  json: boolean;
  kept: string | undefined;
};

function parseAsk(args: string[]): AskOptions {
  let parsed: ReturnType<typeof parseAskArgs>;
  try {
    parsed = parseAskArgs(args);
  } catch (error) {
    const option = /'?(--?[\w-]+)/.exec(error instanceof Error ? error.message : "")?.[1];
    throw new UsageError(`${option ?? "An option"} is unknown or lacks its value: "folio help" lists what there is.`);
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

async function ask(args: string[]): Promise<void> {
  const options = parseAsk(args);
  if (options.kept !== undefined) await requireWritable(options.kept);
  const documents: (ParsedDocument & { path: string })[] = [];
  for (const path of options.files) {
    const bytes = await readFile(fromCaller(path)).catch((error: NodeJS.ErrnoException) => {
      throw new DocumentReadError(path, error.code);
    });
    const document = await parseDocument(basename(path), bytes);
    for (const note of document.notes) console.error(`${path}: ${note}`);
    documents.push({ path, ...document });
  }

  // Only balanced mode puts the reading cache on disk; elsewhere a command leaves nothing behind.
  const snapshots = options.mode === "balanced" ? { folder: snapshotsFolder(), capBytes: defaultSettings.snapshotCapBytes } : null;
  const engine = new EngineClient(() => {});
  try {
    const model = await engine.call<"load">({ op: "load", file: options.model, threads: options.threads, snapshots });
    const tokens: number[] = [];
    for (const [i, document] of documents.entries())
      tokens.push(await engine.call<"addDocument">({ op: "addDocument", documentId: String(i), text: document.text }));

    const turns: TurnResult[] = [];
    for (const [i, question] of options.questions.entries()) {
      if (!options.json && options.questions.length > 1) process.stdout.write(`${i > 0 ? "\n" : ""}> ${question}\n`);
      turns.push(
        await engine.call<"ask">(
          {
            op: "ask",
            request: {
              documentIds: documents.map((_, id) => String(id)),
              history: turns.map((turn, j) => ({ question: options.questions[j]!, answer: turn.answer })),
              question,
              policy: options.policy,
              budget: options.budget,
              window: options.window,
              mode: options.mode,
              smallestShare: options.share,
              readingKv: defaultSettings.readingKv,
              answeringKv: defaultSettings.answeringKv,
              maxAnswerTokens: options.maxTokens,
              temperature: 0,
            },
          },
          options.json ? {} : { onText: (text) => void process.stdout.write(text) },
        ),
      );
      if (!options.json) process.stdout.write("\n");
    }
    if (options.kept !== undefined) await writeWhole(options.kept, JSON.stringify(turns.map((turn) => turn.details)));
    if (options.json) console.log(JSON.stringify(asJson()));

    function asJson() {
      return {
        model: {
          name: model.name,
          sha256: model.sha256,
          layers: model.layers,
          heads: model.heads,
          kvHeads: model.kvHeads,
          contextLength: model.contextLength,
        },
        documents: documents.map(({ path, sha256, pages, text }, i) => ({
          path,
          sha256,
          pages: pages.length,
          characters: text.length,
          tokens: tokens[i],
        })),
        turns: turns.map(({ details: _, quotes: __, keptShares: ___, notice, evidence, ...turn }, i) => ({
          question: options.questions[i],
          ...turn,
          ...(notice !== null && { notice }),
          evidence: evidence.map(({ documentIndex, start, end, score }) => {
            const document = documents[documentIndex]!;
            const { number: page = 1, label } = document.pages.findLast((candidate) => candidate.start <= start) ?? {};
            return { document: document.path, page, ...(label && { label }), start, end, text: document.text.slice(start, end), score };
          }),
        })),
      };
    }
  } finally {
    engine.stop();
  }
}

/** npm runs commands in the project's folder; names are meant from where the person stands. */
function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path);
}

class DocumentReadError extends Error {
  constructor(path: string, code: string | undefined) {
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : `it cannot be opened (${code ?? "unknown reason"})`;
    super(`${path} was not read: ${reason}. Check the name and try again.`);
  }
}

class WriteError extends Error {
  constructor(path: string) {
    super(`${path} cannot be written: name a file in a folder that exists, that you may write to, and that has room.`);
  }
}

/** Writes a file whole or not at all: what was there before stays until the new one is complete. */
async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await writeFile(part, text, { flush: true });
    await rename(part, file);
  } catch {
    await rm(part, { force: true });
    throw new WriteError(file);
  }
}

/** Says so before an hour of reading, not after it. */
async function requireWritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  await access(dirname(file), constants.W_OK).catch(() => Promise.reject(new WriteError(file)));
  if (found !== null && !found.isFile()) throw new WriteError(file);
}

// Who reads our output may stop at any time: `folio ask ... | head`.
process.stdout.on("error", () => process.exit(0));

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`folio: ${error.message}`);
    process.exitCode = 2;
  } else if (
    error instanceof EngineError ||
    error instanceof DocumentError ||
    error instanceof DocumentReadError ||
    error instanceof WriteError
  ) {
    console.error(`folio: ${error.message}`);
    process.exitCode = 1;
  } else {
    console.error(`folio: something unexpected went wrong: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
