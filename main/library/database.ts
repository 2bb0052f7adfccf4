/**
 * The library's one SQLite file: owned by one Folio at a time, checked before it is trusted, copied before it is changed. A damaged file is set
 * aside, never deleted, and the newest good copy takes its place.
 */
import { existsSync, statSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { asLibraryError, isDamage, LibraryError } from "./errors.ts";
import { doAlone } from "./helper.ts";
import { applicationId, migrations } from "./schema.ts";

export type LibraryDatabase = {
  db: Database.Database;
  /** What a person must know about how it was opened, e.g. that a copy was restored; one plain sentence or two. */
  notice: LibraryError | null;
  file: string;
  /** Looks at every page of it, in a process of its own. @throws LibraryError when it is damaged; the next start then goes back to a copy */
  check(signal?: AbortSignal): Promise<void>;
  /** Copies it into the backups unless that was done within the hour; resolves when the copy is whole. */
  backUpHourly(signal?: AbortSignal): Promise<void>;
  close(): void;
};

/** Locks of open libraries; one that nothing refers to would be collected, and so given back. */
const held = new Set<Database.Database>();
const backupsKept = 3;
const hourMs = 60 * 60_000;

/** @throws LibraryError when another Folio has it, a newer one made it, or the folder cannot be used */
export async function openDatabase(folder: string, steps = migrations): Promise<LibraryDatabase> {
  const file = join(folder, "library.sqlite");
  const backups = join(folder, "backups");
  try {
    await mkdir(backups, { recursive: true, mode: 0o700 });
    // Whatever made the folder: what lies in it is nobody else's business.
    await chmod(folder, 0o700);
    const lock = await takeLock(join(folder, "library.lock"));
    try {
      let notice: LibraryError | null = null;
      if (isMissing(file)) notice = await bringBack(file, backups, steps.length);
      else if (isDamaged(file, steps.length)) notice = await goBack(file, backups, steps.length);
      const db = await migrated(file, backups, steps);
      held.add(lock);
      const close = () => {
        db.close();
        lock.close();
        held.delete(lock);
      };
      return {
        db,
        file,
        notice,
        close,
        check: (signal) => check(file, signal),
        backUpHourly: (signal) => backUpHourly(file, backups, signal),
      };
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

/** Tells the next start that damage was found where this one did not look. */
const damageMark = (file: string): string => `${file}.damaged`;

/** What cannot be made again from the added files; it is small, so it is checked before anything is opened. */
const tables = ["documents", "conversations", "conversation_documents", "turns", "notes"];

/** Not there, or without a byte, as some disks leave files after a power cut. */
const isMissing = (file: string): boolean => !existsSync(file) || statSync(file).size === 0;

/** Failures that are no damage are thrown. @throws LibraryError `library-newer` */
function isDamaged(file: string, newest: number): boolean {
  if (existsSync(damageMark(file))) return true;
  let db: Database.Database | null = null;
  try {
    db = new Database(file);
    const version = db.pragma("user_version", { simple: true }) as number;
    const owner = db.pragma("application_id", { simple: true }) as number;
    const known = db.prepare("select name from sqlite_schema").pluck().all() as string[];
    if (owner !== applicationId) return known.length > 0 || version !== 0;
    if (version > newest)
      throw new LibraryError(
        "library-newer",
        "This library was made by a newer Folio: start that one, or update this one. Nothing was changed.",
      );
    return tables.some((table) => !known.includes(table) || db!.pragma(`quick_check(${table})`, { simple: true }) !== "ok");
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
  await rm(damageMark(file), { force: true });
  const name = aside.split(/[\\/]/).at(-1)!;
  const time = await takeCopy(file, backups, newest);
  if (time !== null)
    return new LibraryError(
      "library-damaged",
      "The library was damaged, so its copy of {time} UTC was opened: what came after is not in it. The damaged file ({name}) and all files that you added are kept in Folio's data folder.",
      { time, name },
    );
  return new LibraryError(
    "library-damaged",
    "The library was damaged, and there is no copy of it yet, so a new one was begun. The damaged file ({name}) and all files that you added are kept in Folio's data folder: add them again.",
    { name },
  );
}

/** Without any copy it is a new library. */
async function bringBack(file: string, backups: string, newest: number): Promise<LibraryError | null> {
  // A journal without its file belongs to nothing.
  for (const suffix of ["-wal", "-shm"]) if (existsSync(file + suffix)) await rename(file + suffix, `${file}.${stamp()}${suffix}`);
  const time = await takeCopy(file, backups, newest);
  const text = "The library's file was not there, so its copy of {time} UTC was opened: what came after is not in it.";
  return time === null ? null : new LibraryError("library-damaged", text, { time });
}

/** Puts the newest good copy in the library's place; resolves to when it was made, or null when there is none. */
async function takeCopy(file: string, backups: string, newest: number): Promise<string | null> {
  for (const backup of await backupsIn(backups)) {
    const path = join(backups, backup);
    if (isMissing(path) || isDamaged(path, newest)) continue;
    await copyFile(path, file);
    const [day, clock = ""] = backup.slice("library-".length, -".sqlite".length).split("T");
    return `${day} ${clock.replaceAll("-", ":")}`;
  }
  return null;
}

async function migrated(file: string, backups: string, steps: readonly string[]): Promise<Database.Database> {
  const db = new Database(file);
  try {
    db.pragma("journal_mode = wal");
    // A commit survives the end of any process at once, and a power cut from the next checkpoint on, which the helper makes every second.
    db.pragma("synchronous = normal");
    db.pragma("wal_autocheckpoint = 0");
    db.pragma("foreign_keys = on");
    const version = db.pragma("user_version", { simple: true }) as number;
    if (version > 0 && version < steps.length) await backUp(file, backups);
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

async function backUpHourly(file: string, backups: string, signal?: AbortSignal): Promise<void> {
  const [newest] = await backupsIn(backups);
  if (newest === undefined || newest < `library-${stamp(Date.now() - hourMs)}`) await backUp(file, backups, signal);
}

async function check(file: string, signal?: AbortSignal): Promise<void> {
  const good = await doAlone(file, { op: "check" }, signal).catch((error: { code?: unknown }) => {
    if (isDamage(error.code)) return false;
    throw error;
  });
  if (good) return;
  await writeFile(damageMark(file), "");
  throw asLibraryError({ code: "SQLITE_CORRUPT" });
}

/** Half a copy never bears a backup's name. */
async function backUp(file: string, backups: string, signal?: AbortSignal): Promise<void> {
  const path = join(backups, `library-${stamp()}.sqlite`);
  const part = `${path}.part`;
  // What an earlier copy left that was not finished only takes room.
  for (const name of await readdir(backups)) if (/\.part(-journal)?$/.test(name)) await rm(join(backups, name), { force: true });
  try {
    await doAlone(file, { op: "copy", to: part }, signal);
    await rename(part, path);
  } catch (error) {
    for (const left of [part, `${part}-journal`]) await rm(left, { force: true });
    throw error;
  }
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
