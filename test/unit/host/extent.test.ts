import { describe, expect, it, test } from "vitest";
import { parseAsk, UsageError } from "../../../main/command/arguments.ts";
import { readExtent, spanOfPages } from "../../../main/extent.ts";

const pages = ["One.", "Two.", "", "Four 😀."].map((text, i, all) => ({
  number: i + 1,
  start: all.slice(0, i).reduce((sum, before) => sum + before.length + 2, 0),
  text,
}));
const text = pages.map((page) => page.text).join("\n\n");

describe("pages as characters", () => {
  it("are their text and what lies between them", () => {
    const cut = (from: number, to: number) => {
      const span = spanOfPages({ from, to }, pages);
      return span && text.slice(span.start, span.end);
    };
    expect(cut(1, 4)).toBe(text);
    expect(cut(2, 3)).toBe("Two.\n\n");
    expect(cut(4, 99)).toBe("Four 😀.");
    expect(cut(5, 6)).toBeNull();
  });

  it("are each document's own; one without a range is read whole", () => {
    const ranges = [{ documentId: "b", from: 2, to: 2 }];
    const spanOf = ({ from, to }: { from: number; to: number }) => spanOfPages({ from, to }, pages);
    expect(readExtent({ kind: "pages", ranges }, ["a", "b"], spanOf)).toEqual({ kind: "parts", parts: [null, { start: 6, end: 10 }] });
    expect(() => readExtent({ kind: "pages", ranges: [{ documentId: "b", from: 9, to: 9 }] }, ["b"], spanOf)).toThrow(/no page 9/);
    expect(readExtent({ kind: "windows" }, ["a"], spanOf)).toEqual({ kind: "windows" });
  });
});

describe("on the command line", () => {
  const parse = (...args: string[]) => parseAsk(["file.txt", "--question", "Who?", ...args]).extent;

  it("a page, a range or windows are named", () => {
    expect(parse()).toEqual({ kind: "whole" });
    expect(parse("--pages", "12")).toEqual({ kind: "pages", from: 12, to: 12 });
    expect(parse("--pages", "1-40")).toEqual({ kind: "pages", from: 1, to: 40 });
    expect(parse("--windows")).toEqual({ kind: "windows" });
  });

  test.each([
    ["--pages", "0-4"],
    ["--pages", "9-4"],
    ["--pages", "all"],
    ["--pages", "1-2-3"],
    ["--pages", "3", "--windows"],
  ])("%s %s is bad use %s", (...args) => {
    expect(() => parse(...args)).toThrow(UsageError);
  });
});
