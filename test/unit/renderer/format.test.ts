import { expect, test } from "vitest";
import {
  bytes,
  count,
  duration,
  keyName,
  labelName,
  list,
  pageName,
  percent,
  roughTime,
  shortName,
  speed,
  timeLeft,
} from "../../../renderer/format.ts";
import { speak, t } from "../../../renderer/language.ts";

test("bytes keep one digit after the point below a hundred, and always a unit", () => {
  expect(bytes(0)).toBe("0 MB");
  expect(bytes(-5)).toBe("0 MB");
  expect(bytes(512)).toBe("512 B");
  expect(bytes(6_100_000)).toBe("6.1 MB");
  expect(bytes(61_000_000)).toBe("61.0 MB");
  expect(bytes(188_743_680)).toBe("189 MB");
  expect(bytes(24_963_000_000)).toBe("25.0 GB");
});

test("bytes round up into the next unit instead of showing 1000 of the smaller one", () => {
  expect(bytes(999_600)).toBe("1.0 MB");
  expect(bytes(9_996_000)).toBe("10.0 MB");
  expect(bytes(99_960_000)).toBe("100 MB");
});

test("counts are grouped and carry their noun", () => {
  expect(count(7012)).toBe("7,012");
  expect(t("{count} pages", { count: 1 })).toBe("1 page");
  expect(t("{count} pages", { count: 0 })).toBe("0 pages");
  expect(t("{count} tokens", { count: 1234 })).toBe("1,234 tokens");
});

test("time left is said as precisely as it can be known", () => {
  expect(timeLeft(null)).toBe("estimating time left");
  expect(timeLeft(Number.POSITIVE_INFINITY)).toBe("estimating time left");
  expect(timeLeft(2)).toBe("a few seconds left");
  expect(timeLeft(23)).toBe("about 25 s left");
  expect(timeLeft(58)).toBe("about 1 min left");
  expect(timeLeft(340)).toBe("about 6 min left");
  expect(timeLeft(3600)).toBe("about 1 h left");
  expect(timeLeft(5400)).toBe("about 1 h 30 min left");
});

test("durations, speeds and shares", () => {
  expect(duration(84)).toBe("84 ms");
  expect(duration(4210)).toBe("4.2 s");
  expect(duration(59_990)).toBe("1 min 0 s");
  expect(duration(75_000)).toBe("1 min 15 s");
  expect(speed(41.27)).toBe("41 tok/s");
  expect(speed(1210.4)).toBe("1,210 tok/s");
  expect(speed(4.13)).toBe("4.1 tok/s");
  expect(percent(0.0325)).toBe("3.3 %");
  expect(percent(0.25)).toBe("25 %");
  expect(percent(0.0004)).toBe("under 0.1 %");
  expect(percent(0)).toBe("0 %");
});

test("a long name keeps its ending", () => {
  expect(shortName("Lease.pdf", 24)).toBe("Lease.pdf");
  const short = shortName("A very long name of an annual report 2024.pdf", 24);
  expect(short).toHaveLength(24);
  expect(short.endsWith("2024.pdf")).toBe(true);
});

test("an estimated time is never more precise than it can be", () => {
  expect([2, 42, 250, 7200].map(roughTime)).toEqual(["a few seconds", "about 45 s", "about 4 min", "about 2 h"]);
});

test("in German, numbers and times are written as there", () => {
  speak("de");
  expect(count(7012)).toBe("7.012");
  expect(bytes(6_100_000)).toBe("6,1 MB");
  expect(duration(4210)).toBe("4,2 s");
  expect(percent(0.0325)).toBe("3,3 %");
  expect(percent(0.0004)).toBe("unter 0,1 %");
  expect(timeLeft(340)).toBe("noch etwa 6 min");
  expect(list(["3", "12", "31"])).toBe("3, 12 und 31");
  expect(pageName({ page: 12 })).toBe("S. 12");
  expect(labelName("Slide 4, part 2")).toBe("Folie 4, Teil 2");
  expect(labelName("Sheet Sales, part 2")).toBe("Blatt Sales, Teil 2");
  expect(labelName("On method")).toBe("On method");
  expect(keyName("Ctrl+Shift+O")).toBe("Strg+Umschalt+O");
  expect([1, 2].map((pages) => t("{count} pages", { count: pages }))).toEqual(["1 Seite", "2 Seiten"]);
  speak("en");
});
