/**
 * `npm run dist`: packs Folio for this system into release/, as far as that is possible here, and says what was not done. With Electron's binary
 * come installers; without it a folder with a stand-in, which cannot be started but shows what would be shipped.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { archFromString, build, Platform } from "electron-builder";
import { licences } from "./licences.ts";
import { packNative } from "./native.ts";
import { billOfMaterials } from "./shipped.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
process.chdir(root);
// Whoever asks: what is packed is the window for people, not the one for tests.
process.env.NODE_ENV = "production";
/** What was not done here, and why; a sentence each. */
const left: string[] = [];

step("building the window and what runs beside it");
node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn");
await rm(join(dist, "main"), { recursive: true, force: true });
node("node_modules/vite/bin/vite.js", "build", "--config", "vite.main.config.ts", "--logLevel", "warn");

step("the native part, for processors of all ages");
const native = join(dist, "native", "llama");
await packNative(native);
await writeFile(join(dist, "licences.txt"), licences(native));
await writeFile(join(dist, "sbom.json"), billOfMaterials());

step("packing");
const electron = await electronFolder();
const { real } = electron;
if (!real)
  left.push(
    "Electron's binary is not on this machine: a stand-in was packed in its place. Nothing was started, and there are no installers.",
  );
left.push("Nothing was signed: that takes certificates, which are given to electron-builder by its environment variables.");
left.push(
  `Only ${process.platform}-${process.arch} was packed: the other systems are packed on machines of their own (.github/workflows/build.yml).`,
);
await build({
  targets: Platform.current().createTarget(real ? undefined : ["dir"], archFromString(process.arch)),
  publish: "never",
  config: { electronDist: electron.folder },
});

console.log(`\nPacked into release/. Not done here:\n${left.map((line) => `- ${line}`).join("\n")}`);

/** Electron as it is installed; else a folder that looks like it to the packer. */
async function electronFolder(): Promise<{ folder: string; real: boolean }> {
  const here = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(here, "dist");
  if (existsSync(join(folder, "version"))) return { folder, real: true };
  if (process.platform !== "linux")
    throw new Error("Electron's binary is missing: run `node node_modules/electron/install.js`, then this again.");

  const standIn = join(root, "release", "electron-stand-in");
  await mkdir(standIn, { recursive: true });
  // The packer switches fuses by the mark that they stand behind: a version, a number, and so many of them.
  const fuses = `dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09${"1".repeat(9)}`;
  const program = `#!/bin/sh\necho "This Folio was packed without Electron and cannot be started." >&2\nexit 1\n# ${fuses}\n`;
  await writeFile(join(standIn, "electron"), program, { mode: 0o755, encoding: "latin1" });
  const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8")) as { version: string };
  await writeFile(join(standIn, "version"), version);
  await cp(join(here, "LICENSE"), join(standIn, "LICENSE"));
  await writeFile(join(standIn, "LICENSES.chromium.html"), "A stand-in: this file comes with Electron's binary.");
  return { folder: standIn, real: false };
}

function step(name: string): void {
  console.log(`\n== ${name}`);
}

/** Runs a program to its end. */
function node(...args: string[]): void {
  execFileSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
}
