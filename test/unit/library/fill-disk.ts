/**
 * Every write of Folio on a disk that is nearly full: with no room at all, then with a little more, until it succeeds. Runs in a small file system of
 * its own, the folder that it is given; tells its parent of each write how often it failed, or what went wrong.
 */

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, statfs } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { NativeContext } from "../../../main/engine/addon.ts";
import { SnapshotStore } from "../../../main/engine/snapshot.ts";
import { Conversations } from "../../../main/library/conversations.ts";
import { type LibraryDatabase, openDatabase } from "../../../main/library/database.ts";
import { Documents } from "../../../main/library/documents.ts";
import { asLibraryError } from "../../../main/library/errors.ts";
import { Originals } from "../../../main/library/originals.ts";
import { download } from "../../../main/models/download.ts";
import { loadRecord, saveRecord } from "../../../main/models/record.ts";
import { PlainError } from "../../../main/plain-error.ts";
import { loadSettings, saveSettings } from "../../../main/settings.ts";
import { writeWhole } from "../../../main/system/write.ts";
import { defaultSettings } from "../../../preload/api.ts";
import { textDocument } from "./text-document.ts";

const disk = process.argv[2]!;
/** Kilobytes more with each attempt, at first. */
const step = process.env.FOLIO_LONG ? 4 : 16;
process.env.XDG_DATA_HOME = join(disk, "data");
const folder = join(disk, "data", "folio");
await mkdir(join(folder, "files"), { recursive: true });

/** A write, numbered, so that every attempt writes something new; `check` looks whether all of it or nothing is there. */
type Write = { attempt(n: number): Promise<void>; check(last: number | null): Promise<void> };

const words = (n: number) => `${n} ${"words ".repeat(8_000)}`;
const library: LibraryDatabase = await openDatabase(folder);
const conversations = new Conversations(library.db, () => {});
const documents = new Documents(library.db, new Originals(join(folder, "files")));
const document = (n: number) => textDocument(n, words(n));
const turn = (n: number) =>
  ({ id: `t${n}`, question: "Q", answer: words(n), phase: "failed", error: { code: "stopped", text: "Stopped." } }) as const;
const settings = (n: number) => ({ ...defaultSettings, maxAnswerTokens: 100 + n });
const record = async (n: number) => ({ ...(await loadRecord(join(folder, "models.json"))).record, links: [words(n).slice(0, 4000)] });
const rows = {
  getKvRowBytes: () => [4096, 4096],
  getKvRows: (layer: number, from: number, to: number) => Buffer.alloc(4096 * (to - from), layer),
} as unknown as NativeContext;
const snapshots = new SnapshotStore(join(folder, "snapshots"), 1e9);
const identity = { modelSha256: "m", patchVersion: 1, kvType: "f16" as const, layers: 2, contextLength: 100, gpuLayers: 0 };

const model = Buffer.alloc(200_000, 7);
const server = createServer((_, response) => {
  response.writeHead(200, { "content-length": model.length });
  response.end(model);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const writes: Record<string, Write> = {
  "an answer": {
    attempt: async (n) => conversations.saveTurn("c", turn(n), n),
    check: async (last) => equal(conversations.get("c").turns.at(-1)?.answer, last === null ? undefined : words(last)),
  },
  "a document": {
    attempt: async (n) => documents.add(await document(n)),
    async check(last) {
      if (last === null) return equal(documents.list(), []);
      const { id, text, bytes } = await document(last);
      equal((await documents.text(id)).text, text);
      equal(Buffer.from(await documents.file(id)), Buffer.from(bytes));
    },
  },
  "a copy of the library": {
    attempt: async () => {
      for (const name of await readdir(join(folder, "backups"))) await rm(join(folder, "backups", name));
      await library.backUpHourly();
    },
    check: async (last) => equal((await readdir(join(folder, "backups"))).length, last === null ? 0 : 1),
  },
  settings: {
    attempt: (n) => saveSettings(settings(n)),
    check: async (last) => equal(await loadSettings(), { settings: last === null ? defaultSettings : settings(last), problem: null }),
  },
  "the list of models": {
    attempt: async (n) => saveRecord(join(folder, "models.json"), await record(n)),
    check: async (last) =>
      equal((await loadRecord(join(folder, "models.json"))).record.links, last === null ? [] : (await record(last)).links),
  },
  "a calibration": {
    attempt: (n) => writeWhole(join(folder, "profile.json"), words(n)),
    check: async (last) => {
      if (last === null) return equal(existsSync(join(folder, "profile.json")), false);
      equal(await readFile(join(folder, "profile.json"), "utf8"), words(last));
    },
  },
  "a snapshot": {
    // It only saves time: without room it is not there, and nobody is told.
    attempt: async (n) => {
      if (!(await snapshots.of("d").save(rows, identity, [n, 2, 3, 4, 5, 6, 7, 8], 0, 8))) throw asLibraryError({ code: "ENOSPC" });
    },
    check: async (last) => equal((await snapshots.sizes()).bytes > 0, last !== null),
  },
  "a download": {
    attempt: () =>
      download({ url, bytes: model.length, sha256: createHash("sha256").update(model).digest("hex") }, join(folder, "model.gguf"), {
        signal: new AbortController().signal,
        onProgress: () => {},
        retryMs: [],
      }),
    check: async (last) => {
      equal(existsSync(join(folder, "model.gguf")), last !== null);
      if (last !== null) equal(await readFile(join(folder, "model.gguf")), model);
    },
  },
};

conversations.create({ id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns: [] }, "Title", ["D"], null, 1);
const filler = join(disk, "filler");
for (const [what, { attempt, check }] of Object.entries(writes)) {
  let failures = 0;
  for (let kilobytes = 0; ; kilobytes += kilobytes < 64 ? step : 8 * step) {
    const n = failures + 1;
    await fill(kilobytes * 1024);
    const problem = await attempt(n).then(
      () => null,
      (error: unknown) => asLibraryError(error),
    );
    // The app can be read while the disk is full.
    await check(problem === null ? n : null).catch((error: unknown) => fail(what, kilobytes, error));
    await rm(filler);
    if (problem === null) break;
    if (!(problem instanceof PlainError)) fail(what, kilobytes, problem);
    equal(library.db.pragma("integrity_check", { simple: true }), "ok");
    failures++;
    ok(kilobytes < 4000, `${what} never succeeded`);
  }
  process.send!({ what, failures });
}
library.close();
const again = await openDatabase(folder);
equal(again.notice, null);
equal(again.db.pragma("integrity_check", { simple: true }), "ok");
again.close();
server.close();
process.send!({ what: "everything", failures: 0 });
process.disconnect();

/** Leaves so many bytes free, in whole blocks. */
async function fill(free: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk);
  const file = await open(filler, "w");
  await file.writeFile(Buffer.alloc(Math.max(0, bavail * bsize - free), 1));
  await file.close();
}

function fail(what: string, kilobytes: number, error: unknown): never {
  console.error(`${what} with ${kilobytes} kB free:`, error);
  process.exit(1);
}
