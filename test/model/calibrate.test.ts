/** Calibration on the real starter model, cut to a few short runs. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CalibrationPlan, calibrate } from "../../main/engine/calibrate.ts";
import { defaultModelFile } from "../../main/engine/models.ts";

const plan: CalibrationPlan = { lengths: [250], depths: [0.4], errorLength: 150, errorTexts: 1 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-calibrate-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (name: string, onRun: (stop: () => void) => void = () => {}) => {
  const stop = new AbortController();
  return calibrate(defaultModelFile(), {
    threads: 1,
    out: join(folder, name),
    signal: stop.signal,
    onProgress: () => onRun(() => stop.abort()),
    plan,
  });
};

it("finds the heads that look at the needle, and is the same when it was interrupted", async () => {
  const { profile } = await run("whole.json");
  const { layers, heads } = { layers: 30, heads: 9 };
  expect(profile.scores).toHaveLength(layers);
  for (const row of profile.scores) expect(row).toHaveLength(heads);
  expect(profile.layerErrors.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
  for (const error of profile.layerErrors) expect(error).toBeGreaterThan(0);
  // Few heads retrieve: the best one looks at the needle far more than the middle one does.
  const sorted = profile.scores.flat().sort((a, b) => b - a);
  expect(sorted[0]!).toBeGreaterThan(10 * sorted[sorted.length >> 1]!);

  let runs = 0;
  await expect(run("cut.json", (stop) => void (++runs === 3 && stop()))).rejects.toThrow("abort");
  expect(existsSync(join(folder, "cut.json"))).toBe(false);
  const resumed = await run("cut.json", () => runs++);
  expect(resumed.profile).toEqual(profile);
  expect(JSON.parse(await readFile(join(folder, "cut.json"), "utf8"))).toEqual(profile);
  // Three needle runs and three for layer errors, each told once, and the interrupted one twice.
  expect(runs).toBe(7);
  expect(existsSync(join(folder, "cut.json.part"))).toBe(false);
});
