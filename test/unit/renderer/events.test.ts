import { expect, test } from "vitest";
import type { AppState, DocumentInfo, MemoryReport, Turn } from "../../../preload/api.ts";
import { follow, type Mirror, problemOf } from "../../../renderer/events.ts";
import { selectAnswering, selectBusy, useFolio } from "../../../renderer/store.ts";

const start: Mirror = useFolio.getInitialState();
const withTurn = (turn: Turn): Mirror => ({
  ...start,
  conversation: { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns: [turn] },
});
const waiting: Turn = { id: "t", question: "Who?", answer: "", phase: "waiting" };
const reading = (done: number, total: number): AppState["engine"] => ({
  phase: "reading",
  done,
  total,
  tokensPerSecond: 100,
  secondsLeft: 1,
});

test("a document is added once, replaced in place and removed", () => {
  const parsing: DocumentInfo = {
    id: "a",
    name: "a.pdf",
    fileBytes: 1,
    folder: "",
    addedAt: 0,
    phase: "parsing",
    pagesDone: 0,
    pagesTotal: 2,
  };
  const other: DocumentInfo = { ...parsing, id: "b", name: "b.pdf" };
  let mirror: Mirror = { ...start, ...follow.document(start, parsing, 0) };
  mirror = { ...mirror, ...follow.document(mirror, other, 0) };
  mirror = { ...mirror, ...follow.document(mirror, { ...parsing, pagesDone: 1 }, 0) };
  expect(mirror.documents).toEqual([{ ...parsing, pagesDone: 1 }, other]);
  expect(follow.documentRemoved(mirror, "a", 0).documents).toEqual([other]);
});

test("answer text is appended to its own turn, which then answers", () => {
  const first = { ...withTurn(waiting), ...follow.answer(withTurn(waiting), { turnId: "t", text: "Either " }, 0) };
  const second = { ...first, ...follow.answer(first, { turnId: "t", text: "party" }, 0) };
  expect(second.conversation?.turns[0]).toEqual({ ...waiting, answer: "Either party", phase: "answering" });
});

test("the comparison's text is its own, also when it stands beside its turn", () => {
  const full: Turn = { ...waiting, id: "f" };
  const compared: Mirror = { ...withTurn(waiting), comparison: { turnId: "t", full } };
  const changes = follow.answer(compared, { turnId: "f", text: "All." }, 0);
  expect(changes).toEqual({ comparison: { turnId: "t", full: { ...full, answer: "All.", phase: "answering" } } });
});

test("text that comes after the whole answer, or for another turn, changes nothing", () => {
  const failed: Turn = { ...waiting, answer: "All.", phase: "failed", error: { code: "x", text: "x" } };
  expect(follow.answer(withTurn(failed), { turnId: "t", text: "!" }, 0).conversation?.turns).toEqual([failed]);
  expect(follow.answer(withTurn(waiting), { turnId: "other", text: "!" }, 0).conversation?.turns).toEqual([waiting]);
  expect(follow.answer(start, { turnId: "t", text: "!" }, 0)).toEqual({});
});

test("turns are added and replaced by id; a stray turn without a conversation is dropped", () => {
  const next: Turn = { ...waiting, id: "u" };
  expect(follow.turn(withTurn(waiting), next, 0).conversation?.turns).toEqual([waiting, next]);
  expect(follow.turn(withTurn(waiting), { ...waiting, phase: "answering" }, 0).conversation?.turns).toHaveLength(1);
  expect(follow.turn(start, waiting, 0)).toEqual({});
});

test("a reading stopped before its end is remembered until the next one begins", () => {
  const during: Mirror = { ...start, engine: reading(300, 700) };
  const stopped = { ...during, ...follow.engine(during, { phase: "idle" }, 0) };
  expect(stopped.readSoFar).toEqual({ done: 300, total: 700 });
  expect(follow.engine(stopped, reading(310, 700), 0).readSoFar).toBeNull();
  const complete: Mirror = { ...start, engine: reading(700, 700) };
  expect(follow.engine(complete, { phase: "idle" }, 0).readSoFar).toBeNull();
  expect(follow.conversation(stopped, { id: "new", documentIds: [], extent: { kind: "whole" }, turns: [] }, 0).readSoFar).toBeNull();
});

test("the gauge's history has one sample a second and no more than five minutes", () => {
  const report: MemoryReport = { ...start.memory, processBytes: 9, answeringBytes: 2, readingBytes: 5, readingPlace: "disk" };
  let mirror = start;
  for (let now = 0; now <= 400_000; now += 250) mirror = { ...mirror, ...follow.memory(mirror, report, now) };
  expect(mirror.history.length).toBe(301);
  expect(mirror.history.at(-1)).toEqual({ at: 400_000, processBytes: 9, cacheBytes: 2 });
  // What was there for less than a second was there all the same.
  const peak = follow.memory(mirror, { ...report, processBytes: 90, answeringBytes: 1 }, 400_300);
  expect(peak.history?.at(-1)).toEqual({ at: 400_000, processBytes: 90, cacheBytes: 2 });
  const inMemory = follow.memory(start, { ...report, readingPlace: "memory" }, 0);
  expect(inMemory.history?.at(-1)?.cacheBytes).toBe(7);
});

test("busy while reading ahead, answering only while a question waits", () => {
  const state = useFolio.getInitialState();
  expect(selectBusy({ ...state, engine: reading(1, 2) })).toBe(true);
  expect(selectAnswering({ ...state, engine: reading(1, 2) })).toBe(false);
  expect(selectAnswering({ ...state, ...withTurn(waiting) })).toBe(true);
});

test("a failed request keeps its code and sentence", () => {
  const error = Object.assign(new Error("The file is empty."), { name: "empty" });
  expect(problemOf(error)).toEqual({ code: "empty", text: "The file is empty." });
  expect(problemOf("boom").code).toBe("unknown");
});
