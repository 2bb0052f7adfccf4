/** Small files that are never half there, and that come back when the disk has damaged them. */
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { asLibraryError, LibraryError } from "../library/errors.ts";

/** Writes a file, the old one or the new one, never half of it. Only the person may read it. @throws LibraryError */
export async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(part, text, { mode: 0o600, flush: true });
    await rename(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw asLibraryError(error);
  }
}

/** Writes a file and a copy of it, from which `readTwice` takes what was lost. */
export async function writeTwice(file: string, text: string): Promise<void> {
  await writeWhole(file, text);
  // What was asked for is done; without room the copy is the one from before.
  await writeWhole(copyOf(file), text).catch(() => {});
}

/** What was read, null when there is nothing, and what a person must know of it. */
export type Read<Value> = { value: Value | null; problem: LibraryError | null };

/**
 * Reads a file that `writeTwice` wrote. A damaged one is set aside, never deleted, and its copy takes its place.
 * @param parse throws when the text is not what it should be
 * @throws LibraryError
 */
export async function readTwice<Value>(file: string, parse: (text: string) => Value): Promise<Read<Value>> {
  try {
    const found = await readParsed(file, parse);
    return found === "damaged" ? await goBack(file, parse) : { value: found, problem: null };
  } catch (error) {
    throw asLibraryError(error);
  }
}

async function goBack<Value>(file: string, parse: (text: string) => Value): Promise<Read<Value>> {
  const aside = await setAside(file);
  const copy = await readParsed(copyOf(file), parse);
  const names = { file: basename(file), aside };
  if (copy === null || copy === "damaged") {
    const text = "{file} was damaged, and there is no copy of it: choose again what was set there. The damaged file is kept as {aside}.";
    return { value: null, problem: new LibraryError("file-damaged", text, names) };
  }
  await copyFile(copyOf(file), file);
  const text = "{file} was damaged, so its copy was taken: nothing was lost. The damaged file is kept as {aside}.";
  return { value: copy, problem: new LibraryError("file-damaged", text, names) };
}

/** Gives a damaged file another name beside its place, and returns that. */
export async function setAside(file: string): Promise<string> {
  const ending = extname(file);
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const aside = `${basename(file, ending)}.damaged-${time}${ending}`;
  await rename(file, join(dirname(file), aside));
  return aside;
}

const copyOf = (file: string): string => `${file}.copy`;

/** Null when there is none. */
async function readParsed<Value>(file: string, parse: (text: string) => Value): Promise<Value | null | "damaged"> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return parse(text);
  } catch {
    return "damaged";
  }
}

/** So that the new name survives a power cut; Windows cannot, and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
