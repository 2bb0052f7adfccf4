import { expect, test } from "vitest";
import { shortcuts } from "../../../renderer/shortcuts.ts";

/** What a key press means, as keyboards report it. */
const meaning = (press: { key: string; shiftKey?: boolean }) =>
  shortcuts.find(({ matches }) => matches?.({ ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, ...press } as KeyboardEvent))
    ?.label;

test("the list of keys comes up on keyboards where the slash is typed with Shift, as on German ones", () => {
  expect(meaning({ key: "/" })).toBe("This list");
  expect(meaning({ key: "/", shiftKey: true })).toBe("This list");
  expect(meaning({ key: "k" })).toBe("Search the library");
  expect(meaning({ key: "K", shiftKey: true })).toBeUndefined();
});
