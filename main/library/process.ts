/**
 * A helper of the library, a process with a connection of its own, for what would hold up main: searches, checks and copies of everything, and
 * bringing to the disk what was written, so that a commit need not wait for the disk. It can be ended at any time.
 */
import Database from "better-sqlite3";
import { childPort } from "../system/child.ts";
import { search } from "./search.ts";

export type Task =
  | { op: "search"; words: string }
  /** Writes what is committed to the disk, without keeping anyone from committing. False when some was left, because the file was being read. */
  | { op: "checkpoint" }
  /** Whether every page of the file is what it should be; takes seconds for a large library. */
  | { op: "check" }
  /** Copies the library as it is now into a file that is not there yet. */
  | { op: "copy"; to: string };
export type ToHelper = { id: number; file: string; task: Task };
export type FromHelper = { id: number } & ({ result: unknown } | { error: { code: string; message: string } });

let db: Database.Database | null = null;

function open(file: string): Database.Database {
  const opened = new Database(file, { fileMustExist: true, timeout: 1000 });
  // So a checkpoint is on the disk when it is done.
  opened.pragma("synchronous = full");
  return opened;
}

function run(library: Database.Database, task: Task): unknown {
  switch (task.op) {
    case "search":
      return search(library, task.words);
    case "checkpoint": {
      const [{ log, checkpointed }] = library.pragma("wal_checkpoint(passive)") as [{ log: number; checkpointed: number }];
      return log === checkpointed;
    }
    // These two are done in a process of their own (`doAlone`).
    case "check":
      return library.pragma("quick_check(1)", { simple: true }) === "ok";
    case "copy":
      library.prepare("vacuum into ?").run(task.to);
      return null;
    default:
      return task satisfies never;
  }
}

const port = childPort();
port.onMessage((message) => {
  const { id, file, task } = message as ToHelper;
  const answer = (said: FromHelper) => port.send(said);
  try {
    db ??= open(file);
    answer({ id, result: run(db, task) });
  } catch (error) {
    const { code = "", message: text } = error as { code?: string; message: string };
    answer({ id, error: { code, message: text } });
  }
});
