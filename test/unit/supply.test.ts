/** What comes from others: exact versions, checksums, licences that allow it to be given on, and no programs run while it is installed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Package = { version: string; resolved?: string; integrity?: string; license?: string; hasInstallScript?: boolean; link?: boolean };

const root = join(import.meta.dirname, "../..");
const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as unknown;
const own = read("package.json") as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const locked = Object.entries((read("package-lock.json") as { packages: Record<string, Package> }).packages).filter(
  ([place]) => place !== "",
);
const nameOf = (place: string) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);

test("our own choices are exact versions", () => {
  for (const version of Object.values({ ...own.dependencies, ...own.devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
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
