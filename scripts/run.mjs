// Runs one of Folio's programs: `node scripts/run.mjs main/cli.ts ...`. Does the set-up first, so that every command of
// package.json works in a fresh clone, on the system's Node (20 or later); the program itself runs on the project's Node 24.
import { spawn } from "node:child_process";
import { setUp } from "./setup.mjs";

const [program, ...args] = process.argv.slice(2);
const node = await setUp();
const child = spawn(node, [program, ...args], { stdio: "inherit" });
// The terminal sends Ctrl-C to both; only the program decides when it is over.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
