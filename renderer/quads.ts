/** The outline of a stretch of drawn text on its page. Pure geometry: page units, y grows downwards, as on the screen. */

import type { RecognisedLine } from "../preload/api.ts";
import type { Stretch } from "./locate.ts";

/** A drawn piece of text: `transform` is its text matrix, `width` its length along the baseline (`height`, where it runs downwards). */
export type Drawn = { str: string; dir: string; transform: number[]; width: number; height: number };

/** Recognised lines as if they had been drawn, on a page of this size whose units are the screen's. */
export function drawnLines(lines: readonly RecognisedLine[], pageWidth: number, pageHeight: number): Drawn[] {
  return lines.map(({ text, left, top, width, height }) => {
    const size = (height * pageHeight) / (usualAscent + usualDescent);
    const transform = [size, 0, 0, -size, left * pageWidth, top * pageHeight + usualAscent * size];
    return { str: text, dir: "ltr", transform, width: width * pageWidth, height: size };
  });
}

/** The page's matrix for those. */
export const onScreen = [1, 0, 0, 1, 0, 0] as const;

const usualAscent = 0.9;
const usualDescent = 0.25;
/** What is known of its typeface; ascent and descent are shares of the font's size. */
export type Face = { fontFamily: string; ascent: number; descent: number; vertical: boolean };
/** The width of a text in a typeface, in any unit. */
export type Measure = (text: string, fontFamily: string) => number;

/**
 * The four corners of a stretch, as "x,y x,y x,y x,y".
 *
 * @param page the page's own matrix from its units to the screen's, as [a, b, c, d, e, f]
 */
export function quad({ from, to }: Stretch, drawn: Drawn, face: Face | undefined, page: readonly number[], measure: Measure): string {
  const [a, b, c, d, x, y] = multiply(page, drawn.transform);
  const size = Math.hypot(c, d);
  const turn = Math.atan2(b, a) + (face?.vertical ? Math.PI / 2 : 0);
  const scale = Math.hypot(page[0]!, page[1]!);
  const length = scale * (face?.vertical ? drawn.height : drawn.width);
  const share = shares(drawn, face, measure);
  const [begin, end] = drawn.dir === "rtl" ? [1 - share(to), 1 - share(from)] : [share(from), share(to)];
  const above = size * within(face?.ascent, 0.7, 1.05, usualAscent);
  const below = size * within(face && -face.descent, 0.15, 0.35, usualDescent);
  const corner = (along: number, up: number) =>
    `${round(x + along * Math.cos(turn) + up * Math.sin(turn))},${round(y + along * Math.sin(turn) - up * Math.cos(turn))}`;
  const [left, right] = [begin * length, end * length];
  return [corner(left, above), corner(right, above), corner(right, -below), corner(left, -below)].join(" ");
}

/** How far along the piece its first `n` characters reach, 0 to 1, judged by a typeface that is like the one it is set in. */
function shares({ str }: Drawn, face: Face | undefined, measure: Measure): (n: number) => number {
  const family = face?.fontFamily ?? "sans-serif";
  return (n) => {
    if (n <= 0) return 0;
    if (n >= str.length) return 1;
    const whole = measure(str, family);
    return whole > 0 ? Math.min(1, measure(str.slice(0, n), family) / whole) : n / str.length;
  };
}

type Matrix = readonly [number, number, number, number, number, number];

function multiply(m: readonly number[], n: readonly number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = m;
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = n;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function within(value: number | undefined, least: number, most: number, otherwise: number): number {
  return value === undefined || !Number.isFinite(value) || value === 0 ? otherwise : Math.min(most, Math.max(least, value));
}

const round = (n: number) => Math.round(n * 100) / 100;
