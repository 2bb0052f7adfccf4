/** The platform's folders for Folio. Caches can be deleted at any time; data is what people made. */
import { homedir } from "node:os";
import { join } from "node:path";

/** Rebuildable files: models, the native build, snapshots. */
export function cacheFolder(): string {
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Caches", "folio");
    case "win32":
      return join(process.env.LOCALAPPDATA || join(homedir(), "AppData", "Local"), "folio", "Cache");
    default:
      return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "folio");
  }
}

/** What people made: settings, library, conversations. */
export function dataFolder(): string {
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Application Support", "folio");
    case "win32":
      return join(process.env.APPDATA || join(homedir(), "AppData", "Roaming"), "folio");
    default:
      return join(process.env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "folio");
  }
}

export function modelsFolder(): string {
  return join(cacheFolder(), "models");
}

export function snapshotsFolder(): string {
  return join(cacheFolder(), "snapshots");
}
