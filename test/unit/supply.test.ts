/** What comes from others: exact versions, checksums, licences that allow it to be given on, and no programs run while it is installed. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { cacheFolder, dataFolder } from "../../main/system/folders.ts";

type Package = { version: string; resolved?: string; integrity?: string; license?: string; hasInstallScript?: boolean; link?: boolean };

const root = join(import.meta.dirname, "../..");
const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as unknown;
const own = read("package.json") as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const { packages } = read("package-lock.json") as { packages: Record<string, Package> };
const locked = Object.entries(packages).filter(([place]) => place !== "");
const nameOf = (place: string) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);

test("our own choices are exact versions", () => {
  for (const version of Object.values({ ...own.dependencies, ...own.devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});

test("the lockfile is the one of package.json", () => {
  const { dependencies, devDependencies } = own;
  expect(packages[""]).toMatchObject({ dependencies, devDependencies });
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect({ name, version: packages[`node_modules/${name}`]?.version }).toEqual({ name, version });
});

test("every package of the lockfile has a checksum and comes from npm's registry", () => {
  expect(locked.length).toBeGreaterThan(300);
  for (const [place, { integrity, resolved }] of locked) {
    expect({ place, integrity }).toEqual({ place, integrity: expect.stringMatching(/^sha512-/) });
    if (resolved !== undefined) expect(resolved).toMatch(/^https:\/\/registry\.npmjs\.org\//);
  }
});

test("licences allow what is packed to be given on, and are known of all", () => {
  const good =
    /^(MIT|MIT-0|ISC|0BSD|BSD(-[23]-Clause)?|Apache-2\.0|MPL-2\.0|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-4\.0|Python-2\.0|Unlicense|WTFPL|Zlib)$/;
  const allowed = (licence: string | undefined) =>
    (licence ?? "")
      .replace(/[()]/g, "")
      .split(/ OR /)
      .some((choice) => choice.split(/ AND /).every((one) => good.test(one.trim())));
  expect(locked.filter(([, { license }]) => !allowed(license)).map(([place, { license }]) => `${nameOf(place)}: ${license}`)).toEqual([]);
});

test("packages that would run programs while they are installed were looked at one by one", () => {
  const with_ = new Set(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => nameOf(place)));
  for (const name of with_) expect({ name, decided: name in own.allowScripts }).toEqual({ name, decided: true });
});

test("the workflow may only read, names every action by its commit, and keeps no credentials", () => {
  const workflow = readFileSync(join(root, ".github/workflows/build.yml"), "utf8");
  expect(workflow).toMatch(/^permissions:\n {2}contents: read\n(?! )/m);
  expect(workflow.match(/permissions:/g)).toHaveLength(1);
  expect(workflow).not.toMatch(/pull_request_target|secrets\.|github\.(event|head_ref)/);
  const actions = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(actions.length).toBeGreaterThan(3);
  for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  expect(workflow.match(/persist-credentials: false/g)).toHaveLength(workflow.match(/uses: actions\/checkout/g)!.length);
});

test.runIf(process.platform === "linux")("who removes the Debian package is told where people's data is", () => {
  const told = (why: string) => execFileSync("sh", [join(root, "resources/linux/before-remove.sh"), why], { encoding: "utf8" });
  vi.stubEnv("XDG_DATA_HOME", "");
  vi.stubEnv("XDG_CACHE_HOME", "");
  for (const folder of [dataFolder(), cacheFolder()]) expect(told("remove")).toContain(folder.replace(homedir(), "~"));
  expect(told("upgrade")).toBe("");
  vi.unstubAllEnvs();
});
