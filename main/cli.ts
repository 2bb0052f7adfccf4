/** The command line: the same services as the window, no window. */

import { constants } from "node:fs";
import { access, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { defaultSettings, policyNames } from "../preload/api.ts";
import { inEnglish } from "../preload/sentences.ts";
import { type AskOptions, fromCaller, parseAsk, parseCalibrate, parseServe, UsageError } from "./command/arguments.ts";
import { calibrateModel } from "./command/calibrate.ts";
import { doctor } from "./command/doctor.ts";
import { DocumentError, type ParsedDocument, parseDocument } from "./documents/import.ts";
import { EngineClient } from "./engine/client.ts";
import { EngineError } from "./engine/errors.ts";
import { listModels } from "./engine/models.ts";
import type { ReadExtent, TurnResult } from "./engine/turn.ts";
import { spanOfPages } from "./extent.ts";
import { maxFileBytes } from "./hosts/router.ts";
import { LibraryError } from "./library/errors.ts";
import { serve } from "./programs/serve.ts";
import { snapshotsFolder } from "./system/folders.ts";
import { readWhole } from "./system/read.ts";

const usage = `Usage:
  folio ask FILE... --question Q [--question Q2 ...] [--budget 256|6%|full] [--policy NAME]
            [--window question|8] [--model FILE] [--mode fast|balanced|smallest] [--share 50%]
            [--max-tokens N] [--threads N] [--gpu-layers N] [--json] [--kept FILE]
            [--pages 1-40 | --windows]    for documents longer than the model's context
  folio calibrate [--model FILE] [--out FILE] [--threads N]
  folio serve [--port N]    a local server for programs, in the shapes of OpenAI's API
  folio models      models in the local cache
  folio doctor      what was found on this machine

Policies: ${policyNames.join(", ")}`;

async function main(args: string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case "ask":
      return await ask(rest);
    case "calibrate":
      return await calibrateModel(parseCalibrate(rest));
    case "serve":
      return await serve(parseServe(rest));
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
      throw new UsageError(`There is no command "${command}". Use one of: ask, calibrate, serve, models, doctor.`);
  }
}

async function ask(args: string[]): Promise<void> {
  const options = parseAsk(args);
  if (options.kept !== undefined) await requireWritable(options.kept);
  const documents: (ParsedDocument & { path: string })[] = [];
  for (const path of options.files) {
    const bytes = await readWhole(fromCaller(path), maxFileBytes).catch((error: NodeJS.ErrnoException) => {
      throw new DocumentReadError(path, error.code);
    });
    const document = await parseDocument(basename(path), bytes);
    if (document.text === "") throw new DocumentError("document-scanned", basename(path));
    for (const note of document.notes) console.error(`${path}: ${inEnglish(note)}`);
    documents.push({ path, ...document });
  }

  const extent = extentOf(options, documents);
  // Only balanced mode, and windows that are asked more than once, are put on disk; elsewhere a command leaves nothing behind.
  const again = extent.kind === "windows" && options.questions.length > 1 && options.mode !== "smallest";
  const snapshots = options.mode === "balanced" || again ? { folder: snapshotsFolder(), capBytes: defaultSettings.snapshotCapBytes } : null;
  const engine = new EngineClient(() => {});
  try {
    const model = await engine.call<"load">({
      op: "load",
      file: options.model,
      threads: options.threads,
      gpuLayers: options.gpuLayers,
      snapshots,
    });
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
              extent,
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
          gpu: model.gpu,
        },
        documents: documents.map(({ path, sha256, pages, text }, i) => ({
          path,
          sha256,
          pages: pages.length,
          characters: text.length,
          tokens: tokens[i],
        })),
        turns: turns.map(({ details: _, quotes: __, keptShares: ___, windows, notice, evidence, ...turn }, i) => ({
          question: options.questions[i],
          ...turn,
          ...(windows !== null && { windows }),
          ...(notice !== null && { notice: inEnglish(notice) }),
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

function extentOf({ extent }: AskOptions, documents: readonly (ParsedDocument & { path: string })[]): ReadExtent {
  if (extent.kind !== "pages") return extent;
  return {
    kind: "parts",
    parts: documents.map(({ path, pages }) => {
      const span = spanOfPages(extent, pages);
      if (!span) throw new UsageError(`${path} has ${pages.length} pages, so there is no page ${extent.from}: choose others.`);
      return span;
    }),
  };
}

class DocumentReadError extends Error {
  constructor(path: string, code: string | undefined) {
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      ENOTFILE: "it is no ordinary file",
      EFBIG: "it is larger than 1 GB",
    };
    const reason = reasons[code ?? ""] ?? `it cannot be opened (${code ?? "unknown reason"})`;
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
    error instanceof LibraryError ||
    error instanceof DocumentReadError ||
    error instanceof WriteError
  ) {
    const options = error instanceof EngineError && error.code === "too-long" ? " Options: --pages 1-40, --windows, --model." : "";
    console.error(`folio: ${error.message}${options}`);
    process.exitCode = 1;
  } else {
    console.error(`folio: something unexpected went wrong: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
