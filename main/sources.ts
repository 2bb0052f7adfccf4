/** The files that documents were added from: whether they are still there, and still the same. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { SourceState } from "../preload/api.ts";

/** @param added the document as it was added; its id is the SHA-256 of its bytes. Never rejects */
export async function sourceState(added: { id: string; source: string | null; fileBytes: number; addedAt: number }): Promise<SourceState> {
  const { id, source, fileBytes, addedAt } = added;
  if (source === null) return "unknown";
  try {
    const { size, mtimeMs } = await stat(source);
    if (size !== fileBytes) return "changed";
    // Only a file that was written to since then is worth reading.
    return mtimeMs < addedAt || (await sha256OfFile(source)) === id ? "same" : "changed";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "unknown";
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
