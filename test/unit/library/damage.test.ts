/** A library whose file was damaged in any way opens: as it was, or as its last good copy with a word about it; nothing is deleted. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { Conversations } from "../../../main/library/conversations.ts";
import { openDatabase } from "../../../main/library/database.ts";
import { LibraryError } from "../../../main/library/errors.ts";
import { damage } from "../../damage.ts";
import { counted, figure, rounds } from "../../rounds.ts";

const mutations = rounds(8, 200);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-damage-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const answer = (n: number) => `Answer ${n}: ${"the clerks counted the boats. ".repeat(20)}`;

/** A library of two hundred turns, with a copy of its first hundred; the later ones lie in the journal still. */
async function fill(place: string): Promise<void> {
  const { db, backUpHourly, close } = await openDatabase(place);
  const conversations = new Conversations(db, () => {});
  for (let n = 0; n < 200; n++) {
    const turns = [
      { id: `t${n}`, question: "Q", answer: answer(n), phase: "failed", error: { code: "stopped", text: "Stopped." } },
    ] as const;
    conversations.create({ id: `c${n}`, documentIds: ["d"], extent: { kind: "whole" }, turns: [...turns] }, `Title ${n}`, ["D"], null, n);
    if (n === 99) {
      await backUpHourly();
      db.pragma("wal_checkpoint(truncate)");
    }
  }
  // As after a kill: a journal beside the file.
  await cp(place, `${place}-killed`, { recursive: true });
  close();
}

test(`${mutations} kinds of damage to the file and its journal`, { timeout: 120_000 + mutations * 15_000 }, async () => {
  const whole = join(folder, "whole");
  await fill(whole);
  const next = mulberry32(77);
  const outcomes: Record<string, number> = {};
  for (let i = 0; i < mutations; i++) {
    const place = join(folder, String(i));
    await cp(`${whole}-killed`, place, { recursive: true });
    const victim = join(place, i % 4 === 3 ? "library.sqlite-wal" : "library.sqlite");
    await writeFile(victim, i % 8 === 6 ? "" : damage(await readFile(victim), next, i >> 1));
    const came = await outcome(place);
    outcomes[came] = (outcomes[came] ?? 0) + 1;
    await rm(place, { recursive: true });
  }
  figure(`${mutations} damaged libraries`, counted(outcomes));
});

/** What a person finds, at this start or, where damage shows only later, at the next one. */
async function outcome(place: string): Promise<string> {
  let told = false;
  for (let start = 1; start <= 2; start++) {
    const library = await openDatabase(place);
    try {
      told ||= library.notice !== null;
      const sound = await library.check().then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(LibraryError);
          return false;
        },
      );
      if (!sound) {
        expect(start).toBe(1);
        continue;
      }
      const conversations = new Conversations(library.db, () => {});
      const found = conversations.list().map(({ id }) => conversations.get(id));
      const right = found.filter(({ id, turns }) => turns[0]?.answer === answer(Number(id.slice(1)))).length;
      const names = await readdir(place);
      if (told) {
        // What was damaged, or belonged to it, is there for whoever can mend it.
        expect(found.length).toBeGreaterThanOrEqual(100);
        expect(names.some((name) => /damaged-|\d-wal$/.test(name))).toBe(true);
        return "said so and went back to the copy";
      }
      if (right === 200) return "opened with all turns";
      // A journal whose end is broken ends where it is broken, as after a power cut.
      return found.length < 200 ? "opened as of the last sound commit" : "opened with a text that differs";
    } finally {
      library.close();
    }
  }
  throw new Error("It was still damaged after going back.");
}

test("a library that is gone or empty, but has a copy, is that copy, and a person is told", async () => {
  for (const remove of [(file: string) => rm(file), (file: string) => writeFile(file, "")]) {
    const place = join(folder, "gone");
    await fill(place);
    await remove(join(place, "library.sqlite"));
    const library = await openDatabase(place);
    expect(library.notice).toMatchObject({
      code: "library-damaged",
      message: expect.stringMatching(/was not there, so its copy of .* UTC was opened/),
    });
    expect(new Conversations(library.db, () => {}).list()).toHaveLength(100);
    library.close();
    await rm(place, { recursive: true });
    await rm(`${place}-killed`, { recursive: true });
  }
});
