// Compiles confine.c, on Linux, into an addon and a program beside it, unless that was done: `node native/confine.mjs`. About a second.
// Plain JavaScript, so that it runs on the Node that the machine already has (>= 20).
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, renameSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const native = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(native, "confine.c");
const addon = path.join(native, "confine.node");
const program = path.join(native, "confine");

/** Makes sure that both are there. Throws when they cannot be compiled. */
export default function buildConfinement() {
  if (process.platform !== "linux") return;
  // These headers come with what compiles the rest of the native part.
  const { include_dir: headers } = createRequire(createRequire(import.meta.url).resolve("node-llama-cpp"))("node-api-headers");
  compile(addon, ["-fPIC", "-shared", `-I${headers}`]);
  compile(program, ["-DFOLIO_PROGRAM"]);
}

function compile(built, flags) {
  if (existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs) return;
  const part = `${built}.${process.pid}.part`;
  const all = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", ...flags, "-o", part, source];
  const { status } = spawnSync(process.env.CC ?? "cc", all, { stdio: "inherit" });
  if (status !== 0)
    throw new Error("native/confine.c could not be compiled: install a C compiler (Debian: apt install gcc), then try again.");
  renameSync(part, built);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    buildConfinement();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
