/** Files that were named when Folio was started, or that the system asks it to open. */
import { basename, resolve } from "node:path";
import type { App } from "./app.ts";
import { maxFileBytes } from "./hosts/router.ts";
import { LibraryError } from "./library/errors.ts";
import { FileRefused, readWhole } from "./system/read.ts";

/** Imports them one after another, as if they had been dropped, and shows the first; what cannot be read is said in the window and on stderr. */
export async function importPaths(app: App, paths: readonly string[]): Promise<void> {
  let shown = false;
  for (const path of paths) {
    try {
      const id = await app.requests.importFile(basename(path), await bytesOf(path), resolve(path));
      if (!shown) app.show(id);
      shown = true;
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      app.programs.notice(error);
    }
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return await readWhole(path, maxFileBytes).catch((error: unknown) => {
    if (error instanceof FileRefused && error.code === "EFBIG")
      throw new LibraryError("too-large", "{path} is larger than 1 GB: split it, and open the parts that matter.", { path });
    throw new LibraryError("not-there", "{path} cannot be opened: check that it is a file and that you may read it.", { path });
  });
}
