/**
 * The engine is killed at random moments of real turns: idle, loading, reading, answering, saving. Every shown word stays, main goes on answering,
 * and the engine is back by itself.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { App } from "../../main/app.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { inEnglish } from "../../preload/sentences.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { counted, figure, quantile, rounds } from "../rounds.ts";
import { engines, isSettled, openApp, turnOf, until } from "./conversation.ts";
import { essay, fact, question } from "./fixtures.ts";

const kills = rounds(8, 200);
/** Every so many, the engine is not ended but stopped: it hangs until main takes notice. */
const hangEvery = 20;
const ends = ["SIGKILL", "SIGABRT", "SIGSEGV"] as const;
/** An engine that was ended is gone within this; it runs at a low priority, and ending takes it a moment on a busy machine. */
const gone = { timeout: 3000 };

let home: DataFolder;
let app: App;
let documentId: string;
beforeAll(async () => {
  home = await ownDataFolder({ maxAnswerTokens: 24, mode: "balanced" });
  ({ app, documentId } = await openApp("Town.txt", essay(fact).repeat(2)));
});
afterAll(async () => {
  await app?.close();
  await home?.restore();
});

async function add(number: number): Promise<string> {
  const id = await app.requests.importFile(`${number}.txt`, new TextEncoder().encode(`${number}\n\n${essay(fact).repeat(2)}`));
  await until(app, ({ documents }) => documents.some((known) => known.id === id && known.phase === "ready"));
  return id;
}

/** What main takes to answer a window, in ms, every 20 ms until `over`. */
async function answerTimes(over: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!over.aborted) {
    const asked = performance.now();
    await app.requests.getState();
    await wait(20);
    times.push(performance.now() - asked - 20);
  }
  return times;
}

/** Brings the engine back where it has given up, as a person would; resolves to how long it was away in ms. */
async function back(): Promise<number> {
  const killed = performance.now();
  const { engine } = await until(app, ({ engine: { phase } }) => phase === "idle" || phase === "down");
  if (engine.phase === "down") {
    await app.requests.setSafeMode(false);
    await until(app, (state) => state.engine.phase === "idle");
  }
  return performance.now() - killed;
}

test(`${kills} kills at random moments lose no shown word, leave no second engine, and do not hold up main`, {
  timeout: 120_000 + kills * 30_000,
}, async () => {
  const next = mulberry32(2026);
  const shown = new Map<string, string>();
  app.on((name, payload) => {
    if (name !== "answer") return;
    const { turnId, text } = payload as { turnId: string; text: string };
    shown.set(turnId, (shown.get(turnId) ?? "") + text);
  });
  const over = new AbortController();
  const times = answerTimes(over.signal);
  const phases: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const away: number[] = [];
  const conversations = new Map<string, string[]>();
  for (let round = 0; round < kills; round++) {
    // A new document has to be read, one that was read before comes from its snapshot.
    if (round % 3 === 0) await app.requests.openConversation([round % 2 === 0 ? documentId : await add(round)]);
    const turnId = await app.requests.ask(question);
    const { conversation } = await app.requests.getState();
    conversations.set(conversation!.id, [...(conversations.get(conversation!.id) ?? []), turnId]);
    // Some kills come at any time, some while it reads, some while it answers; some hit the engine that is loading after the one before.
    const moment = [null, "reading", "answering", "answering"][Math.floor(next() * 4)];
    if (moment) await until(app, (state) => state.engine.phase === moment || isSettled(turnOf(state, turnId)));
    await wait(next() * (moment ? 200 : 2500));
    for (let again = next() < 0.25; ; again = false) {
      while (engines().length === 0) await wait(10);
      const [engine] = engines();
      const then = await app.requests.getState();
      const waiting = then.engine.phase === "idle" && !isSettled(turnOf(then, turnId));
      const phase = waiting ? "bringing back what was read" : then.engine.phase;
      phases[phase] = (phases[phase] ?? 0) + 1;
      const hangs = round % hangEvery === hangEvery - 1;
      process.kill(engine!, hangs ? "SIGSTOP" : ends[Math.floor(next() * ends.length)]!);
      const after = await until(app, (state) => state.engine.phase === "restarting" || state.engine.phase === "down");
      if (!again || after.engine.phase === "down") break;
    }
    away.push(await back());
    const state = await until(app, (now) => isSettled(turnOf(now, turnId)));
    const turn = turnOf(state, turnId)!;
    expect(turn.answer).toBe(shown.get(turnId) ?? "");
    if (turn.phase === "failed") expect(inEnglish(turn.error)).toMatch(/^[^\n]+\.$/);
    outcomes[turn.phase === "failed" ? turn.error.code : turn.phase] =
      (outcomes[turn.phase === "failed" ? turn.error.code : turn.phase] ?? 0) + 1;
    await expect.poll(engines, gone).toHaveLength(1);
  }
  over.abort();
  const answered = await times;

  // What is on the disk is what was shown.
  await app.close();
  await expect.poll(engines, gone).toEqual([]);
  ({ app } = await openApp("Town.txt", essay(fact).repeat(2)));
  for (const [id, turnIds] of conversations) {
    await app.requests.showConversation(id);
    const { conversation } = await app.requests.getState();
    expect(conversation!.turns.map((turn) => turn.id)).toEqual(turnIds);
    for (const turn of conversation!.turns) expect(turn.answer).toBe(shown.get(turn.id) ?? "");
  }
  const ms = (value: number) => `${Math.round(value).toLocaleString("en")} ms`;
  figure(`${kills} kills of the engine`, `while it was: ${counted(phases)}; turns: ${counted(outcomes)}; 0 lost words, 0 orphans`);
  figure("engine back after a kill, loaded", `median ${ms(quantile(away, 0.5))}, 95 % within ${ms(quantile(away, 0.95))}`);
  figure("main answers meanwhile", `95 % within ${ms(quantile(answered, 0.95))}, 99.9 % within ${ms(quantile(answered, 0.999))}`);
});

test("an engine that gets no more memory ends in one plain sentence, and the next question is answered", { timeout: 300_000 }, async () => {
  const longId = await app.requests.importFile("Long.txt", new TextEncoder().encode(essay(fact).repeat(8)));
  await until(
    app,
    ({ documents, engine }) => engine.phase === "idle" && documents.some(({ id, phase }) => id === longId && phase === "ready"),
  );
  const [engine] = engines();
  const size = Number(/VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${engine}/status`, "utf8"))![1]) * 1024;
  execFileSync("prlimit", ["--pid", String(engine), `--as=${size + 8 * 2 ** 20}:`]);
  await app.requests.openConversation([longId]);
  const turnId = await app.requests.ask(question);
  const turn = turnOf(await until(app, (state) => isSettled(turnOf(state, turnId))), turnId)!;
  expect(turn).toMatchObject({ phase: "failed", error: { text: expect.stringMatching(/^[^\n]+\.$/) } });
  // Whether the engine has ended or not, with memory there it goes on.
  if (engines().includes(engine!)) execFileSync("prlimit", ["--pid", String(engine), "--as=unlimited:"]);
  await until(app, (state) => state.engine.phase === "idle");
  const again = await app.requests.ask(question);
  const answered = turnOf(await until(app, (state) => isSettled(turnOf(state, again))), again)!;
  expect(answered).toMatchObject({ phase: "done", answer: expect.stringContaining("4821") });
});
