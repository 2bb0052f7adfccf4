/** Zip archives, as most document formats are: bounded before a byte is unpacked, checked while it is. Nothing is written anywhere. */
import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise } from "yauzl";
import { DocumentError } from "./errors.ts";

/** What every file of the archive may hold, and all that are read together, in bytes. */
const maxEntryBytes = 128 * 2 ** 20;
const maxTotalBytes = 512 * 2 ** 20;
const maxEntries = 10_000;
/** Only what hides something packs better than this. Small files may: a blank picture does. */
const maxRatio = 200;
const mayPackBetter = 8 * 2 ** 20;

/** Paths are as in the archive, with "/" and never above it. */
export type Archive = {
  paths: readonly string[];
  has(path: string): boolean;
  /** Null when there is none. Errors: damaged, encrypted, too large. */
  read(path: string): Promise<Uint8Array | null>;
};

/** Lists what is in the archive without unpacking it. `name` is the document's. Errors: damaged, too large. */
export async function openArchive(name: string, bytes: Uint8Array): Promise<Archive> {
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), { lazyEntries: true });
  if (zip.entryCount > maxEntries) throw new DocumentError("document-too-large", name);
  const entries = new Map<string, Entry>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    total += entry.uncompressedSize;
    const packed = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (total > maxTotalBytes || (entry.uncompressedSize > mayPackBetter && packed > maxRatio)) {
      throw new DocumentError("document-too-large", name);
    }
    entries.set(entry.fileName, entry);
  }
  let unpacked = 0;
  return {
    paths: [...entries.keys()],
    has: (path) => entries.has(path),
    async read(path) {
      const entry = entries.get(path);
      if (!entry) return null;
      if (entry.isEncrypted()) throw new DocumentError("document-encrypted", name);
      unpacked += entry.uncompressedSize;
      if (entry.uncompressedSize > maxEntryBytes || unpacked > maxTotalBytes) throw new DocumentError("document-too-large", name);
      const chunks: Buffer[] = [];
      // Ends with an error as soon as more comes out than was declared.
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      const whole = Buffer.concat(chunks);
      if (crc32(whole) !== entry.crc32) throw new DocumentError("document-damaged", name);
      return whole;
    },
  };
}
