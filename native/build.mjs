// Builds the patched llama.cpp and addon of node-llama-cpp, or takes them from the cache: `node native/build.mjs`.
// Plain JavaScript, so that it runs on the Node that the machine already has (>= 20).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const native = path.dirname(fileURLToPath(import.meta.url));
const packageFolder = path.join(path.dirname(createRequire(import.meta.url).resolve("node-llama-cpp")), "..");
const llama = path.join(packageFolder, "llama");
const compiler = process.env.CXX ?? (process.platform === "win32" ? "cl" : "c++");

/** A step that failed, as one plain sentence with what to do. */
class BuildError extends Error {}

/** The sources in native/ that end up in the build, by where they belong. */
function sources() {
  const names = readdirSync(native).sort();
  return {
    llama: names.filter((name) => /^llama-.*\.(h|cpp)$/.test(name)),
    addon: names.filter((name) => /^Addon.*\.(h|cpp)$/.test(name)),
    patches: ["llama.cpp.patch", "addon.patch"],
  };
}

/** What the compiler may use of this processor, as the build is made for it alone. */
function processor() {
  const model = os.cpus()[0]?.model ?? "unknown";
  if (process.platform !== "linux") return model;
  const flags = readFileSync("/proc/cpuinfo", "utf8")
    .split("\n")
    .find((line) => /^(flags|Features)\s*:/.test(line));
  return `${model} ${flags ?? ""}`;
}

/** Whether a file of a build is part of ggml, which the patch leaves as it is. */
export const isGgml = (name) => /^(lib)?ggml/.test(name);

/** The folder of node-llama-cpp's own binaries for this system, in the version of its sources; undefined where the package is not there. */
export function stockFolder() {
  const system = { linux: "linux", darwin: "mac", win32: "win" }[process.platform];
  const name = `${system}-${process.arch}${process.platform === "darwin" && process.arch === "arm64" ? "-metal" : ""}`;
  const folder = path.join(packageFolder, "..", "@node-llama-cpp", name);
  const version = (of) => JSON.parse(readFileSync(path.join(of, "package.json"), "utf8")).version;
  return existsSync(folder) && version(folder) === version(packageFolder) ? path.join(folder, "bins", name) : undefined;
}

/** Whether a build takes ggml from there: it reads a tenth faster than one that is compiled here (decision 0072). Not tried on other systems. */
const withStockGgml = () => process.platform === "linux" && stockFolder() !== undefined;

/**
 * Names one build: a hash over our sources, the version of node-llama-cpp, whose ggml it has, the platform, the compiler and the processor.
 * A build with the same hash can be used as it is.
 */
export function nativeHash() {
  const hash = createHash("sha256");
  const { llama: ours, addon, patches } = sources();
  for (const name of [...ours, ...addon, ...patches, "build.mjs"]) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(path.join(native, name)))
      .update("\0");
  }
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));
  const compilerVersion = spawnSync(compiler, ["--version"], { encoding: "utf8" }).stdout ?? "no compiler";
  for (const part of [version, withStockGgml() ? "stock ggml" : "own ggml", process.platform, process.arch, compilerVersion, processor()])
    hash.update(`${part}\0`);
  return hash.digest("hex").slice(0, 32);
}

/** Where builds are kept between checkouts: `<cache folder of Folio>/native`. */
export function nativeCacheFolder() {
  const home = os.homedir();
  const cache =
    process.platform === "win32"
      ? path.join(process.env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"), "folio", "Cache")
      : process.platform === "darwin"
        ? path.join(home, "Library", "Caches", "folio")
        : path.join(process.env.XDG_CACHE_HOME || path.join(home, ".cache"), "folio");
  return path.join(cache, "native");
}

/** The environment of all steps: what the user set for other builds, or a git hook for its repository, does not reach them. */
function environment() {
  const kept = Object.entries(process.env).filter(([key]) => !/^(GIT_|GGML_|NODE_LLAMA_CPP_)/.test(key));
  return { ...Object.fromEntries(kept), GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
}

function run(command, args, { cwd = packageFolder, quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    env: { ...environment(), ...env },
    stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    encoding: "utf8",
  });
  return { ok: result.status === 0, output: `${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}`.trim() };
}

function nodeLlamaCpp(...args) {
  return run(process.execPath, [path.join(packageFolder, "dist", "cli", "cli.js"), "source", ...args, "--noUsageExample"]);
}

function step(number, text) {
  console.log(`native ${number}/5  ${text}`);
}

function requireTools() {
  for (const tool of ["git", "cmake", compiler]) {
    if (!run(tool, ["--version"], { quiet: true }).ok && !(process.platform === "win32" && tool === compiler)) {
      throw new BuildError(`"${tool}" was not found. Install git, cmake and a C++ compiler, then run this again.`);
    }
  }
}

/** Puts the addon sources back as node-llama-cpp ships them; a copy of them is taken before they are first patched. */
function restoreAddonSources() {
  const addon = path.join(llama, "addon");
  const pristine = path.join(llama, "addon.pristine");
  if (!existsSync(pristine)) {
    if (existsSync(path.join(addon, "AddonKv.h"))) {
      throw new BuildError("The sources of node-llama-cpp were changed by hand. Delete node_modules/node-llama-cpp and run npm ci.");
    }
    cpSync(addon, `${pristine}.new`, { recursive: true });
    renameSync(`${pristine}.new`, pristine);
  }
  rmSync(addon, { recursive: true, force: true });
  cpSync(pristine, addon, { recursive: true });
}

function applyPatch(name, cwd) {
  const patch = path.join(native, name);
  // the addon lies within our own repository, which must not be taken for the one to patch
  const env = { GIT_CEILING_DIRECTORIES: path.dirname(cwd) };
  const check = run("git", ["apply", "--check", patch], { cwd, quiet: true, env });
  if (!check.ok || !run("git", ["apply", patch], { cwd, quiet: true, env }).ok) {
    throw new BuildError(`native/${name} does not fit the sources of this node-llama-cpp version (see native/README.md):\n${check.output}`);
  }
}

function compile() {
  const { llama: ours, addon } = sources();
  const llamaCpp = path.join(llama, "llama.cpp");

  requireTools();
  step(1, "unpacking llama.cpp");
  if (!nodeLlamaCpp("download", "--skipBuild").ok) {
    throw new BuildError("llama.cpp could not be unpacked from node-llama-cpp. Run npm ci and try again.");
  }
  restoreAddonSources();

  step(2, "applying the patches");
  applyPatch("llama.cpp.patch", llamaCpp);
  applyPatch("addon.patch", path.join(llama, "addon"));
  for (const name of ours) cpSync(path.join(native, name), path.join(llamaCpp, "src", name));
  for (const name of addon) cpSync(path.join(native, name), path.join(llama, "addon", name));

  step(3, "compiling, about 4 minutes on 2 cores");
  if (!nodeLlamaCpp("build", "--gpu", "false").ok) throw new BuildError("llama.cpp could not be compiled; the reason is above.");
}

/** Copies what is needed at run time from the build tree to the cache; another process may do the same at the same time. */
function saveToCache(cached) {
  const { folderName } = JSON.parse(readFileSync(path.join(llama, "lastBuild.json"), "utf8"));
  const built = path.join(llama, "localBuilds", folderName);
  const temporary = `${cached}.${process.pid}.new`;
  mkdirSync(path.join(temporary, folderName), { recursive: true });
  for (const name of ["Release", "buildDone.status"]) {
    cpSync(path.join(built, name), path.join(temporary, folderName, name), { recursive: true });
  }
  if (withStockGgml()) replaceGgml(path.join(temporary, folderName, "Release"), stockFolder());
  writeFileSync(path.join(temporary, "lastBuild.json"), JSON.stringify({ folderName }));
  rmSync(cached, { recursive: true, force: true });
  renameSync(temporary, cached);
}

function replaceGgml(release, stock) {
  for (const name of readdirSync(release).filter(isGgml)) rmSync(path.join(release, name));
  for (const name of readdirSync(stock).filter(isGgml)) cpSync(path.join(stock, name), path.join(release, name));
}

function installFromCache(cached, hash) {
  const { folderName } = JSON.parse(readFileSync(path.join(cached, "lastBuild.json"), "utf8"));
  const target = path.join(llama, "localBuilds", folderName);
  const temporary = `${target}.${process.pid}.new`;
  cpSync(path.join(cached, folderName), temporary, { recursive: true });
  writeFileSync(path.join(temporary, "folio.hash"), hash);
  rmSync(target, { recursive: true, force: true });
  renameSync(temporary, target);
  writeFileSync(path.join(llama, "lastBuild.json"), JSON.stringify({ folderName }));
}

/** Runs `work` when no other process builds: all of them would share the sources in node_modules. */
async function alone(work) {
  const lock = path.join(llama, "folio-build.lock");
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isRunning(Number(readFileSync(lock, "utf8")))) rmSync(lock, { force: true });
    else if (waited === 0) console.log("native build: waiting for another one to finish");
    await setTimeout(500);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** True when the build with this hash is the one that `getLlama("lastBuild")` loads. */
function isInstalled(hash) {
  try {
    const { folderName } = JSON.parse(readFileSync(path.join(llama, "lastBuild.json"), "utf8"));
    return readFileSync(path.join(llama, "localBuilds", folderName, "folio.hash"), "utf8") === hash;
  } catch {
    return false;
  }
}

/** Makes sure that node_modules holds the native build of these sources. Says how it came there. */
export async function buildNative() {
  const hash = nativeHash();
  if (isInstalled(hash)) return "unchanged";
  const cached = path.join(nativeCacheFolder(), hash);

  return alone(() => {
    if (isInstalled(hash)) return "unchanged";
    const compiled = !existsSync(cached);
    if (compiled) {
      compile();
      step(4, `saving the build to ${cached}`);
      saveToCache(cached);
    }
    step(5, "installing the build");
    installFromCache(cached, hash);
    return compiled ? "compiled" : "from the cache";
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(`native build: ${await buildNative()}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
