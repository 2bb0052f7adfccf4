/** Folders of a test's own for data and caches, so that it neither reads nor changes a person's. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../preload/api.ts";

/** What a process of this system has to be told so that programs' data and caches lie in `folder`; `main/system/folders.ts` knows where in it. */
export function ownFolders(folder: string): Record<string, string> {
  switch (process.platform) {
    case "darwin":
      return { HOME: folder };
    case "win32":
      return { APPDATA: join(folder, "data"), LOCALAPPDATA: join(folder, "cache") };
    default:
      return { XDG_DATA_HOME: join(folder, "data"), XDG_CACHE_HOME: join(folder, "cache") };
  }
}

/** `folder` stands for where the system keeps the data of programs, so Folio's is in `folio` in it; `restore` removes it and goes back to the one before. */
export type DataFolder = { folder: string; restore: () => Promise<void> };

/** Takes effect for what this process starts from now on. `settings` are those that a person has chosen before. Caches stay where they are, but on a Mac. */
export async function ownDataFolder(settings?: Partial<Settings>): Promise<DataFolder> {
  const own = await mkdtemp(join(tmpdir(), "folio-data-"));
  const mac = process.platform === "darwin";
  const folder = mac ? join(own, "Library", "Application Support") : own;
  await mkdir(settings ? join(folder, "folio") : folder, { recursive: true });
  if (settings) await writeFile(join(folder, "folio", "settings.json"), JSON.stringify(settings));
  const name = mac ? "HOME" : process.platform === "win32" ? "APPDATA" : "XDG_DATA_HOME";
  const before = process.env[name];
  process.env[name] = own;
  return {
    folder,
    async restore() {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
      // A process that was ended may still be writing.
      await rm(own, { recursive: true, force: true, maxRetries: 50 });
    },
  };
}
