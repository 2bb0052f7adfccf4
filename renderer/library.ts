/** What a person does with the library's documents and folders: adding, naming, moving and removing them. */

import type { DocumentInfo } from "../preload/api.ts";
import { sentence } from "../preload/sentences.ts";
import { hasPages, lookAt, newConversation, request, tell } from "./actions.ts";
import { type Arrival, mostFiles } from "./arrivals.ts";
import { list } from "./format.ts";
import { t } from "./language.ts";
import { isInside } from "./shelf.ts";
import { useFolio } from "./store.ts";

const { getState: state, setState: set } = useFolio;

/** Files that main may be opening at the same time: it holds all their bytes. */
const openedAtOnce = 4;

/** Resolves once main has room for another file. */
function roomForFile(): Promise<void> {
  const hasRoom = () => state().documents.filter((known) => known.phase === "parsing").length < openedAtOnce;
  return new Promise((resolve) => {
    if (hasRoom()) return resolve();
    const stop = useFolio.subscribe(() => {
      if (!hasRoom()) return;
      stop();
      resolve();
    });
  });
}

/** Imports files one after another; the first one is shown when it is ready. */
export async function importFiles(arriving: readonly Arrival[] | Promise<readonly Arrival[]>): Promise<void> {
  const files = await request(() => Promise.resolve(arriving));
  if (files?.length === 0)
    set({ problem: { code: "nothing-to-add", ...sentence("There is nothing in it that Folio can read: add documents or text.") } });
  const there: string[] = [];
  if (files && files.length > mostFiles) {
    const said = sentence(
      "There are more than {most} files: the first ones, by name, are added. Add the others in smaller portions, one folder after another.",
      { most: mostFiles },
    );
    set({ problem: { code: "too-many-files", ...said } });
  }
  for (const [index, { file, name }] of files?.slice(0, mostFiles).entries() ?? []) {
    await roomForFile();
    const before = state().documents;
    const id = await request(async (api) => api.importFile(name, new Uint8Array(await file.arrayBuffer()), api.pathOf?.(file)));
    if (id === null) continue;
    const old = before.find((known) => known.id === id && hasPages(known));
    if (old) there.push(old.name);
    if (index === 0) lookAt(id);
  }
  if (there.length > 0) tell(t("In the library already: {names}.", { names: list(there) }));
}

export const renameDocument = (id: string, name: string) => request((api) => api.renameDocument(id, name));
export const moveDocument = (id: string, folder: string) => request((api) => api.moveDocument(id, folder));
export const showInFolder = (id: string) => request((api) => api.showInFolder(id));

/** Takes a document out of the library, or stops its import; for some seconds that can be undone. */
export async function removeDocument(documentId: string): Promise<void> {
  const known = state().documents.find((candidate) => candidate.id === documentId);
  if ((await request((api) => api.removeDocument(documentId))) === null || !hasPages(known)) return;
  tell(t("Removed {name}.", { name: known.name }), () => request((api) => api.restoreDocument(documentId)));
}

/** Takes the documents of a folder, and of those in it, out of the library, with one way back for all of them. */
export async function removeFolder(folder: string): Promise<void> {
  const gone: string[] = [];
  for (const known of inFolder(folder))
    if ((await request((api) => api.removeDocument(known.id))) !== null && hasPages(known)) gone.push(known.id);
  if (gone.length === 0) return;
  tell(t("Removed {count} documents.", { count: gone.length }), () =>
    Promise.all(gone.map((id) => request((api) => api.restoreDocument(id)))),
  );
}

/** Gives a folder another name; where that is another folder's, its documents join those. What lies in it goes along. */
export async function renameFolder(folder: string, name: string): Promise<void> {
  for (const known of inFolder(folder).filter(hasPages))
    if ((await request((api) => api.moveDocument(known.id, name + known.folder.slice(folder.length)))) === null) return;
}

const inFolder = (folder: string): DocumentInfo[] => state().documents.filter((known) => isInside(known.folder, folder));

/** Asks about everything in a folder. */
export const askAboutFolder = (folder: string) =>
  newConversation(
    inFolder(folder)
      .filter((known) => known.phase === "ready")
      .map(({ id }) => id),
  );

export const showList = (list: "documents" | "conversations"): void => set({ list });
export const toggleFolder = (folder: string): void => {
  const { closedFolders } = state();
  set({ closedFolders: closedFolders.includes(folder) ? closedFolders.filter((known) => known !== folder) : [...closedFolders, folder] });
};
