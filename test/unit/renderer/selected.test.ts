/** A selection on a drawn page, found in the text that the model read. */
import { expect, test } from "vitest";
import { placeOfSelection } from "../../../renderer/selected.ts";
import { processorMs } from "../../processor-time.ts";

const page = "The harbour was built in 1820. The harbour was rebuilt in 1911, after the great flood of that year.";
const found = (before: string, selected: string, text = page) => {
  const place = placeOfSelection(text, before, selected);
  return place && text.slice(place.start, place.end);
};

test("space, hyphens, ligatures and line ends of the drawing make no difference", () => {
  expect(found("", "har-\nbour   was\nbuilt in 1820")).toBe("harbour was built in 1820.");
  expect(found("", "the great ﬂood")).toBe("the great flood");
});

test("of several places the one that was selected is meant", () => {
  expect(placeOfSelection(page, "", "The harbour was")).toEqual({ start: 0, end: 15 });
  expect(placeOfSelection(page, "The harbour was built in 1820. ", "The harbour was")).toEqual({ start: 31, end: 46 });
});

test("a selection whose middle is drawn in another order is found by its ends", () => {
  expect(found("", "The harbour was built in 1820. Side note. after the great flood of that year")).toBe(page);
});

test("what has no letters, or is not on the page, is nowhere", () => {
  expect(found("", " … ")).toBeNull();
  expect(found("", "Nothing of this kind")).toBeNull();
});

test("a letter of two code units is not cut in two", () => {
  expect(found("", "𠀀𠀁", "The sign 𠀀𠀁。")).toBe("𠀀𠀁");
  expect(found("", "the 𝐛𝐨𝐥𝐝", "In the 𝐛𝐨𝐥𝐝.")).toBe("the 𝐛𝐨𝐥𝐝.");
});

test("of places within each other the one that was selected is meant, and a page of one letter takes no time", () => {
  expect(placeOfSelection("on and on and on", "on and ", "on and on")).toEqual({ start: 7, end: 16 });
  const page = "a".repeat(400_000);
  const taken = processorMs(() => expect(placeOfSelection(page, "a".repeat(7), "a".repeat(200_000))).toEqual({ start: 7, end: 200_007 }));
  expect(taken).toBeLessThan(2000);
});
