/** Snapshots on the real model: what is restored is what was read, and nothing damaged ever is. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Engine } from "../../main/engine/engine.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { SnapshotStore } from "../../main/engine/snapshot.ts";
import { figure, rounds } from "../rounds.ts";
import { essay, fact, hooks, question, request } from "./fixtures.ts";

const mutations = rounds(25, 500);

let folder: string;
let engine: Engine;
const open = async (capBytes = 1e9) => {
  const opened = await Engine.load(defaultModelFile(), { threads: 1, snapshots: new SnapshotStore(folder, capBytes) });
  await opened.addDocument("essay", essay(fact));
  return opened;
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-snapshots-"));
  engine = await open();
});
afterEach(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Forgets what is in memory by reading something else. */
async function forget(): Promise<void> {
  await engine.addDocument("other", "Nothing of interest is written here.");
  await engine.read(request({ documentIds: ["other"] }), hooks());
}

/** How many tokens were read, not restored, while something was done. */
async function tokensRead(work: (hooks: ReturnType<typeof import("./fixtures.ts").hooks>) => Promise<unknown>): Promise<number> {
  let first: number | null = null;
  let last = 0;
  await work(
    hooks({
      onStatus: (status) => {
        if (status.phase !== "reading") return;
        first ??= status.done;
        last = status.done;
      },
    }),
  );
  return last - (first ?? last);
}

describe("a document that was read once", () => {
  it("is not read again, and answers with the same tokens from the same cache", async () => {
    await engine.read(request({ documentIds: ["essay"] }), hooks());
    const read = await engine.ask(request(), hooks());
    await engine.dispose();
    engine = await open();
    let restored: Awaited<ReturnType<Engine["ask"]>> | undefined;
    expect(await tokensRead(async (told) => (restored = await engine.ask(request(), told)))).toBe(0);
    expect(restored?.details).toEqual(read.details);
    expect(restored?.timing.restoreMs).toBeGreaterThan(0);
  });

  it("is read again under another KV type", async () => {
    await engine.read(request({ documentIds: ["essay"] }), hooks());
    expect(await tokensRead((told) => engine.read(request({ documentIds: ["essay"], readingKv: "q8_0" }), told))).toBeGreaterThan(100);
  });
});

describe("balanced mode", () => {
  it("answers like fast mode, turn after turn, with nothing of the reading cache in memory meanwhile", async () => {
    const second = { history: [{ question, answer: "It is 4821." }], question: "Who mended the bridge?" };
    const fast = [await engine.ask(request(), hooks()), await engine.ask(request(second), hooks())];
    await forget();

    const places = new Set<string>();
    const told = hooks({
      onMemory: ({ answeringBytes, readingBytes, readingPlace }) => answeringBytes > 0 && readingBytes === 0 && places.add(readingPlace),
    });
    const first = await engine.ask(request({ mode: "balanced" }), told);
    expect([...places]).toEqual(["disk"]);
    expect(engine.memory()).toMatchObject({ readingBytes: 0, answeringBytes: 0, readingPlace: "disk" });
    expect(first.details).toEqual(fast[0]?.details);

    let followUp: Awaited<ReturnType<Engine["ask"]>> | undefined;
    const read = await tokensRead(async (reading) => (followUp = await engine.ask(request({ ...second, mode: "balanced" }), reading)));
    expect(read).toBeLessThan(30);
    expect(followUp?.details).toEqual(fast[1]?.details);
  });

  it("finds everything before the question in memory when it was read ahead", async () => {
    const second = request({ history: [{ question, answer: "It is 4821." }], question: "Who mended the bridge?", mode: "balanced" });
    await engine.ask(request({ mode: "balanced" }), hooks());
    const unprepared = await engine.ask(second, hooks());
    expect(unprepared.timing.restoreMs).toBeGreaterThan(0);
    await engine.read(second, hooks());
    expect(engine.memory().readingPlace).toBe("memory");
    let followUp: Awaited<ReturnType<Engine["ask"]>> | undefined;
    expect(await tokensRead(async (told) => (followUp = await engine.ask(second, told)))).toBe(0);
    expect(followUp?.timing.restoreMs).toBe(0);
    expect(followUp?.details).toEqual(unprepared.details);
    expect(engine.memory().readingPlace).toBe("disk");
  });
});

describe("damaged, foreign and missing snapshots", () => {
  it(`lead to the right answer after ${mutations} different damages`, { timeout: 300_000 + mutations * 10_000 }, async () => {
    const next = mulberry32(11);
    // A short document, as it is read again each time; in balanced mode every turn begins from disk.
    await engine.addDocument("essay", fact);
    const short = request({ mode: "balanced", maxAnswerTokens: 12 });
    const good = await engine.ask(short, hooks());
    expect(good.answer).toContain("4821");
    // The part that the others continue.
    const name = (await readdir(folder)).find((found) => found.endsWith("-0.kv"))!;
    const file = join(folder, name);
    const whole = await readFile(file);
    for (let i = 0; i < mutations; i++) {
      await damage(file, whole, next, i);
      const answer = await engine.ask(short, hooks());
      expect(answer.details, `damage ${i}`).toEqual(good.details);
      // It was found out, read again and saved.
      expect((await readFile(file)).equals(whole), `damage ${i}`).toBe(true);
    }
    figure(`${mutations} damaged snapshots`, "each answered with the same tokens as without damage");
  });

  it("are removed once they are found out", async () => {
    await engine.read(request({ documentIds: ["essay"] }), hooks());
    const [name] = await readdir(folder);
    await truncate(join(folder, name!), 1000);
    await forget();
    await engine.ask(request(), hooks());
    const sizes = await Promise.all((await readdir(folder)).map(async (found) => (await stat(join(folder, found))).size));
    expect(Math.min(...sizes)).toBeGreaterThan(1000);
  });
});

/** Every kind of damage in turn: cut, lengthened, one bit flipped anywhere, a page of zeros, rubbish, empty, gone. */
async function damage(file: string, whole: Buffer, next: () => number, kind: number): Promise<void> {
  const at = Math.floor(next() * whole.length);
  const copy = Buffer.from(whole);
  switch (kind % 7) {
    case 0:
      return await writeFile(file, copy.subarray(0, at));
    case 1:
      return await writeFile(file, Buffer.concat([copy, Buffer.from("more")]));
    case 2:
      copy[at]! ^= 1 << Math.floor(next() * 8);
      return await writeFile(file, copy);
    case 3:
      copy.fill(0, at, at + 4096);
      return await writeFile(file, copy);
    case 4:
      // The header says what it is; its digits and braces are as untrusted as the rest.
      copy[Math.floor(next() * 200)]! ^= 0xff;
      return await writeFile(file, copy);
    case 5:
      return await writeFile(file, "");
    default:
      return await rm(file, { force: true });
  }
}

it("keeps within its cap, least recently used first", async () => {
  await engine.dispose();
  engine = await open(12e6);
  for (const id of ["a", "b", "c"]) {
    await engine.addDocument(id, essay(`Remember the letter ${id}.`));
    await engine.read(request({ documentIds: [id] }), hooks());
  }
  const store = new SnapshotStore(folder, 12e6);
  expect((await store.sizes()).bytes).toBeLessThanOrEqual(12e6);
  expect(await readdir(folder)).toHaveLength(2);
  expect(await tokensRead((told) => engine.read(request({ documentIds: ["b"] }), told))).toBe(0);
  expect(await tokensRead((told) => engine.read(request({ documentIds: ["a"] }), told))).toBeGreaterThan(0);
});
