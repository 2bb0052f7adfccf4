/**
 * The native part as it is packed: our patched libllama and addon, which are made for no processor in particular, beside the stock ggml of the same
 * node-llama-cpp, which has its arithmetic once for every generation of processors and loads the best that runs (decision 0071).
 */
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isGgml, stockFolder } from "../native/build.mjs";

const packageFolder = join(dirname(createRequire(import.meta.url).resolve("node-llama-cpp")), "..");
const llama = join(packageFolder, "llama");

/** Fills `folder` with what lies in node-llama-cpp's folder llama in the package, and a folder of licences. @throws Error when there is no stock package for this system */
export async function packNative(folder: string): Promise<void> {
  const stock = stockFolder();
  if (!stock)
    throw new Error("node-llama-cpp's own binaries for this system are not here in its version: run npm install with optional packages.");
  await rm(folder, { recursive: true, force: true });
  const { folderName } = JSON.parse(await readFile(join(llama, "lastBuild.json"), "utf8")) as { folderName: string };
  const built = join(llama, "localBuilds", folderName);
  const packed = join(folder, "localBuilds", folderName);
  await mkdir(join(packed, "Release"), { recursive: true });
  await copy(join(built, "Release"), join(packed, "Release"), (name) => !isGgml(name));
  // On a Mac a changed file would have lost its signature; on Windows it was not tried.
  if (process.platform === "linux") await forgetPlaces(join(packed, "Release"));
  await copy(stock, join(packed, "Release"), isGgml);
  await writeFile(join(packed, "buildDone.status"), "");
  // node-llama-cpp reads them when it is loaded.
  await copy(llama, folder, (name) => /^(binariesGithubRelease|llama\.cpp\.info)\.json$/.test(name));
  await writeFile(join(folder, "lastBuild.json"), JSON.stringify({ folderName }));
  await writeLicences(join(folder, "licences"));
}

async function copy(from: string, to: string, wanted: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(from)).filter(wanted)) await cp(join(from, name), join(to, name));
}

/** Assertions name their source file with the folder that it was compiled in, which is nobody's business: it becomes slashes, as many as it had letters. */
async function forgetPlaces(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name), "latin1");
    const nameless = bytes.replace(/\/[^\0\s]*\/node_modules\/node-llama-cpp\//g, (place) => `.${"/".repeat(place.length - 1)}`);
    await writeFile(join(folder, name), nameless, "latin1");
  }
}

/** Of llama.cpp and what is part of it, out of the history that node-llama-cpp carries. */
async function writeLicences(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "folio-licences-"));
  const git = (...args: string[]) => execFileSync("git", ["--git-dir", work, ...args], { encoding: "utf8" });
  try {
    execFileSync("git", ["clone", "--quiet", "--bare", join(llama, "gitRelease.bundle"), work]);
    const files = git("ls-tree", "-r", "--name-only", "HEAD", "LICENSE", "licenses", "vendor").split("\n");
    await mkdir(folder);
    for (const file of files.filter((name) => /(^|\/)LICENSE[^/]*$/.test(name)))
      await writeFile(join(folder, `llama.cpp/${file}`.replaceAll("/", " ")), git("show", `HEAD:${file}`));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
