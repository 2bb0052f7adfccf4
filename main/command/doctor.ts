/** `folio doctor`: what this machine has and whether the patched engine answers. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { availableMemory } from "node:process";
import { defaultThreads, EngineClient } from "../engine/client.ts";
import { defaultModelFile } from "../engine/models.ts";
import { chooseHost } from "../hosts/choose.ts";
import { cacheFolder, dataFolder } from "../system/folders.ts";

/** Prints one line for each thing that was found; sets exit code 1 when something that is needed is missing. */
export async function doctor(): Promise<void> {
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  line("Node", `${process.version} on ${process.platform}-${process.arch}`);
  line("processor", `${cpus()[0]?.model.trim() ?? "unknown"}, ${defaultThreads()} threads used`);
  line("memory", `${gib(availableMemory())} free of ${gib(totalmem())}`);
  line("cache folder", cacheFolder());
  line("data folder", dataFolder());
  line("node-llama-cpp", nodeLlamaCppVersion());
  line("host", chooseHost().reason);

  const file = defaultModelFile();
  if (!existsSync(file)) return missing("model", `not found at ${file}: run "npm start" to fetch it, or set FOLIO_MODEL to a GGUF file`);
  const engine = new EngineClient(() => {});
  try {
    const model = await engine.call<"load">({ op: "load", file, threads: 1, snapshots: null });
    line("native build", "patched llama.cpp loaded, marker found");
    line("confinement", confinement(engine.pid));
    line("model", `${model.name}, ${model.layers} layers, ${model.heads}/${model.kvHeads} heads, context ${model.contextLength}`);
    line("compression", model.unsupported === null ? "works with this model" : `not with this model: ${model.unsupported}`);
    line("profile", model.profile ?? "none: all heads and even budgets are used");
  } catch (error) {
    missing("engine", error instanceof Error ? error.message : String(error));
  } finally {
    engine.stop();
  }
}

/** Whether the engine shut itself in, by what the system says of its process. */
function confinement(pid: number | undefined): string {
  if (process.platform !== "linux") return "the engine is a process of its own; this system has no more to offer (docs/security.md)";
  const isOn = /^Seccomp:\t2$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  return isOn ? "the engine has no network and starts no programs" : 'none: run "npm start" once, which builds what is missing';
}

/** The package does not export its package.json, so it is read from beside its entry. */
function nodeLlamaCppVersion(): string {
  const entry = createRequire(import.meta.url).resolve("node-llama-cpp");
  return (JSON.parse(readFileSync(join(dirname(entry), "..", "package.json"), "utf8")) as { version: string }).version;
}

function line(name: string, found: string): void {
  console.log(`${name.padEnd(16)}${found}`);
}

function missing(name: string, what: string): void {
  line(name, what);
  process.exitCode = 1;
}
