import { expect, test, vi } from "vitest";
import { type Busy, Watch } from "../../../main/engine/watch.ts";

/** Ticks until it is taken to hang; Infinity when an hour was not enough. */
function ticks(busy: Busy, each: (watch: Watch, tick: number) => void): number {
  const watch = new Watch();
  for (let tick = 1; tick <= 3600; tick++) {
    each(watch, tick);
    if (watch.tick(busy)) return tick;
  }
  return Number.POSITIVE_INFINITY;
}

const alive = (watch: Watch) => watch.heard(false);

test("an engine that says nothing at all hangs, whatever it was asked for", () => {
  for (const busy of ["load", "work", "calibrate", null] as const) expect(ticks(busy, () => {})).toBe(16);
});

test("one that lives and has nothing to do may be quiet for ever", () => {
  expect(ticks(null, alive)).toBe(Number.POSITIVE_INFINITY);
});

test("one that lives but gets nowhere is given two minutes to load and ten to work", () => {
  expect(ticks("load", alive)).toBe(121);
  expect(ticks("work", alive)).toBe(601);
  expect(ticks("calibrate", alive)).toBe(Number.POSITIVE_INFINITY);
});

test("every progress begins the wait anew", () => {
  expect(ticks("load", (watch, tick) => watch.heard(tick % 100 === 0))).toBe(Number.POSITIVE_INFINITY);
});

test("a computer that slept for an hour is one tick older, not an engine that hung", () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  const watch = new Watch();
  for (let tick = 0; tick < 10; tick++) expect(watch.tick("work")).toBe(false);
  vi.advanceTimersByTime(3_600_000);
  expect(watch.tick("work")).toBe(false);
  alive(watch);
  vi.advanceTimersByTime(3_600_000);
  expect(watch.tick("work")).toBe(false);
  vi.useRealTimers();
});
