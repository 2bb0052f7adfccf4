/** Everything that is kept between two starts: the originals, the documents and the conversations, in the data folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Conversations } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { Documents } from "./documents.ts";
import type { LibraryError } from "./errors.ts";
import { Originals } from "./originals.ts";

/** How long a removal can be undone, in ms; generously longer than the window offers it. */
const undoMs = 60_000;

export type Library = {
  documents: Documents;
  conversations: Conversations;
  /** What a person must know about how it was opened. */
  notice: LibraryError | null;
  close(): void;
};

/** Opens the library in `folder`; `onFailure` hears of work in the background that failed. @throws LibraryError */
export async function openLibrary(folder: string, onFailure: (error: unknown) => void): Promise<Library> {
  const originalsFolder = join(folder, "files");
  const { db, notice, backUpDaily, close } = await openDatabase(folder);
  try {
    await mkdir(originalsFolder, { recursive: true, mode: 0o700 });
    const library = {
      documents: new Documents(db, new Originals(originalsFolder)),
      conversations: new Conversations(db, onFailure),
      notice,
    };
    const purge = (time: number) => {
      library.conversations.purge(time);
      return library.documents.purge(time);
    };
    const failed = (error: unknown) => void (db.open && onFailure(error));
    // What was removed before this start cannot be undone any more.
    void purge(Date.now()).then(backUpDaily).catch(failed);
    const timer = setInterval(() => void purge(Date.now() - undoMs).catch(failed), undoMs).unref();
    return {
      ...library,
      close() {
        clearInterval(timer);
        library.conversations.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
