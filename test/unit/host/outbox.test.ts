import { expect, test } from "vitest";
import { createOutbox } from "../../../main/hosts/outbox.ts";
import type { DocumentInfo, Turn } from "../../../preload/api.ts";

const taken = (box: ReturnType<typeof createOutbox>) =>
  box
    .take()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const turn = (id: string, answer: string): Turn => ({ id, question: "?", answer, phase: "answering" });
const parsing = (id: string, pagesDone: number): DocumentInfo => ({
  id,
  name: id,
  fileBytes: 1,
  folder: "",
  addedAt: 0,
  phase: "parsing",
  pagesDone,
  pagesTotal: 9,
});

test("of what replaces itself only the latest is kept, in the order of the latest", () => {
  const box = createOutbox();
  for (let i = 0; i <= 1000; i++) {
    box.add("engine", { phase: "reading", done: i, total: 1000, tokensPerSecond: 1, secondsLeft: null });
    box.add("document", parsing("a", i));
    box.add("document", parsing("b", i));
  }
  box.add("documentRemoved", "a");
  expect(taken(box).map(({ name, payload }) => [name, payload.done ?? payload.pagesDone ?? payload])).toEqual([
    ["engine", 1000],
    ["document", 1000],
    ["documentRemoved", "a"],
  ]);
  expect(box.take()).toBe("");
});

test("a whole list of documents makes what was said of single ones void, and later ones follow on it", () => {
  const box = createOutbox();
  box.add("document", parsing("a", 1));
  box.add("documents", [parsing("a", 2)]);
  box.add("document", parsing("a", 3));
  expect(taken(box)).toEqual([
    { name: "documents", payload: [parsing("a", 2)] },
    { name: "document", payload: parsing("a", 3) },
  ]);
});

test("answer text grows together, and is part of a turn that comes whole", () => {
  const box = createOutbox();
  box.add("turn", turn("t1", ""));
  for (const text of ["The ", "harbour ", "light."]) box.add("answer", { turnId: "t1", text });
  box.add("answer", { turnId: "t10", text: "other" });
  expect(taken(box)).toEqual([
    { name: "turn", payload: turn("t1", "") },
    { name: "answer", payload: { turnId: "t1", text: "The harbour light." } },
    { name: "answer", payload: { turnId: "t10", text: "other" } },
  ]);
  box.add("answer", { turnId: "t1", text: " End." });
  box.add("answer", { turnId: "t10", text: " too" });
  box.add("turn", turn("t1", "The harbour light. End."));
  expect(taken(box).map(({ name, payload }) => [name, payload.answer ?? payload.text])).toEqual([
    ["answer", " too"],
    ["turn", "The harbour light. End."],
  ]);
});

test("a comparison that comes whole brings its text", () => {
  const box = createOutbox();
  box.add("comparison", { turnId: "t1", full: turn("f", "") });
  box.add("answer", { turnId: "f", text: "The harbour" });
  box.add("comparison", { turnId: "t1", full: turn("f", "The harbour light.") });
  expect(taken(box)).toEqual([{ name: "comparison", payload: { turnId: "t1", full: turn("f", "The harbour light.") } }]);
});

test("a new conversation makes what was said in the last one void", () => {
  const box = createOutbox();
  box.add("turn", turn("t1", "a"));
  box.add("answer", { turnId: "t1", text: "b" });
  box.add("conversation", { id: "c2", documentIds: [], extent: { kind: "whole" }, turns: [] });
  expect(taken(box).map(({ name }) => name)).toEqual(["conversation"]);
});

test("an event is what it was when it came, whatever main does with its objects later", () => {
  const box = createOutbox();
  const live = turn("t1", "");
  box.add("turn", live);
  live.answer = "later";
  expect(taken(box)).toEqual([{ name: "turn", payload: turn("t1", "") }]);
});
