/** A full disk, at every write and every amount of room: one plain sentence, the old state whole and readable, and later the write succeeds. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figure } from "../../rounds.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-full-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// A file system of 8 MB that only this process and its children see, and that goes with them; needs no rights of root.
const inSmallDisk = `#!/bin/sh
exec unshare --mount --map-root-user sh -c 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"' sh "${"$"}{0%/*}" "${process.execPath}" "$@"
`;

test.runIf(process.platform === "linux")("on a disk of 8 MB", { timeout: 240_000 }, async () => {
  const shell = join(folder, "node");
  await writeFile(shell, inSmallDisk);
  await chmod(shell, 0o755);
  const child = fork(new URL("fill-disk.ts", import.meta.url), [folder], {
    execPath: shell,
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const told: { what: string; failures: number }[] = [];
  child.on("message", (message) => told.push(message as (typeof told)[number]));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  expect(told.map(({ what }) => what)).toEqual([
    "an answer",
    "a document",
    "a copy of the library",
    "settings",
    "the list of models",
    "a calibration",
    "a snapshot",
    "a download",
    "everything",
  ]);
  for (const { what, failures } of told.slice(0, -1)) expect(failures, what).toBeGreaterThan(0);
  figure(
    "writes on a full disk",
    told
      .slice(0, -1)
      .map(({ what, failures }) => `${what}: failed at ${failures} fill levels, then succeeded`)
      .join("; "),
  );
});
