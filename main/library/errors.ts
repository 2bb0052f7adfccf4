/** Expected failures of the library: a stable code and one plain sentence that says what to do. */
import type { Text } from "../../preload/sentences.ts";
import { PlainError } from "../plain-error.ts";

export type LibraryErrorCode =
  | "library-in-use"
  | "library-newer"
  | "library-unreadable"
  | "library-damaged"
  | "disk-full"
  | "file-damaged"
  | "not-there"
  | "too-large";

export class LibraryError<T extends Text = Text> extends PlainError<LibraryErrorCode, T> {
  override readonly name = "LibraryError";
}

/** What SQLite's or the disk's failure means to a person; anything else comes back as it is. */
export function asLibraryError(error: unknown): unknown {
  if (typeof error !== "object" || error === null || !("code" in error) || typeof error.code !== "string") return error;
  const { code } = error;
  if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT")
    return new LibraryError(
      "disk-full",
      "The disk is full, so this could not be saved. What was saved before is safe: free some space, and try again.",
    );
  if (isDamage(code))
    return new LibraryError(
      "library-damaged",
      "The library's file is damaged. Close Folio and start it again: it then goes back to its last good copy.",
    );
  const unusable = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "EACCES", "EPERM", "EROFS", "EIO", "ENOTDIR", "EEXIST"];
  if (code.startsWith("SQLITE_IOERR") || unusable.includes(code))
    return new LibraryError(
      "library-unreadable",
      "The library's folder cannot be read or written. Check that it is there and that you may write to it.",
    );
  return error;
}

/** Tells damage, which does not go away, from failures that may: a missing right, a full disk. */
export const isDamage = (code: unknown): boolean =>
  typeof code === "string" && (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB");
