/** Settings, the list of models and calibrations come back when the disk has damaged them; what was damaged is kept. */
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { loadProfile, ownProfileFile, reportDamagedProfile } from "../../main/engine/profile.ts";
import { openLibrary } from "../../main/library/library.ts";
import { loadRecord, saveRecord } from "../../main/models/record.ts";
import { loadSettings, saveSettings } from "../../main/settings.ts";
import { defaultSettings } from "../../preload/api.ts";
import { damage } from "../damage.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { rounds } from "../rounds.ts";

let home: DataFolder;
beforeEach(async () => {
  home = await ownDataFolder();
});
afterEach(() => home.restore());

const own = { ...defaultSettings, maxAnswerTokens: 77, theme: "dark" as const };
const data = () => join(home.folder, "folio");
const settingsFile = () => join(data(), "settings.json");

test("settings that were damaged are those of the copy, a person is told, and the damaged file is kept", async () => {
  for (const rubbish of ["", "{", '"text"', "null", "\0\0\0\0"]) {
    await saveSettings(own);
    await writeFile(settingsFile(), rubbish);
    const { settings, problem } = await loadSettings();
    expect(settings).toEqual(own);
    expect(problem).toMatchObject({
      code: "file-damaged",
      message: expect.stringMatching(/^settings\.json was damaged, so its copy was taken.*\.json\.$/),
    });
    const [aside] = (await readdir(data())).filter((name) => name.includes(".damaged-"));
    expect(await readFile(join(data(), aside!), "utf8")).toBe(rubbish);
    await rm(join(data(), aside!));
    expect(await loadSettings()).toEqual({ settings: own, problem: null });
  }
});

test("without a good copy the settings are those that Folio comes with, and a person is told", async () => {
  await saveSettings(own);
  for (const name of ["settings.json", "settings.json.copy"]) await truncate(join(data(), name), 10);
  const { settings, problem } = await loadSettings();
  expect(settings).toEqual(defaultSettings);
  expect(problem?.message).toContain("no copy");
});

test("of settings that are changed faster than the disk writes, the last ones are kept", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => saveSettings({ ...own, maxAnswerTokens: 10 ** (5 - (i % 5)) })));
  await saveSettings(own);
  await Promise.all([saveSettings({ ...own, maxAnswerTokens: 90_000 }), saveSettings({ ...own, maxAnswerTokens: 8 })]);
  expect(await loadSettings()).toEqual({ settings: { ...own, maxAnswerTokens: 8 }, problem: null });
});

test("a setting that nobody knows, or with an impossible value, costs only itself", async () => {
  await mkdir(data(), { recursive: true });
  await writeFile(settingsFile(), JSON.stringify({ ...own, budget: { kind: "share", share: 7 }, later: true }));
  expect(await loadSettings()).toEqual({ settings: { ...own, budget: defaultSettings.budget }, problem: null });
});

test("whatever happens to the settings' bytes, Folio has settings", async () => {
  const next = mulberry32(5);
  await saveSettings(own);
  const whole = await readFile(settingsFile());
  let told = 0;
  for (let i = 0; i < rounds(40, 500); i++) {
    await writeFile(settingsFile(), damage(whole, next, i));
    const { settings, problem } = await loadSettings();
    expect(Object.keys(settings)).toEqual(Object.keys(defaultSettings));
    if (problem) expect(settings).toEqual(own);
    told += Number(problem !== null);
  }
  expect(told).toBeGreaterThan(10);
});

test("where the data folder cannot be used, every file of it says so in one sentence", async () => {
  await writeFile(data(), "a file where the folder should be");
  const unreadable = { name: "LibraryError", code: "library-unreadable" };
  await expect(loadSettings()).rejects.toMatchObject(unreadable);
  await expect(saveSettings(own)).rejects.toMatchObject(unreadable);
  await expect(loadRecord(join(data(), "models.json"))).rejects.toMatchObject(unreadable);
  await expect(openLibrary(data(), () => {})).rejects.toMatchObject(unreadable);
  await rm(data());
  await mkdir(data());
  await writeFile(join(data(), "files"), "");
  await expect(openLibrary(data(), () => {})).rejects.toMatchObject(unreadable);
});

test("a damaged list of models is that of the copy", async () => {
  const file = join(data(), "models.json");
  const { record } = await loadRecord(file);
  record.links.push("/models");
  await saveRecord(file, record);
  await truncate(file, 5);
  expect(await loadRecord(file)).toMatchObject({ record: { links: ["/models"] }, problem: { code: "file-damaged" } });
});

test("a damaged calibration is set aside, said once, and not used", async () => {
  const sha256 = "a".repeat(64);
  await mkdir(join(data(), "profiles"), { recursive: true });
  await writeFile(ownProfileFile(sha256), '{"model": "Tiny", "scores": [[0.1');
  expect(await loadProfile(sha256, 1, 1)).toBeNull();
  const said = await reportDamagedProfile({ sha256, name: "Tiny" });
  expect(said).toMatchObject({ code: "file-damaged", message: expect.stringMatching(/^The calibration of Tiny was damaged.*\.$/) });
  expect(await reportDamagedProfile({ sha256, name: "Tiny" })).toBeNull();
  expect(await readdir(join(data(), "profiles"))).toHaveLength(1);
});
