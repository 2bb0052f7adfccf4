/** Where models are: the starter model's sources, the local cache, and what is there. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { modelsFolder } from "../system/folders.ts";

/** The small model that Folio starts with; the same bytes whatever the source. */
export const starterModel = {
  name: "SmolLM2-135M-Instruct Q4_1",
  file: "SmolLM2-135M-Instruct.Q4_1.gguf",
  bytes: 98_362_432,
  sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
};

/** The model that FOLIO_MODEL names, seen from where the command was given. */
export function modelOfEnvironment(): string | null {
  const named = process.env.FOLIO_MODEL;
  return named ? resolve(process.env.INIT_CWD ?? ".", named) : null;
}

/** The model to use when nothing else is said: FOLIO_MODEL, else the starter model in the local cache. */
export function defaultModelFile(): string {
  return modelOfEnvironment() ?? join(modelsFolder(), starterModel.file);
}

/** Every GGUF file in the models folder, with its size in bytes. */
export async function listModels(): Promise<{ file: string; bytes: number }[]> {
  await mkdir(modelsFolder(), { recursive: true });
  const names = (await readdir(modelsFolder())).filter((name) => name.endsWith(".gguf")).sort();
  return await Promise.all(
    names.map(async (name) => ({ file: join(modelsFolder(), name), bytes: (await stat(join(modelsFolder(), name))).size })),
  );
}

/** Whether a file is the starter model, whole and unchanged. */
export async function isStarterModel(file: string): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => -1,
  );
  return size === starterModel.bytes && (await sha256OfFile(file)) === starterModel.sha256;
}

/** SHA-256 of a file, in hex. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
