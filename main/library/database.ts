/**
 * The library's one SQLite file: owned by one Folio at a time, checked before it is trusted, copied before it is changed. A damaged file is set
 * aside, never deleted, and the newest good copy takes its place.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { asLibraryError, isDamage, LibraryError } from "./errors.ts";
import { applicationId, migrations } from "./schema.ts";

export type LibraryDatabase = {
  db: Database.Database;
  /** What a person must know about how it was opened, e.g. that a copy was restored; one plain sentence or two. */
  notice: LibraryError | null;
  /** Copies it into the backups unless that was done within a day; resolves when the copy is whole. */
  backUpDaily(): Promise<void>;
  close(): void;
};

const backupsKept = 3;
const dayMs = 24 * 60 * 60_000;

/** @throws LibraryError when another Folio has it, a newer one made it, or the folder cannot be used */
export async function openDatabase(folder: string, steps = migrations): Promise<LibraryDatabase> {
  const file = join(folder, "library.sqlite");
  const backups = join(folder, "backups");
  try {
    await mkdir(backups, { recursive: true, mode: 0o700 });
    const lock = await takeLock(join(folder, "library.lock"));
    try {
      let notice: LibraryError | null = null;
      if (isDamaged(file, steps.length)) notice = await goBack(file, backups, steps.length);
      const db = await migrated(file, backups, steps);
      const close = () => {
        db.close();
        lock.close();
      };
      return { db, notice, close, backUpDaily: () => backUpDaily(db, backups) };
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    throw asLibraryError(error);
  }
}

/**
 * The lock is an empty database in an exclusive transaction: the system gives it back when its owner dies, however that happens.
 * @throws LibraryError `library-in-use`
 */
async function takeLock(file: string): Promise<Database.Database> {
  for (let attempt = 1; ; attempt++) {
    const lock = new Database(file, { timeout: 0 });
    try {
      lock.exec("begin exclusive");
      return lock;
    } catch (error) {
      lock.close();
      const code = (error as { code?: unknown }).code;
      if (code === "SQLITE_BUSY")
        throw new LibraryError("library-in-use", "Folio is open already with this library: go on in that window, or close it first.");
      // Nothing is ever written into it, so what is in there is not ours.
      if (!isDamage(code) || attempt > 1) throw error;
      await rm(file);
    }
  }
}

/** A missing file is a new library. Failures that are no damage are thrown. @throws LibraryError `library-newer` */
function isDamaged(file: string, newest: number): boolean {
  if (!existsSync(file)) return false;
  let db: Database.Database | null = null;
  try {
    db = new Database(file);
    const version = db.pragma("user_version", { simple: true }) as number;
    const owner = db.pragma("application_id", { simple: true }) as number;
    const tables = db.prepare("select count(*) from sqlite_schema").pluck().get() as number;
    if (owner !== applicationId) return tables > 0 || version !== 0;
    if (version > newest)
      throw new LibraryError(
        "library-newer",
        "This library was made by a newer Folio: start that one, or update this one. Nothing was changed.",
      );
    return db.pragma("quick_check(1)", { simple: true }) !== "ok";
  } catch (error) {
    if (isDamage((error as { code?: unknown }).code)) return true;
    throw error;
  } finally {
    db?.close();
  }
}

/** Sets the damaged file aside and puts the newest good copy in its place. */
async function goBack(file: string, backups: string, newest: number): Promise<LibraryError> {
  const aside = file.replace(/\.sqlite$/, `.damaged-${stamp()}.sqlite`);
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) await rename(file + suffix, aside + suffix);
  }
  const name = aside.split(/[\\/]/).at(-1)!;
  for (const backup of await backupsIn(backups)) {
    const path = join(backups, backup);
    if (isDamaged(path, newest)) continue;
    await copyFile(path, file);
    const [day, clock = ""] = backup.slice("library-".length, -".sqlite".length).split("T");
    return new LibraryError(
      "library-damaged",
      `The library was damaged, so its copy of ${day} ${clock.replaceAll("-", ":")} UTC was opened: what came after is not in it. The damaged file (${name}) and all files that you added are kept in Folio's data folder.`,
    );
  }
  return new LibraryError(
    "library-damaged",
    `The library was damaged, and there is no copy of it yet, so a new one was begun. The damaged file (${name}) and all files that you added are kept in Folio's data folder: add them again.`,
  );
}

async function migrated(file: string, backups: string, steps: readonly string[]): Promise<Database.Database> {
  const db = new Database(file);
  try {
    db.pragma("journal_mode = wal");
    // Every commit reaches the disk: what was acknowledged survives a power cut.
    db.pragma("synchronous = full");
    db.pragma("foreign_keys = on");
    const version = db.pragma("user_version", { simple: true }) as number;
    if (version > 0 && version < steps.length) await backUp(db, backups);
    db.transaction(() => {
      for (const [index, step] of steps.entries()) if (index >= version) db.exec(step);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${steps.length}`);
    })();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

async function backUpDaily(db: Database.Database, backups: string): Promise<void> {
  const [newest] = await backupsIn(backups);
  if (newest === undefined || newest < `library-${stamp(Date.now() - dayMs)}`) await backUp(db, backups);
}

/** Copied in small steps between which the event loop runs; half a copy never bears a backup's name. */
async function backUp(db: Database.Database, backups: string): Promise<void> {
  const path = join(backups, `library-${stamp()}.sqlite`);
  await db.backup(`${path}.part`, { progress: () => 100 });
  await rename(`${path}.part`, path);
  for (const old of (await backupsIn(backups)).slice(backupsKept)) await rm(join(backups, old));
}

/** Newest first. */
async function backupsIn(folder: string): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => /^library-.*\.sqlite$/.test(name))
    .sort()
    .reverse();
}

/** 2026-11-22T20-33-36: sorts by time and is a file's name everywhere. */
const stamp = (time = Date.now()): string => new Date(time).toISOString().slice(0, 19).replaceAll(":", "-");
