/** Many files dropped at once, and the host ended with kill -9 in the middle: nothing twice, nothing by half, and the same drop again completes it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { openLibrary } from "../../../main/library/library.ts";
import { sha256 } from "../../../main/library/originals.ts";
import { type DataFolder, ownDataFolder } from "../../data-folder.ts";
import { figure, rounds } from "../../rounds.ts";

let home: DataFolder;
let folder: string;
beforeEach(async () => {
  home = await ownDataFolder();
  folder = home.folder;
});
afterEach(() => home.restore());

const files = rounds(12, 100);
const kills = rounds(2, 20);

test(`${files} files at once, and ${kills} kills in the middle`, { timeout: 120_000 + kills * 20_000 }, async () => {
  const ready = new Set<string>();
  const next = mulberry32(7);
  for (let kill = 0; kill < kills; kill++) {
    const host = importAll(ready);
    const until = ready.size + Math.ceil((files - ready.size) / (kills - kill + 1));
    while (ready.size < until) await once(host, "message");
    // Anywhere in what the next one goes through.
    await wait(next() * 100);
    const ended = once(host, "close");
    host.kill("SIGKILL");
    await ended;
    await check(ready);
  }
  const host = importAll(ready);
  while (ready.size < files) await once(host, "message");
  const ended = once(host, "close");
  host.kill("SIGKILL");
  await ended;
  await check(ready);
  expect(await readdir(join(folder, "folio", "files"))).toHaveLength(files);
  figure(
    `${files} files added at once, ${kills} kill -9 of the host meanwhile`,
    "each file there once and whole in the end, nothing by half",
  );
});

function importAll(ready: Set<string>): ChildProcess {
  const env = { ...process.env, FOLIO_MODEL: join(folder, "none.gguf") };
  const host = fork(new URL("import-many.ts", import.meta.url), [String(files)], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  host.on("message", (id: string) => ready.add(id));
  return host;
}

/** What was said to be ready is there, once and whole, and nothing is there that nobody knows of. */
async function check(ready: ReadonlySet<string>): Promise<void> {
  const library = await openLibrary(join(folder, "folio"), (error) => expect.unreachable(String(error)));
  try {
    expect(library.notice).toBeNull();
    await library.documents.purge(Date.now());
    const documents = library.documents.list();
    const ids = documents.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(documents.map(({ name }) => name)).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...ready]));
    for (const { id, name } of documents) {
      const bytes = await library.documents.file(id);
      expect(await sha256(bytes)).toBe(id);
      expect((await library.documents.text(id)).text).toContain(`This is ${name}.`);
      expect((await readFile(join(folder, "folio", "files", id))).length).toBe(bytes.length);
    }
    expect((await readdir(join(folder, "folio", "files"))).sort()).toEqual(ids.toSorted());
  } finally {
    await library.close();
  }
}
