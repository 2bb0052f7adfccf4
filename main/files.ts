/** Files that were named when Folio was started, or that the system asks it to open. */
import { basename, resolve } from "node:path";
import type { App } from "./app.ts";
import { FileRefused, readWhole } from "./read.ts";
import { maxFileBytes } from "./router.ts";

/** Imports them one after another, as if they had been dropped; one that cannot be read is said on stderr. */
export async function importPaths(app: App, paths: string[]): Promise<void> {
  for (const path of paths) {
    try {
      await app.requests.importFile(basename(path), await readWhole(path, maxFileBytes), resolve(path));
    } catch (error) {
      if (error instanceof FileRefused && error.code === "EFBIG")
        console.error(`${path} is larger than 1 GB: split it, and open the parts that matter.`);
      else console.error(`${path} cannot be opened: check that it is a file and that you may read it.`);
    }
  }
}
