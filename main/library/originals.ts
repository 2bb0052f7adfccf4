/** The added files themselves, each under the SHA-256 of its bytes: whole or not there, and once however often it was added. */
import { createHash } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../system/write.ts";
import { LibraryError } from "./errors.ts";

/** Hashing this much at once keeps the event loop free. */
const sliceBytes = 4 * 2 ** 20;

/** Of bytes in memory, in hex, without holding up the event loop. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    hash.update(bytes.subarray(at, at + sliceBytes));
    await new Promise(setImmediate);
  }
  return hash.digest("hex");
}

export class Originals {
  readonly #folder: string;

  /** `folder` exists. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  path(id: string): string {
    return join(this.#folder, id);
  }

  /** Writes the bytes to the disk before the file gets its name, and the name before it is said to be there. */
  async save(id: string, bytes: Uint8Array): Promise<void> {
    if ((await stat(this.path(id)).catch(() => null))?.size === bytes.length) return;
    const part = `${this.path(id)}.part`;
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, this.path(id));
    await syncFolder(this.#folder);
  }

  /** @throws LibraryError when the file was taken away */
  async read(id: string): Promise<Uint8Array> {
    try {
      const bytes = await readFile(this.path(id));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch {
      throw new LibraryError(
        "not-there",
        "The file itself is not in Folio's data folder any more: its text is still here. Add the file again to see its pages.",
      );
    }
  }

  /** Removes it, and what an interrupted `save` has left of it. */
  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
    await rm(`${this.path(id)}.part`, { force: true });
  }
}
