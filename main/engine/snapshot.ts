/**
 * Snapshots: parts of a reading cache saved on disk, so that a document is read once. A part holds the rows of the positions
 * [from, to) and is named after everything before `to`: model, build, KV type and tokens. A conversation is a chain of parts;
 * conversations over the same document share its first ones. Nothing of a file reaches the cache unless its size and header fit,
 * and what reached it is wiped out again unless the checksum fits too.
 */
import { createHash, type Hash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { KvType, SnapshotSizes } from "../../preload/api.ts";
import type { NativeContext } from "./addon.ts";

const magic = Buffer.from("FOLIOKV1");
const digestBytes = 32;
const extension = ".kv";
const documentFolder = /^[0-9a-f]{64}$/;

/** What a snapshot is only valid for. */
export type SnapshotIdentity = {
  modelSha256: string;
  patchVersion: number;
  kvType: KvType;
  layers: number;
  /** Some models turn their keys by other factors in a longer window. */
  contextLength: number;
  /** A graphics card rounds otherwise. */
  gpuLayers: number;
};

/** What a reading cache does with its parts. */
export type SnapshotParts = {
  /**
   * Continues a cache that holds `tokens[0, from)` with saved parts that end at one of `stops`, as far as there are any.
   * A damaged part is removed and counts as missing. Resolves to the positions that the cache was brought to, ascending; the last one is
   * its length now.
   */
  restore(
    context: NativeContext,
    identity: SnapshotIdentity,
    tokens: readonly number[],
    stops: readonly number[],
    from: number,
  ): Promise<number[]>;
  /**
   * Saves the rows [from, to) of a cache that holds at least `tokens[0, to)`. Does nothing when they are saved already, or when the
   * disk has no room for them or fails in another way: a snapshot only saves time. Resolves to whether they are on disk now.
   */
  save(context: NativeContext, identity: SnapshotIdentity, tokens: readonly number[], from: number, to: number): Promise<boolean>;
};

export class SnapshotStore {
  readonly #folder: string;
  #capBytes: number;

  /** @param capBytes parts that were not used for longest are removed beyond this size */
  constructor(folder: string, capBytes: number) {
    this.#folder = folder;
    this.#capBytes = capBytes;
  }

  /** The parts of conversations that begin with a document: they lie in a folder of their own, so that they can be counted and cleared. */
  of(documentId: string): SnapshotParts {
    return {
      restore: (...args) => this.#restore(this.#folderOf(documentId), ...args),
      save: (...args) => this.#save(this.#folderOf(documentId), ...args),
    };
  }

  /** Changes how many bytes all parts may take, and removes what is beyond. */
  async setCap(capBytes: number): Promise<void> {
    this.#capBytes = capBytes;
    await this.#makeRoom(capBytes);
  }

  /** Bytes on disk: all together, and for each document that has a folder. */
  async sizes(): Promise<SnapshotSizes> {
    const bytes = new Map<string, number>();
    const parts = await this.#parts();
    for (const part of parts) {
      const id = basename(dirname(part.file));
      if (documentFolder.test(id)) bytes.set(id, (bytes.get(id) ?? 0) + part.bytes);
    }
    const documents = [...bytes].map(([documentId, size]) => ({ documentId, bytes: size }));
    return { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), documents };
  }

  async #restore(
    folder: string,
    context: NativeContext,
    identity: SnapshotIdentity,
    tokens: readonly number[],
    stops: readonly number[],
    from: number,
  ): Promise<number[]> {
    const names = prefixNames(identity, tokens, stops);
    const reached: number[] = [];
    let position = from;
    for (let more = true; more; ) {
      more = false;
      for (const stop of stops.toReversed()) {
        if (stop <= position) break;
        const file = partFile(folder, names.get(stop)!, position);
        const found = await restorePart(context, file, identity, position, stop);
        if (found === "missing") continue;
        if (found === "damaged") {
          await rm(file, { force: true }).catch(() => {});
          continue;
        }
        position = stop;
        reached.push(stop);
        more = true;
        break;
      }
    }
    return reached;
  }

  async #save(
    folder: string,
    context: NativeContext,
    identity: SnapshotIdentity,
    tokens: readonly number[],
    from: number,
    to: number,
  ): Promise<boolean> {
    const file = partFile(folder, prefixNames(identity, tokens, [to]).get(to)!, from);
    if (await exists(file)) return true;
    const bytes = context.getKvRowBytes().reduce((sum, row) => sum + row * (to - from), 0);
    const part = `${file}.part`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const free = await statfs(this.#folder).then((found) => found.bavail * found.bsize);
      if (bytes > this.#capBytes || bytes > free / 2) return false;
      await this.#makeRoom(this.#capBytes - bytes);
      await savePart(context, part, identity, from, to);
      await rename(part, file);
      return true;
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      if (!isFromDisk(error)) throw error;
      return false;
    }
  }

  /** Removes every part, or those of one document. */
  async clear(documentId: string | null): Promise<void> {
    await rm(documentId === null ? this.#folder : this.#folderOf(documentId), { recursive: true, force: true });
  }

  /** Documents of the library have a hash for a name; others are not sorted. */
  #folderOf(documentId: string): string {
    return documentFolder.test(documentId) ? join(this.#folder, documentId) : this.#folder;
  }

  async #parts(): Promise<{ file: string; bytes: number; used: number }[]> {
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const parts = names.filter(isPart).map(async (name) => {
      const file = join(this.#folder, name);
      const found = await stat(file).catch(() => null);
      return found && { file, bytes: found.size, used: found.mtimeMs };
    });
    return (await Promise.all(parts)).filter((part) => part !== null);
  }

  /** Removes parts, least recently used first, until the others take at most `bytes`. */
  async #makeRoom(bytes: number): Promise<void> {
    const parts = (await this.#parts()).sort((a, b) => a.used - b.used);
    let size = parts.reduce((sum, part) => sum + part.bytes, 0);
    for (const part of parts) {
      if (size <= bytes) return;
      await rm(part.file, { force: true });
      size -= part.bytes;
    }
  }
}

const partFile = (folder: string, name: string, from: number): string => join(folder, `${name}-${from}${extension}`);

/** Parts that were interrupted count too: they take room until they are removed. */
const isPart = (name: string): boolean => name.endsWith(extension) || name.endsWith(`${extension}.part`);

/** A name for each prefix of the tokens that ends at a stop: a hash of everything that decides the rows. */
function prefixNames(
  { modelSha256, patchVersion, kvType, contextLength, gpuLayers }: SnapshotIdentity,
  tokens: readonly number[],
  stops: readonly number[],
): Map<number, string> {
  const hash = createHash("sha256").update(`${modelSha256} ${patchVersion} ${kvType} ${contextLength} ${gpuLayers}\n`);
  const names = new Map<number, string>();
  let position = 0;
  for (const stop of [...new Set(stops)].sort((a, b) => a - b)) {
    hash.update(Uint32Array.from(tokens.slice(position, stop)));
    position = stop;
    names.set(stop, hash.copy().digest("hex").slice(0, 40));
  }
  return names;
}

/** magic | header length (u32) | header (JSON) | rows of layer 0, 1, ... | SHA-256 of all before */
async function savePart(context: NativeContext, file: string, identity: SnapshotIdentity, from: number, to: number): Promise<void> {
  const hash = createHash("sha256");
  const handle = await open(file, "w", 0o600);
  const write = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await handle.writeFile(bytes);
  };
  try {
    await write(header(identity, from, to));
    for (let layer = 0; layer < identity.layers; layer++) await write(context.getKvRows(layer, from, to));
    await handle.writeFile(hash.digest());
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function header(identity: SnapshotIdentity, from: number, to: number): Buffer {
  const json = Buffer.from(JSON.stringify({ ...identity, from, to }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([magic, length, json]);
}

async function restorePart(
  context: NativeContext,
  file: string,
  identity: SnapshotIdentity,
  from: number,
  to: number,
): Promise<"restored" | "missing" | "damaged"> {
  const layerBytes = context.getKvRowBytes().map((bytes) => bytes * (to - from));
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return "missing";
  /** Rows behind a cache's end weigh nothing, but zero times what is no number is no number: it would spoil what is read beside them. */
  const damaged = () => {
    for (const [layer, bytes] of layerBytes.entries()) context.setKvRows(layer, from, to, new Uint8Array(bytes));
    return "damaged" as const;
  };
  try {
    const expected = header(identity, from, to);
    const size = expected.length + layerBytes.reduce((a, b) => a + b, 0) + digestBytes;
    if ((await handle.stat()).size !== size) return "damaged";

    const hash = createHash("sha256");
    const found = await readExactly(handle, expected.length, hash);
    if (!found.equals(expected)) return "damaged";
    for (const [layer, bytes] of layerBytes.entries()) context.setKvRows(layer, from, to, await readExactly(handle, bytes, hash));
    const digest = await readExactly(handle, digestBytes);
    if (!digest.equals(hash.digest())) return damaged();
    // Only now do the rows count as part of the cache.
    context.setKvLength(to);
    const now = new Date();
    await utimes(file, now, now).catch(() => {});
    return "restored";
  } catch (error) {
    if (!isFromDisk(error)) throw error;
    return damaged();
  } finally {
    await handle.close();
  }
}

async function readExactly(handle: Awaited<ReturnType<typeof open>>, length: number, hash?: Hash): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(bytes, 0, length);
  hash?.update(bytes);
  return bytesRead === length ? bytes : Buffer.alloc(0);
}

/** A full, missing, forbidden or failing disk. */
const isFromDisk = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === "string";

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
