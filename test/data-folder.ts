/** A data folder of a test's own, so that it neither reads nor changes a person's. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../preload/api.ts";

/** `folder` stands for where the system keeps the data of programs, so Folio's is in `folio` in it; `restore` removes it and goes back to the one before. */
export type DataFolder = { folder: string; restore: () => Promise<void> };

/** Takes effect for what this process starts from now on. `settings` are those that a person has chosen before. */
export async function ownDataFolder(settings?: Partial<Settings>): Promise<DataFolder> {
  const folder = await mkdtemp(join(tmpdir(), "folio-data-"));
  if (settings) {
    await mkdir(join(folder, "folio"), { recursive: true });
    await writeFile(join(folder, "folio", "settings.json"), JSON.stringify(settings));
  }
  const before = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = folder;
  return {
    folder,
    async restore() {
      if (before === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
