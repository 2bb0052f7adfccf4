/** Files and folders that a person drops, picks or pastes: which of them Folio takes. */

import { documentTypes, textTypes } from "../preload/api.ts";
import { t } from "./language.ts";

/** Files that are taken at once; more is rather a disk than a folder of documents. Of a folder with more, one more is told. */
export const mostFiles = 500;

/** A file on its way in, named as the library shall name it: "Lease.pdf", or "Contracts/Lease.pdf" where it came in a folder. */
export type Arrival = { file: File; name: string };

/** Files that came in no folder. */
export const alone = (files: Iterable<File>): Arrival[] => Array.from(files, (file) => ({ file, name: file.name }));

const known = new Set([...documentTypes, ...textTypes]);
/** What the file dialog offers. */
export const accepted = [...known].map((type) => `.${type}`).join();

/** What of a folder is left alone: hidden things, and what programs put there for themselves. */
const passedOver = (path: string) =>
  path.split("/").some((name) => name.startsWith(".") || name === "node_modules" || name === "__pycache__");
const isKnown = (name: string) => known.has(name.slice(name.lastIndexOf(".") + 1).toLowerCase());

/** Of a picked folder, by path. */
export function filesOfFolder(files: Iterable<File>): Arrival[] {
  return Array.from(files, (file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ name }) => isKnown(name) && !passedOver(name))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
    .slice(0, mostFiles + 1);
}

/** Dropped files as they are, and what folders hold that Folio knows. Must be called while the drop is being handled. */
export function droppedFiles(transfer: DataTransfer): Promise<Arrival[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = alone(transfer.files);
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(files);
  return collect(entries.filter((entry) => entry !== null));
}

async function collect(entries: readonly FileSystemEntry[]): Promise<Arrival[]> {
  const files: Arrival[] = [];
  const waiting = entries.map((entry) => ({ entry, inside: "" })).reverse();
  for (let next = waiting.pop(); next && files.length <= mostFiles; next = waiting.pop()) {
    const { entry, inside } = next;
    if (inside !== "" && passedOver(entry.name)) continue;
    if (isFolder(entry)) {
      const children = await childrenOf(entry);
      children.sort((a, b) => b.name.localeCompare(a.name, undefined, { numeric: true }));
      waiting.push(...children.map((child) => ({ entry: child, inside: `${inside}${entry.name}/` })));
    } else if (isFile(entry) && (inside === "" || isKnown(entry.name)))
      files.push({ file: await new Promise<File>((done, fail) => entry.file(done, fail)), name: inside + entry.name });
  }
  return files;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

/** A reader gives a folder's content in portions; the empty one is the last. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (portion.length === 0) return children;
    children.push(...portion);
  }
}

/** Copied files; not the picture that office programs put beside the text of what was copied. */
export function copiedFiles({ files, types }: DataTransfer): File[] {
  return [...files].filter((file) => !(types.includes("text/plain") && file.type.startsWith("image/")));
}

/** Pasted files, or pasted text as a file named by its first words; empty when there is neither. */
export function pastedFiles(clipboard: DataTransfer): Arrival[] {
  const files = copiedFiles(clipboard);
  if (files.length > 0) return alone(files);
  const text = clipboard.getData("text/plain");
  if (text.trim() === "") return [];
  const words = text
    .trim()
    .slice(0, 60)
    .split(/\s+/)
    .slice(0, 6)
    .join(" ")
    .replace(/[/\\.]+/g, " ")
    .trim();
  return alone([new File([text], `${t("Pasted: {words}", { words: words || t("text") })}.txt`, { type: "text/plain" })]);
}
