/** Files that a path of a person's leads to, read whole: whatever else lies there could be without an end, or never begin. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Why a file was not read, as a code like the system's own: `EISDIR`, `ENOTFILE` for pipes, devices and the like, `EFBIG`. */
export class FileRefused extends Error {
  readonly code: "EISDIR" | "ENOTFILE" | "EFBIG";
  constructor(code: FileRefused["code"]) {
    super(`The file was not read: ${code}.`);
    this.code = code;
  }
}

/** Opens for reading without waiting for whoever writes into a pipe. */
export function openAtOnce(path: string): Promise<FileHandle> {
  // Windows has neither.
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** The bytes of an ordinary file, `most` of them at most, also when it grows meanwhile. @throws FileRefused, and the system's own errors */
export async function readWhole(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openAtOnce(path);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new FileRefused(found.isDirectory() ? "EISDIR" : "ENOTFILE");
    if (found.size > most) throw new FileRefused("EFBIG");
    // Files of the system's own, as in /proc, have no size and end all the same.
    let bytes = new Uint8Array(found.size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) return bytes.slice(0, length);
      length += bytesRead;
      if (length > most) throw new FileRefused("EFBIG");
      if (length < bytes.length) continue;
      const wider = new Uint8Array(Math.min(2 * length + 65_536, most + 1));
      wider.set(bytes);
      bytes = wider;
    }
  } finally {
    await file.close();
  }
}
