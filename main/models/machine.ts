/** This computer's processor. */
import { readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Machine } from "../../preload/api.ts";
import { defaultThreads } from "../engine/client.ts";

/** Its cores, without hyper-threads where the system tells them apart, and the threads that Folio uses by itself. */
export async function readMachine(): Promise<Machine> {
  const cores = (await linuxCores().catch(() => 0)) || availableParallelism();
  return { cores, threads: Math.min(defaultThreads(), cores) };
}

/** Hyper-threads of one core name each other as siblings. */
async function linuxCores(): Promise<number> {
  const folder = "/sys/devices/system/cpu";
  const cpus = (await readdir(folder)).filter((name) => /^cpu\d+$/.test(name));
  const siblings = await Promise.all(cpus.map((cpu) => readFile(`${folder}/${cpu}/topology/thread_siblings_list`, "utf8").catch(() => "")));
  return Math.min(new Set(siblings.filter((list) => list !== "")).size, availableParallelism());
}
