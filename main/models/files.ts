/** Model files on this computer: finding them in folders, and showing a folder to a person who looks for one. */
import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FolderListing } from "../../preload/api.ts";
import { EngineError } from "../engine/errors.ts";

/** LM Studio keeps models as publisher/model/file.gguf. */
const deepest = 3;
const mostFiles = 300;
const mostListed = 1000;

/** Parts of a model, and the eyes of models that see: no models by themselves. */
const isPart = (name: string): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(name) || /^mmproj/i.test(name);

const isModel = (name: string): boolean => /\.gguf$/i.test(name) && !isPart(name);

/**
 * The models at a path: itself, or in the folder and the folders in it.
 * @throws EngineError `bad-model` when there is none
 */
export async function findModels(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new EngineError("bad-model", "There is nothing at {path}: check the path.", { path });
  if (found.isDirectory()) {
    const files: string[] = [];
    await collect(path, deepest, files);
    if (files.length === 0)
      throw new EngineError("bad-model", "There is no model in {path}: models are files whose names end in .gguf.", { path });
    return files;
  }
  if (isPart(path))
    throw new EngineError("bad-model", "This file is a part of a model that was split, which Folio cannot use: choose a whole one.");
  return [path];
}

async function collect(folder: string, depth: number, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    if (files.length >= mostFiles) return;
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 1) await collect(path, depth - 1, files);
    else if (!entry.isDirectory() && isModel(entry.name)) files.push(path);
  }
}

/** What a person sees of a folder: the folders in it, and models. @throws EngineError `bad-path` when it cannot be read */
export async function listFolder(path: string | null): Promise<FolderListing> {
  const folder = resolve(path ?? homedir());
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new EngineError("bad-path", "{folder} cannot be opened: choose another folder.", { folder });
  });
  const shown = entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => a.name.localeCompare(b.name));
  const folders: string[] = [];
  const models: FolderListing["models"] = [];
  for (const { name } of shown) {
    if (folders.length + models.length >= mostListed) break;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isDirectory()) folders.push(name);
    else if (found?.isFile() && isModel(name)) models.push({ name, bytes: found.size });
  }
  const parent = dirname(folder);
  return { path: folder, parent: parent === folder ? null : parent, folders, models };
}
