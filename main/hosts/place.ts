/** Where the window was when it was last closed, and where it goes now: as it was, but never off every screen. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { dataFolder } from "../system/folders.ts";

/** In the system's screen units. */
export type Area = { x: number; y: number; width: number; height: number };
/** Without `x` and `y` the system chooses where. */
export type Place = { x?: number; y?: number; width: number; height: number; maximized: boolean };

export const smallest = { width: 640, height: 480 } as const;
export const usual: Place = { width: 1280, height: 800, maximized: false };

/** So much of a window must be on a screen for a person to find it. */
const visibleShare = 0.25;

/** @param screens their areas without the system's bars, the main one first */
export function placeOn(screens: readonly Area[], saved: Place | null): Place {
  const main = screens[0];
  if (!main) return saved ?? usual;
  const { x, y, width, height, maximized } = saved ?? usual;
  const fitting = (area: Area) => ({
    width: Math.min(area.width, Math.max(smallest.width, width)),
    height: Math.min(area.height, Math.max(smallest.height, height)),
    maximized,
  });
  if (x === undefined || y === undefined) return fitting(main);
  const window = { x, y, width, height };
  const best = screens.reduce((a, b) => (overlap(b, window) > overlap(a, window) ? b : a));
  if (overlap(best, window) < visibleShare * width * height) return fitting(main);
  const size = fitting(best);
  const inside = (at: number, from: number, room: number) => Math.round(Math.max(from, Math.min(at, from + room)));
  return { ...size, x: inside(x, best.x, best.width - size.width), y: inside(y, best.y, best.height - size.height) };
}

/** Units that two areas have in common. */
function overlap(a: Area, b: Area): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, across) * Math.max(0, down);
}

const unit = z.number().min(-100_000).max(100_000);
const placeSchema = z.object({
  x: unit.optional(),
  y: unit.optional(),
  width: unit.positive(),
  height: unit.positive(),
  maximized: z.boolean(),
});
const file = () => join(dataFolder(), "window.json");

/** Null when there is none that can be read: nothing of value is lost. */
export function savedPlace(): Place | null {
  try {
    const { x, y, ...size } = placeSchema.parse(JSON.parse(readFileSync(file(), "utf8")));
    return x === undefined || y === undefined ? size : { x, y, ...size };
  } catch {
    return null;
  }
}

/** At once: the window, and maybe the program, is about to go. */
export function savePlace(place: Place): void {
  try {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), JSON.stringify(place), { mode: 0o600 });
  } catch {
    // The next window opens as usual.
  }
}
