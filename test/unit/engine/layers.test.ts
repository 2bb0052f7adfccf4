import { expect, test } from "vitest";
import { ofScored, scoredLayers } from "../../../main/engine/layers.ts";

test("the heads of a model are those of the layers that policies choose for, and these are alike or not", () => {
  expect(ofScored(9, [0, 1, 2])).toEqual({ most: 9, alike: true });
  // Layers with a sliding window have more.
  expect(ofScored([96, 96, 64, 96, 96, 64], scoredLayers([512, 512, 0, 512, 512, 0]))).toEqual({ most: 64, alike: true });
  expect(ofScored([12, 12, 16], [0, 1, 2])).toEqual({ most: 16, alike: false });
  // With windows in all layers nothing is chosen.
  expect(ofScored([8, 4], [])).toEqual({ most: 8, alike: false });
});
