/** Many turns in one session: memory stays flat, and nothing is left open. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { childrenOf, handles, ownBytes, residentBytes } from "../processes.ts";
import { counted, figure, quantile, rounds } from "../rounds.ts";
import { engines, isSettled, openApp, turnOf, until } from "./conversation.ts";
import { essay, fact } from "./fixtures.ts";

const turns = rounds(12, 500);
/** Turns until all that grows with use has its size. */
const warm = Math.min(50, turns / 2);
const questions = ["What is the special magic number for Springfield?", "Who mended the bridge?", "What did the clerks count?"];

/** Heaps that glibc made for single threads: 64 MiB of addresses each, of which the first ones are in use. What is freed there stays there. */
function heapsOfThreads(pid: number): number {
  const heap = 64 * 2 ** 20;
  const mappings = readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, from, to, rights] = /^(\w+)-(\w+) (\S+) 0+ 00:00 0 *$/.exec(line) ?? [];
      return from ? [{ from: Number.parseInt(from, 16), to: Number.parseInt(to!, 16), rights }] : [];
    });
  return mappings.filter(({ from, to, rights }, i) => {
    const rest = mappings[i + 1];
    return from % heap === 0 && rights === "rw-p" && rest?.from === to && rest.rights === "---p" && rest.to === from + heap;
  }).length;
}

// What could be collected is no growth; the engine does this itself, turn by turn.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let home: DataFolder;
let app: App;
const documents: string[] = [];
beforeAll(async () => {
  home = await ownDataFolder({ maxAnswerTokens: 8 });
  const opened = await openApp("Town.txt", essay(fact));
  app = opened.app;
  documents.push(opened.documentId);
  for (const name of ["Hills", "Quay"]) {
    const id = await app.requests.importFile(`${name}.txt`, new TextEncoder().encode(`${name}\n\n${essay(fact)}`));
    await until(app, (state) => state.documents.some((known) => known.id === id && known.phase === "ready"));
    documents.push(id);
  }
});
afterAll(async () => {
  await app?.close();
  await home?.restore();
});

test(`${turns} turns: flat memory, constant handles`, { timeout: 300_000 + turns * 15_000 }, async () => {
  const [engine] = engines();
  const watched = { engine: engine!, "main (with the test in it)": process.pid };
  const measured = (pid: number) => ({ own: ownBytes(pid), resident: residentBytes(pid), handles: handles(pid) });
  const samples: Record<string, ReturnType<typeof measured>>[] = [];
  const outcomes: Record<string, number> = {};
  const started = performance.now();
  for (let i = 0; i < turns; i++) {
    // A conversation of eight turns about each document in turn, as people have them.
    if (i % 8 === 0) await app.requests.openConversation([documents[(i / 8) % documents.length]!]);
    const id = await app.requests.ask(questions[i % questions.length]!);
    const turn = turnOf(await until(app, (state) => isSettled(turnOf(state, id))), id)!;
    outcomes[turn.phase] = (outcomes[turn.phase] ?? 0) + 1;
    collect();
    samples.push(Object.fromEntries(Object.entries(watched).map(([name, pid]) => [name, measured(pid)])));
  }
  expect(outcomes).toEqual({ done: turns });
  expect(engines()).toEqual([engine]);
  expect(childrenOf(process.pid, "documents/parser.ts")).toEqual([]);
  expect(heapsOfThreads(engine!)).toBe(0);
  const minutes = (performance.now() - started) / 60_000;
  const span = Math.min(25, Math.floor((turns - warm) / 2));
  for (const name of Object.keys(watched)) {
    const median = (what: keyof ReturnType<typeof measured>, from: number) =>
      quantile(
        samples.slice(from, from + span).map((sample) => sample[name]![what]),
        0.5,
      );
    const [resident, before, after] = [median("resident", warm), median("own", warm), median("own", turns - span)];
    const [open, still] = [median("handles", warm), median("handles", turns - span)];
    const growth = (after - before) / resident;
    const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    figure(
      `${turns} turns (${counted(outcomes)}, ${minutes.toFixed(0)} minutes), ${name}`,
      `${mebibytes(resident)} resident after turn ${warm}; of its own ${mebibytes(before)} then, ${mebibytes(after)} at the end (${(growth * 100).toFixed(1)} % of what is resident); handles ${open} and ${still}`,
    );
    expect.soft(still, `handles of ${name}`).toBeLessThanOrEqual(open + 2);
    // A few turns say nothing about growth.
    if (turns >= 200) expect.soft(growth, `growth of ${name}`).toBeLessThan(0.05);
  }
});
