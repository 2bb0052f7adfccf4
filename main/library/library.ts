/** Everything that is kept between two starts: the originals, the documents and the conversations, in the data folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { SearchResult } from "../../preload/api.ts";
import type { Recognised } from "../documents/recognised.ts";
import { Conversations } from "./conversations.ts";
import { openDatabase } from "./database.ts";
import { Documents } from "./documents.ts";
import { asLibraryError, type LibraryError } from "./errors.ts";
import { Helper } from "./helper.ts";
import type { Insertion } from "./insertion.ts";
import { Originals } from "./originals.ts";

/** How long a removal can be undone, in ms; generously longer than the window offers it. */
const undoMs = 60_000;

/** How often it is looked whether a copy is due, in ms. */
const backUpMs = 10 * 60_000;

/** How long the library is left alone after a start, in ms: the window opens meanwhile. */
const startMs = 5_000;

/** How much a power cut may take at most, in ms. */
const checkpointMs = 1000;

export type Library = {
  documents: Documents;
  conversations: Conversations;
  search(words: string): Promise<SearchResult>;
  /** Gives a page without text what was recognised in its picture; passages that answers rest on move along with the text. @throws LibraryError */
  addRecognised(documentId: string, page: number, recognised: Recognised): Insertion;
  /** What a person must know about how it was opened. */
  notice: LibraryError | null;
  close(): Promise<void>;
};

/**
 * Opens the library in `folder`; `onFailure` hears of work in the background that failed, `onErased` of each document that is gone for good.
 * @throws LibraryError
 */
export async function openLibrary(
  folder: string,
  onFailure: (error: unknown) => void,
  onErased: (documentId: string) => Promise<void> = async () => {},
): Promise<Library> {
  const originalsFolder = join(folder, "files");
  const { db, file, notice, check, backUpHourly, close } = await openDatabase(folder);
  const searcher = new Helper(file, { givesWay: false });
  // Its work waits for the disk, and a search must not wait with it.
  const saver = new Helper(file, { givesWay: true });
  try {
    await mkdir(originalsFolder, { recursive: true, mode: 0o700 });
    const library = {
      documents: new Documents(db, new Originals(originalsFolder)),
      conversations: new Conversations(db, onFailure),
      addRecognised: db.transaction((documentId: string, page: number, recognised: Recognised) => {
        const insertion = library.documents.addRecognised(documentId, page, recognised);
        library.conversations.movePlaces(documentId, insertion);
        return insertion;
      }),
      search: async (words: string) => (await searcher.do({ op: "search", words })) as SearchResult,
      notice,
    };
    const purge = async (time: number) => {
      library.conversations.purge(time);
      await library.documents.purge(time, onErased);
    };
    const ending = new AbortController();
    const failed = (error: unknown) => void (ending.signal.aborted || onFailure(error));
    // A copy of nothing would only stand in the way of one that is worth going back to.
    const backUp = async () => {
      if (library.documents.list().length + library.conversations.list().length > 0) await backUpHourly(ending.signal);
    };
    // What was removed before this start cannot be undone any more.
    let background: Promise<void> = purge(Date.now())
      .then(() => setTimeout(startMs, undefined, { ref: false, signal: ending.signal }))
      .then(() => check(ending.signal))
      .then(backUp)
      .catch(failed);
    let saved = 0;
    const save = async () => {
      const changes = db.prepare("select total_changes()").pluck().get() as number;
      if (changes === saved) return;
      saved = changes;
      if (!(await saver.do({ op: "checkpoint" }))) saved = -1;
    };
    const timers = [
      setInterval(() => {
        background = background.then(backUp).catch(failed);
      }, backUpMs).unref(),
      setInterval(() => void purge(Date.now() - undoMs).catch(failed), undoMs).unref(),
      setInterval(() => void save().catch(failed), checkpointMs).unref(),
    ];
    return {
      ...library,
      async close() {
        for (const timer of timers) clearInterval(timer);
        ending.abort();
        await background;
        library.conversations.close();
        await Promise.all([searcher.close(), saver.close()]);
        close();
      },
    };
  } catch (error) {
    close();
    throw asLibraryError(error);
  }
}
