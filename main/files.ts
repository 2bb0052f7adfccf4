/** Files that were named when Folio was started, or that the system asks it to open. */
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { App } from "./app.ts";
import { maxFileBytes } from "./router.ts";

/** Imports them one after another, as if they had been dropped; one that cannot be read is said on stderr. */
export async function importPaths(app: App, paths: string[]): Promise<void> {
  for (const path of paths) {
    try {
      const { size } = await stat(path);
      if (size > maxFileBytes) console.error(`${path} is larger than 1 GB: split it, and open the parts that matter.`);
      else await app.requests.importFile(basename(path), await readFile(path), resolve(path));
    } catch {
      console.error(`${path} cannot be opened: check that it is there and that you may read it.`);
    }
  }
}
