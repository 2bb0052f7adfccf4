/** Processes as Linux shows them in /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Children of a process whose command line holds `part`. */
export function childrenOf(pid: number, part = ""): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(" "));
  return children
    .filter((child) => child !== "" && read(`/proc/${child}/cmdline`).includes(part))
    .map(Number)
    .filter(isAlive);
}

/** Neither gone nor only waiting to be collected. */
export function isAlive(pid: number): boolean {
  const state = read(`/proc/${pid}/stat`).split(") ").at(-1)?.[0] ?? "";
  return state !== "" && !"ZX".includes(state);
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Memory that is a process's own, in bytes, wherever it is: not the pages of files, which the system takes back and brings again as it likes. */
export function ownBytes(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  return ["RssAnon", "VmSwap"].reduce((sum, what) => sum + Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024, 0);
}

/** Open files, sockets and pipes. */
export const handles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** "" when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
