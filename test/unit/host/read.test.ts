/** What lies at a path that a person names: files, and what only looks like one. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, vi, test as vitest } from "vitest";
import { importPaths } from "../../../main/files.ts";
import { sourceState } from "../../../main/sources.ts";
import { readWhole } from "../../../main/system/read.ts";
import { fakeApp } from "./fake-app.ts";

// Windows has neither pipes among its files nor devices.
const test = vitest.runIf(process.platform !== "win32");
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-read-"));
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [at("pipe.txt")]);
  await writeFile(at("file.txt"), "Ships lie at the quay.");
  await symlink("/dev/zero", at("zero.txt"));
  await symlink(at("file.txt"), at("link.txt"));
  await symlink(at("loop.txt"), at("loop.txt"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a file is read whole, by a link too", async () => {
  for (const name of ["file.txt", "link.txt"])
    expect(Buffer.from(await readWhole(at(name), 100)).toString()).toBe("Ships lie at the quay.");
  await writeFile(at("empty.txt"), "");
  expect(await readWhole(at("empty.txt"), 100)).toHaveLength(0);
  expect(await readWhole(at("file.txt"), 22)).toHaveLength(22);
});

// Like a file that grows while it is read: it is longer than it said.
vitest.runIf(process.platform === "linux")("a file that gives more than its size is read to its end, or not at all", async () => {
  expect(Buffer.from(await readWhole("/proc/self/status", 100_000)).toString()).toContain("VmRSS");
  await expect(readWhole("/proc/self/status", 20)).rejects.toMatchObject({ code: "EFBIG" });
});

test.each([
  ["pipe.txt", "ENOTFILE"],
  ["zero.txt", "ENOTFILE"],
  [".", "EISDIR"],
  ["loop.txt", "ELOOP"],
  ["missing.txt", "ENOENT"],
])("%s is refused at once: %s", async (name, code) => {
  await expect(readWhole(at(name), 2 ** 30)).rejects.toMatchObject({ code });
});

test("a file that is too large is not read", async () => {
  await writeFile(at("large.txt"), "");
  await truncate(at("large.txt"), 2 ** 40);
  await expect(readWhole(at("large.txt"), 2 ** 30)).rejects.toMatchObject({ code: "EFBIG" });
});

test("what Folio is started with: each that is no file is said, the others are added", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const { app, calls } = fakeApp();
  await importPaths(app, ["pipe.txt", "zero.txt", "missing.txt", "large.txt", "file.txt"].map(at));
  expect(calls).toEqual([["importFile", "file.txt", new TextEncoder().encode("Ships lie at the quay."), at("file.txt")]]);
  expect(said.mock.calls.flat()).toEqual([
    ...["pipe.txt", "zero.txt", "missing.txt"].map(
      (name) => `${at(name)} cannot be opened: check that it is a file and that you may read it.`,
    ),
    `${at("large.txt")} is larger than 1 GB: split it, and open the parts that matter.`,
  ]);
  said.mockRestore();
});

test("a file that became a pipe is changed, and nothing waits for it", async () => {
  const added = { id: "0".repeat(64), fileBytes: 0, addedAt: 0 };
  expect(await sourceState({ ...added, source: at("pipe.txt") })).toBe("changed");
  expect(await sourceState({ ...added, source: at("zero.txt") })).toBe("changed");
});
