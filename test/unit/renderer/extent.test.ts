import { expect, test } from "vitest";
import type { DocumentInfo, ModelInfo } from "../../../preload/api.ts";
import { coverageWords, firstPages, longerContext, longerModel, pagesGiven, tokensOfRange } from "../../../renderer/extent.ts";
import { finishedTurn } from "../../finished-turn.ts";

const pages = [100, 300, 0, 600].map((length, i) => ({ number: i + 1, start: 0, text: "x".repeat(length) }));

test("a range of pages has its share of the document's tokens", () => {
  expect(tokensOfRange({ from: 1, to: 4 }, pages, 500)).toBe(500);
  expect(tokensOfRange({ from: 2, to: 3 }, pages, 500)).toBe(150);
  expect(tokensOfRange({ from: 1, to: 1 }, [], 500)).toBe(0);
});

test("to begin with, as many pages are offered as fit, and one at least", () => {
  expect(firstPages(pages, 500, 200)).toEqual({ from: 1, to: 3 });
  expect(firstPages(pages, 500, 1000)).toEqual({ from: 1, to: 4 });
  expect(firstPages(pages, 500, 10)).toEqual({ from: 1, to: 1 });
});

const model = (contextLength: number, longestContext: number) => ({ contextLength, longestContext }) as ModelInfo;

test("a longer context is offered only as far as the model was made for", () => {
  expect(longerContext(model(2048, 8192), 6000)).toBe(7168);
  expect(longerContext(model(2048, 8192), 7800)).toBe(8192);
  expect(longerContext(model(2048, 8192), 8100)).toBeNull();
  expect(longerContext(model(8192, 8192), 9000)).toBeNull();
});

test("of the other models the smallest that is here, fits and has room is offered", () => {
  const fits = [
    { name: "used", bytes: 1, contextLength: 99_000, verdict: "fits", file: "used" },
    { name: "short", bytes: 2, contextLength: 11_000, verdict: "fits", file: "short" },
    { name: "offered", bytes: 3, contextLength: 99_000, verdict: "fits", file: null },
    { name: "large", bytes: 4, contextLength: 99_000, verdict: "large", file: "large" },
    { name: "bigger", bytes: 6, contextLength: 99_000, verdict: "tight", file: "bigger" },
    { name: "right", bytes: 5, contextLength: 12_000, verdict: "fits", file: "right" },
  ].map(({ verdict, contextLength, ...entry }) => ({
    entry: { ...entry, problem: null, settings: { contextLength: null }, shape: { contextLength } },
    fit: { verdict },
  })) as unknown as Parameters<typeof longerModel>[0];
  expect(longerModel(fits, "used", 10_000)!.entry.name).toBe("right");
  expect(longerModel(fits, "used", 90_000)).toBeNull();
});

const ready = (id: string, pages: number, emptyPages: number[] = []) =>
  ({ id, name: `${id}.pdf`, phase: "ready", pages, emptyPages }) as unknown as DocumentInfo;

test("an answer's pages are those of the documents that it was given, whatever became of the conversation since", () => {
  const turn = finishedTurn({ kept: [{ documentId: "a", shares: [1] }] });
  const later = [ready("b", 50), ready("a", 10, [7])];
  expect(coverageWords(turn, later, ["a", "b"])).toEqual({ summary: "9 of 10 pages read", pages: "9 of 10", skipped: "7 (skipped)" });
  expect(coverageWords(turn, [ready("b", 50)], ["a", "b"])).toBeNull();
  const chosen = finishedTurn({ ...turn, coverage: { kind: "pages", ranges: [{ documentId: "a", from: 2, to: 4 }] } });
  expect(coverageWords(chosen, later, ["a"])!.pages).toBe("3 of 10, as chosen: pages 2 to 4");
  // Answers of earlier versions do not say what they were given.
  expect(coverageWords(finishedTurn({}), later, ["a", "b"])!.summary).toBe("59 of 60 pages read");
});

test("of a document with chosen pages only these are given", () => {
  const known = { id: "a", pages: 400 };
  expect(pagesGiven({ kind: "pages", ranges: [{ documentId: "a", from: 3, to: 40 }] }, known)).toBe(38);
  expect(pagesGiven({ kind: "pages", ranges: [{ documentId: "b", from: 3, to: 40 }] }, known)).toBe(400);
  expect(pagesGiven({ kind: "whole" }, known)).toBe(400);
});
