/** Opens Folio in the host that can run here, and ends when it does. Arguments are files to open. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { chooseHost } from "../main/hosts/choose.ts";

const host = chooseHost();
process.stderr.write(`folio: starting in ${host.kind === "electron" ? "Electron" : host.reason}\n`);
const files = process.argv.slice(2).map((file) => resolve(process.env.INIT_CWD ?? ".", file));

if (host.kind === "electron") {
  await run(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--config", "vite.main.config.ts", "--logLevel", "warn"]);
  process.exitCode = await run(host.binary, [".", ...files]);
} else {
  // What Node makes of the sources is kept: of half a second of starting this takes most.
  process.env.NODE_COMPILE_CACHE ??= resolve("node_modules", ".cache", "folio");
  process.exitCode = await run(process.execPath, ["main/host.ts", ...files]);
}

/** Runs a program to its end; Ctrl-C is the program's to answer. */
function run(command: string, args: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", fail);
    child.on("exit", (code) => done(code ?? 1));
  });
}
