/** The host is ended with kill -9 while it writes: the library opens whole each time, and every write that was said to be done is in it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { Conversations } from "../../../main/library/conversations.ts";
import { openDatabase } from "../../../main/library/database.ts";
import { Documents } from "../../../main/library/documents.ts";
import { Originals } from "../../../main/library/originals.ts";
import { figure, rounds } from "../../rounds.ts";
import type { Written } from "./write-library.ts";

const kills = rounds(6, 1000);
/** A library of this many kills is large enough; then a new one is begun. */
const killsOfOne = 20;

test(`${kills} kills while writing: the library is whole, and no write that was done is lost`, {
  timeout: 60_000 + kills * 10_000,
}, async () => {
  const next = mulberry32(40);
  let written = 0;
  let before = 0;
  for (let kill = 0; kill < kills; ) {
    const folder = await mkdtemp(join(tmpdir(), "folio-killed-"));
    await mkdir(join(folder, "files"));
    const known = new Map<string, Written>();
    for (let inThis = 0; inThis < killsOfOne && kill < kills; inThis++, kill++) {
      const writer = fork(new URL("write-library.ts", import.meta.url), [folder, String(kill * 100_000)], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      writer.on("message", (done: Written) => {
        known.set(done.id, done);
        written++;
      });
      // One in five dies while it opens the library.
      if (next() < 0.2) {
        before++;
        await wait(next() * 150);
      } else {
        await once(writer, "message");
        await wait(next() * 120);
      }
      const ended = once(writer, "close");
      writer.kill("SIGKILL");
      await ended;
      await check(folder, known);
    }
    // The helper of the last one may still be writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 50 });
  }
  figure(
    `${kills} kill -9 of the host while it writes`,
    `${kills} times whole, ${written.toLocaleString("en")} acknowledged writes, none lost (${before} kills while it was opening)`,
  );
});

async function check(folder: string, known: ReadonlyMap<string, Written>): Promise<void> {
  const { db, notice, close } = await openDatabase(folder);
  try {
    expect(notice).toBeNull();
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    const conversations = new Conversations(db, () => {});
    const documents = new Documents(db, new Originals(join(folder, "files")));
    for (const done of known.values()) {
      if (done.kind === "document") {
        expect((await documents.text(done.id)).text).toBe(done.text);
        expect(await readFile(join(folder, "files", done.id), "utf8")).toBe(done.text);
      } else {
        expect(conversations.info(done.id)?.title).toMatch(done.title.startsWith("Renamed") ? /^Renamed/ : /^(Title|Renamed)/);
        const { turns } = conversations.get(done.id);
        expect(turns.map(({ id }) => id)).toEqual(done.turns.map(({ id }) => id));
        if (done.turns[0]!.answer !== "") expect(turns[0]!.answer).toBe(done.turns[0]!.answer);
      }
    }
  } finally {
    close();
  }
}
