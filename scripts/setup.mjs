// Everything a fresh clone needs, each step skipped when it was done before: dependencies, the patched native build, the starter
// model, the renderer. Plain JavaScript without dependencies: it runs on the system's Node before anything is installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";
const node = join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");

/** Brings the checkout to a state in which everything runs. Progress goes to stderr. Resolves to the path of the project's own Node. */
export async function setUp() {
  process.chdir(root);
  await dependencies();
  await run("native llama.cpp", node, ["native/build.mjs"]);
  await run("confinement", node, ["native/confine.mjs"]);
  await run("starter model", node, ["scripts/starter-model.ts"]);
  await renderer();
  return node;
}

async function dependencies() {
  const stamp = join(root, "node_modules", ".folio-lock");
  const wanted = hashOf(["package-lock.json"]);
  if (existsSync(node) && read(stamp) === wanted) return;
  say("installing dependencies from the lockfile (about a minute)");
  // Not `npm ci`: it refuses a lockfile without the optional packages of platforms that a registry does not carry (docs/decisions/0002).
  // Older Nodes only run npm itself here; what needs Node 24 runs on the one that this installs.
  await run("dependencies", windows ? "npm.cmd" : "npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    shell: windows,
  });
  writeFileSync(stamp, wanted);
}

async function renderer() {
  // Beside the window's files, not among them: all of those are served.
  const stamp = join(root, "dist", "renderer.source");
  const wanted = hashOf(["renderer", "preload", "vite.config.ts", "package-lock.json"]);
  if (existsSync(join(root, "dist", "renderer", "index.html")) && read(stamp) === wanted) return;
  say("building the window");
  await run("window", node, ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]);
  writeFileSync(stamp, wanted);
}

/** Hash of files and folders, by name and content. */
function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path}\0`).update(readFileSync(path));
  };
  paths.forEach(add);
  return hash.digest("hex");
}

function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

function say(line) {
  process.stderr.write(`folio: ${line}\n`);
}

function run(name, command, args, { shell = false } = {}) {
  return new Promise((resolve) => {
    // Set-up output never mixes with what a command prints on stdout.
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", process.stderr, process.stderr], shell });
    const fail = (reason) => {
      say(`set-up stopped at "${name}" (${reason}). What to do is in the lines above; nothing else was changed.`);
      process.exit(1);
    };
    child.on("error", (error) => fail(error.message));
    child.on("exit", (code, signal) => (code === 0 ? resolve() : fail(signal ?? `exit code ${code}`)));
  });
}
