/** Files that were added and then changed, touched, moved or never known. */
import { createHash } from "node:crypto";
import { mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourceState } from "../../../main/sources.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-sources-"));
  file = join(folder, "a.md");
  await writeFile(file, "The first words.");
  await utimes(file, 1000, 1000);
});
afterEach(() => rm(folder, { recursive: true }));

const added = (source: string | null) => ({
  id: createHash("sha256").update("The first words.").digest("hex"),
  source,
  fileBytes: 16,
  addedAt: 2_000_000,
});

test("a file is the same until its words change, whatever its time says", async () => {
  expect(await sourceState(added(file))).toBe("same");
  await utimes(file, 3000, 3000);
  expect(await sourceState(added(file))).toBe("same");
  await writeFile(file, "The other words.");
  expect(await sourceState(added(file))).toBe("changed");
  await writeFile(file, "More words than before.");
  await utimes(file, 1000, 1000);
  expect(await sourceState(added(file))).toBe("changed");
});

test("one that was moved is gone, one whose place was never told is unknown", async () => {
  await rename(file, join(folder, "b.md"));
  expect(await sourceState(added(file))).toBe("gone");
  expect(await sourceState(added(null))).toBe("unknown");
  expect(await sourceState(added(join(folder, "b.md", "c.md")))).toBe("unknown");
});
