/** The files that documents were added from: whether they are still there, and still the same. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { SourceState } from "../preload/api.ts";

type Added = { id: string; source: string | null; fileBytes: number; addedAt: number };

/** Files that were written to and read since, as they were then: people look again and again, and a file may be large. */
const read = new Map<string, { mtimeMs: number; hash: Promise<string> }>();

/** @param added the document as it was added; its id is the SHA-256 of its bytes. Never rejects */
export async function sourceState({ id, source, fileBytes, addedAt }: Added): Promise<SourceState> {
  if (source === null) return "unknown";
  try {
    const found = await stat(source);
    // A pipe or a device that came in its place would not end.
    if (!found.isFile() || found.size !== fileBytes) return "changed";
    // Only a file that was written to since then is worth reading.
    const { mtimeMs } = found;
    if (mtimeMs < addedAt) return "same";
    const known = read.get(source);
    const hash = known?.mtimeMs === mtimeMs ? known.hash : sha256OfFile(source, fileBytes);
    read.set(source, { mtimeMs, hash });
    hash.catch(() => read.delete(source));
    return (await hash) === id ? "same" : "changed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "unknown";
  }
}

/** Of no more than one byte after those that were there: it may grow meanwhile. */
async function sha256OfFile(path: string, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { end: bytes })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
