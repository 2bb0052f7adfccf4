/** The window's place: as it was, on a screen that is there. */
import { expect, test } from "vitest";
import { type Place, placeOn, usual } from "../../../main/hosts/place.ts";

const laptop = { x: 0, y: 25, width: 1440, height: 850 };
const beside = { x: 1440, y: 0, width: 2560, height: 1400 };
const saved: Place = { x: 1600, y: 100, width: 1500, height: 1000, maximized: false };

test("at first as usual, and never larger than the screen", () => {
  expect(placeOn([laptop, beside], null)).toEqual(usual);
  expect(placeOn([{ ...laptop, width: 1000, height: 700 }], null)).toEqual({ width: 1000, height: 700, maximized: false });
});

test("where it was, as long as that screen is there; else on the main one, where the system likes", () => {
  expect(placeOn([laptop, beside], saved)).toEqual(saved);
  expect(placeOn([laptop], saved)).toEqual({ width: 1440, height: 850, maximized: false });
  expect(placeOn([laptop, beside], { ...saved, maximized: true })).toEqual({ ...saved, maximized: true });
});

test("what hangs over an edge is pushed in; too small becomes the smallest that works", () => {
  expect(placeOn([laptop], { x: 1000, y: 0, width: 800, height: 600, maximized: false })).toMatchObject({ x: 640, y: 25 });
  expect(placeOn([laptop], { x: -300, y: 500, width: 800, height: 600, maximized: false })).toMatchObject({ x: 0, y: 275 });
  expect(placeOn([laptop], { x: 10, y: 30, width: 20, height: 20, maximized: false })).toMatchObject({ width: 640, height: 480 });
  expect(placeOn([], saved)).toEqual(saved);
});
