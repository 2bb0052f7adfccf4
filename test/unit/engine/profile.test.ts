/** A profile of a model in which some layers have a sliding window: it counts the others only. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type LoadedModel, useProfile } from "../../../main/engine/model.ts";
import { ownProfileFile } from "../../../main/engine/profile.ts";
import { modelRequests } from "../../../main/models/requests.ts";
import { type DataFolder, ownDataFolder } from "../../data-folder.ts";

let home: DataFolder;
beforeEach(async () => {
  home = await ownDataFolder();
});
afterEach(() => home.restore());

const modelSha256 = "a".repeat(64);
const scores = [
  [0.1, 0.2],
  [0.3, 0.4],
];
const info = { sha256: modelSha256, layers: 6, heads: 2, profile: null };
beforeEach(async () => {
  const file = ownProfileFile(modelSha256);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ model: "Gemma", modelSha256, calibration: "today", scores, layerErrors: [] }));
});

it("is used as soon as it is there, while the model is in use", async () => {
  const loaded = { info: { ...info }, scored: [2, 5], profile: null } as unknown as LoadedModel;
  expect(await useProfile(loaded)).toMatchObject({ profile: "Gemma" });
  expect(loaded.profile).toEqual({ scores, layerErrors: [] });
});

it("is shown once the engine uses it", async () => {
  const profileOf = (model: object) =>
    modelRequests({ state: { now: { model }, on: () => {} } } as unknown as Parameters<typeof modelRequests>[0]).getProfile();
  expect(await profileOf({ ...info, profile: "Gemma" })).toEqual({ calibration: "today", scores, layerErrors: [] });
  expect(await profileOf(info)).toBeNull();
});
