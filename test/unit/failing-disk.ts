/**
 * A disk that fails, or loses its power, at the nth call that changes something. It stands in for node:fs/promises; beneath it are real files. What was
 * not synced is lost in the worst ways that file systems allow: a file's bytes and a new name reach the disk in any order, or not at all.
 */
import type * as Promises from "node:fs/promises";
import { dirname } from "node:path";

type Fs = typeof Promises;
type Handle = Promises.FileHandle;

/** What a power cut leaves of bytes that were not synced, and whether names that were not synced are the new ones. */
export type Loss = { bytes: "none" | "half" | "all"; names: "old" | "new" };
export const losses: Loss[] = (["none", "half", "all"] as const).flatMap((bytes) =>
  // Windows writes names down by itself, and lets nobody ask for it.
  (process.platform === "win32" ? (["new"] as const) : (["old", "new"] as const)).map((names): Loss => ({ bytes, names })),
);

export class FailingDisk {
  real!: Fs;
  #calls = 0;
  #failing = { at: Number.POSITIVE_INFINITY, power: false };
  /** Files with bytes that were not synced. */
  readonly #unsynced = new Set<string>();
  /** Renames whose folder was not synced, and what had the name before: its bytes, null when nothing. */
  #renames: { from: string; to: string; before: Buffer | null }[] = [];

  /** From here on the nth change fails: once, with an error of the disk, or with everything after it, as when the power goes. */
  failAt(n: number, power: boolean): void {
    this.#calls = 0;
    this.#failing = { at: n, power };
    this.#unsynced.clear();
    this.#renames = [];
  }

  /** Whether the call that was to fail has come. */
  get failed(): boolean {
    return this.#calls >= this.#failing.at;
  }

  /** The computer starts again: nothing fails any more, and what was not synced is lost. */
  async startAgain({ bytes, names }: Loss): Promise<void> {
    this.#failing.at = Number.POSITIVE_INFINITY;
    for (const file of bytes === "all" ? [] : this.#unsynced) {
      const { size } = await this.real.stat(file);
      await this.real.truncate(file, bytes === "none" ? 0 : Math.floor(size / 2));
    }
    for (const { from, to, before } of names === "new" ? [] : this.#renames.toReversed()) {
      await this.real.rename(to, from);
      if (before !== null) await this.real.writeFile(to, before);
    }
    this.#unsynced.clear();
    this.#renames = [];
  }

  /** The functions that Folio's own files are written with; all others are the real ones. */
  wrap(real: Fs): Fs {
    this.real = real;
    return {
      ...real,
      open: async (...args: Parameters<Fs["open"]>) => this.#handle(await real.open(...args), String(args[0])),
      writeFile: async (file: string, data: string | Buffer, options?: { flush?: boolean; mode?: number }) => {
        await this.#write(file, Buffer.from(data), (bytes) => real.writeFile(file, bytes, { mode: options?.mode ?? 0o666 }));
        if (options?.flush) await this.#change(async () => void this.#unsynced.delete(file));
      },
      rename: (from: string, to: string) =>
        this.#change(async () => {
          const before = await real.readFile(to).catch(() => null);
          await real.rename(from, to);
          this.#renames.push({ from, to, before });
          if (this.#unsynced.delete(from)) this.#unsynced.add(to);
        }),
      rm: (file: string, options: object) =>
        this.#change(async () => {
          this.#unsynced.delete(file);
          await real.rm(file, options);
        }),
    } as unknown as Fs;
  }

  #handle(handle: Handle, path: string): Handle {
    const disk = this;
    return new Proxy(handle, {
      get(target, name) {
        if (name === "writeFile") return (data: Uint8Array) => disk.#write(path, Buffer.from(data), (bytes) => target.writeFile(bytes));
        if (name === "sync") return () => disk.#change(async () => disk.#synced(path));
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  #synced(path: string): void {
    this.#unsynced.delete(path);
    this.#renames = this.#renames.filter(({ to }) => dirname(to) !== path);
  }

  /** A write that fails has written half. */
  #write(path: string, data: Buffer, write: (bytes: Buffer) => Promise<void>): Promise<void> {
    const tracked = async (bytes: Buffer) => {
      this.#unsynced.add(path);
      await write(bytes);
    };
    return this.#change(
      () => tracked(data),
      () => tracked(data.subarray(0, data.length / 2)),
    );
  }

  async #change(work: () => Promise<void>, half: () => Promise<void> = async () => {}): Promise<void> {
    const call = ++this.#calls;
    const { at, power } = this.#failing;
    if (call === at) await half();
    if (call === at || (power && call > at)) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO", syscall: "write" });
    await work();
  }
}

export const disk = new FailingDisk();
