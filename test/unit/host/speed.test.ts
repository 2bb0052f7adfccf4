/** The speed of readings, kept where it can be. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../main/library/database.ts";
import { Documents } from "../../../main/library/documents.ts";
import type { Library } from "../../../main/library/library.ts";
import { Originals } from "../../../main/library/originals.ts";
import { keepReadingSpeed } from "../../../main/speed.ts";
import { LiveState } from "../../../main/state.ts";
import { defaultSettings, type ModelInfo } from "../../../preload/api.ts";

test("a speed is kept with its model; where it cannot be saved a person is told, and the engine's news go on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "folio-speed-"));
  const { db, close } = await openDatabase(folder);
  const documents = new Documents(db, new Originals(folder));
  const state = new LiveState(defaultSettings, { cores: 2, threads: 2 }, [], false);
  state.now.model = { sha256: "m", readingSpeed: null } as ModelInfo;
  keepReadingSpeed(state, { documents } as Library);
  const read = (tokensPerSecond: number) => {
    for (const done of [100, 900])
      state.set("engine", { engine: { phase: "reading", done, total: 1000, tokensPerSecond, secondsLeft: null } });
    state.set("engine", { engine: { phase: "idle" } });
  };
  read(120);
  expect(documents.readingSpeed("m")).toBe(120);
  db.exec("create temp trigger full before insert on notes begin select raise(abort, 'the disk is full'); end");
  read(150);
  expect(state.now).toMatchObject({ model: { readingSpeed: 150 }, notice: { code: "unexpected" } });
  expect(documents.readingSpeed("m")).toBe(120);
  close();
  await rm(folder, { recursive: true });
});
