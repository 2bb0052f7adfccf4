/** Sizes of a PDF's pages. 1 is as large as on paper: 96 screen pixels an inch, 72 points an inch. */

const paper = 96 / 72;
/** Pages fitted to a wide window stay this size, about where lines are still read with ease. */
const widestFit = 1.5;
const steps = [0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4] as const;

/**
 * Screen pixels a point.
 *
 * @param zoom null fits the page's width
 * @param pageWidth points
 * @param room screen pixels
 */
export function pageScale(zoom: number | null, pageWidth: number, room: number): number {
  return paper * (zoom ?? Math.max(steps[0], Math.min(widestFit, room / (pageWidth * paper))));
}

/** The next larger (+1) or smaller (-1) step from a scale in pixels a point; the last one stays. */
export function stepZoom(scale: number, by: 1 | -1): number {
  const now = scale / paper;
  const near = 0.01;
  return by === 1 ? (steps.find((step) => step > now + near) ?? steps.at(-1)!) : (steps.findLast((step) => step < now - near) ?? steps[0]);
}

/** 1.333 pixels a point are 100 %. */
export const zoomPercent = (scale: number): number => Math.round((100 * scale) / paper);
