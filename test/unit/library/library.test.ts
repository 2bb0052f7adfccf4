/** What people made is there again: documents byte for byte, conversations as they were shown, in an orderly end and in any other. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Conversations, titleOf } from "../../../main/library/conversations.ts";
import { openDatabase } from "../../../main/library/database.ts";
import { type Library, openLibrary } from "../../../main/library/library.ts";
import { sha256 } from "../../../main/library/originals.ts";
import type { Conversation, Turn } from "../../../preload/api.ts";
import { finishedTurn } from "../../finished-turn.ts";

let folder: string;
let library: Library;
const failures: unknown[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-library-"));
  await open();
});
afterEach(async () => {
  await library.close();
  expect(failures).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  library = await openLibrary(folder, (error) => failures.push(error));
}
async function reopen(): Promise<void> {
  await library.close();
  await open();
}

/** A document as the parser gives it: pages with any space between them, an empty one among them. */
async function sample(name: string, pageTexts: string[]) {
  let text = "\n ";
  const pages = pageTexts.map((page, i) => {
    const start = text.length;
    text += `${page}\n\n`.slice(0, page.length + (i % 3));
    return { number: i + 1, start, text: page, ...(i > 0 && { label: `Slide ${i + 1}` }) };
  });
  const bytes = new TextEncoder().encode(name + pageTexts.join());
  return {
    id: await sha256(bytes),
    name,
    bytes,
    folder: "",
    source: null,
    addedAt: Date.now(),
    emptyPages: [2],
    notes: [{ text: "A guess." }],
    text,
    pages,
  };
}

const done = (id: string, question: string, answer: string): Turn =>
  finishedTurn({ id, question, answer, evidence: [{ documentId: "d", page: 2, start: 5, end: 9, text: "“ü”", score: 0.5 }] });

test("what was recognised takes its page's place in the text; the search finds it, and passages move along", async () => {
  const document = await sample("Scan.pdf", ["First page.", "", "", "The last page."]);
  await library.documents.add({ ...document, emptyPages: [2, 3] });
  const { id } = document;
  library.documents.setTokens(id, "model", 9);
  const start = document.text.indexOf("The last page.");
  const passage = { documentId: id, page: 4, start, end: start + 14, text: "The last page.", score: 1 };
  const early = { documentId: id, page: 1, start: 2, end: 7 };
  const turn = { ...done("t", "What?", "It is."), evidence: [passage], quotes: [{ start: 0, end: 1, found: early }] } as Turn;
  library.conversations.create(
    { id: "c", documentIds: [id], extent: { kind: "whole" }, turns: [turn] },
    "What?",
    ["Scan.pdf"],
    null,
    Date.now(),
  );

  const lines = [{ text: "A picture", left: 0.1, top: 0.2, width: 0.5, height: 0.02 }];
  library.addRecognised(id, 3, { text: "A picture of a zeppelin.", lines });
  library.addRecognised(id, 2, { text: "", lines: [] });
  // A second time, or for a page that has text, nothing happens.
  library.addRecognised(id, 3, { text: "Else.", lines: [] });
  library.addRecognised(id, 1, { text: "Else.", lines: [] });
  await reopen();
  const { text, pages } = await library.documents.text(id);
  expect(pages.map((page) => [page.text, text.slice(page.start, page.start + page.text.length)])).toEqual(
    ["First page.", "", "A picture of a zeppelin.", "The last page."].map((page) => [page, page]),
  );
  expect(text).toContain("First page.\n\nA picture of a zeppelin.\n\nThe last page.");
  expect(pages.map((page) => page.lines)).toEqual([undefined, [], lines, undefined]);
  expect(library.documents.get(id)).toMatchObject({ emptyPages: [2], recognised: [2, 3], characters: text.length });
  expect(library.documents.tokenCounts("model").has(id)).toBe(false);
  expect((await library.search("zeppelin")).pages).toMatchObject([{ documentId: id, page: 3 }]);
  const [moved] = library.conversations.get("c").turns as Extract<Turn, { phase: "done" }>[];
  expect(moved!.evidence.map((found) => text.slice(found.start, found.end))).toEqual(["The last page."]);
  expect(moved!.quotes).toEqual([{ start: 0, end: 1, found: early }]);
  expect(() => library.addRecognised(id, 9, { text: "", lines: [] })).toThrow("not in the library");
});

test("what is brought back while others are being deleted for good stays", async () => {
  const first = await sample(
    "first.txt",
    Array.from({ length: 100 }, (_, i) => `Page ${i} of the first.`),
  );
  const second = await sample("second.txt", ["The second.", "", "It is wanted again."]);
  for (const document of [first, second]) {
    await library.documents.add(document);
    library.documents.remove(document.id, 1);
  }
  const purged = library.documents.purge(2);
  await new Promise(setImmediate);
  expect(library.documents.restore(second.id)?.name).toBe("second.txt");
  await purged;
  expect(library.documents.get(first.id)).toBeNull();
  expect((await library.documents.text(second.id)).text).toBe(second.text);
  expect(await library.documents.file(second.id)).toEqual(second.bytes);
});

test("a document comes back exactly: its file, its text, its pages, its place", async () => {
  const document = await sample("Größe 😀.pdf", ["Erste Seite\u0000 mit Nullzeichen", "", "Lone surrogate-free ünïcode 😀 end"]);
  await library.documents.add({ ...document, folder: "Contracts", source: "/home/x/Größe 😀.pdf" });
  library.documents.setTokens(document.id, "model-a", 42);
  await reopen();
  const [stored] = library.documents.list();
  expect(stored).toEqual({
    id: document.id,
    name: "Größe 😀.pdf",
    fileBytes: document.bytes.length,
    folder: "Contracts",
    source: "/home/x/Größe 😀.pdf",
    addedAt: document.addedAt,
    pages: 3,
    characters: document.text.length,
    emptyPages: [2],
    recognised: [],
    pins: [],
    notes: [{ text: "A guess." }],
  });
  expect(await library.documents.text(document.id)).toEqual({ text: document.text, pages: document.pages });
  expect(await library.documents.file(document.id)).toEqual(document.bytes);
  expect(library.documents.tokenCounts("model-a").get(document.id)).toBe(42);
  expect(library.documents.tokenCounts("model-b").get(document.id)).toBeUndefined();
  expect(library.documents.lastModel).toBe("model-a");
});

test("a long document is written without holding the event loop, and one that was stopped half-way is not there", async () => {
  const document = await sample(
    "long.txt",
    Array.from({ length: 900 }, (_, i) => `Page ${i} `.repeat(300)),
  );
  const controller = new AbortController();
  const added = library.documents.add(document, controller.signal);
  setTimeout(() => controller.abort(), 30);
  await expect(added).rejects.toThrow();
  expect(library.documents.list()).toEqual([]);
  await expect(library.documents.text(document.id)).rejects.toMatchObject({ code: "not-there" });
  await library.documents.add(document);
  expect((await library.documents.text(document.id)).text).toBe(document.text);
  expect(library.documents.list()).toHaveLength(1);
});

test("a removed document can be brought back at once, and is really gone after the next start, with its file", async () => {
  const document = await sample("gone.txt", ["words that must go"]);
  await library.documents.add(document);
  library.documents.remove(document.id, Date.now() - 5);
  expect(library.documents.list()).toEqual([]);
  expect(library.documents.restore(document.id)?.name).toBe("gone.txt");
  expect(library.documents.list()).toHaveLength(1);
  library.documents.remove(document.id, Date.now() - 5);
  await reopen();
  await library.documents.purge(Date.now());
  expect(library.documents.restore(document.id)).toBeNull();
  expect(await readdir(join(folder, "files"))).toEqual([]);
});

test("a file added again while its removal is being carried out stays", async () => {
  const document = await sample("back.txt", ["first", "second"]);
  await library.documents.add(document);
  library.documents.remove(document.id, Date.now() - 5);
  await Promise.all([library.documents.purge(Date.now()), library.documents.add(document)]);
  expect(await library.documents.file(document.id)).toEqual(document.bytes);
  expect((await library.documents.text(document.id)).text).toBe(document.text);
});

test("what an earlier version saved in plain words is shown in them", () => {
  const { conversations } = library;
  const past = { ...done("t1", "Who?", "Ada"), notice: "All heads were used." as never };
  const failed = { id: "t2", question: "Why?", answer: "", phase: "failed", error: { code: "x", message: "It broke." } as never } as const;
  conversations.create({ id: "c", documentIds: ["a"], extent: { kind: "whole" }, turns: [past, failed] }, "Who?", ["A.pdf"], null, 1000);
  expect(conversations.get("c").turns).toMatchObject([
    { notice: { text: "All heads were used." } },
    { phase: "failed", error: { code: "x", text: "It broke." } },
  ]);
});

test("a long question is a title up to a whole character", () => {
  expect(titleOf(`${"a".repeat(78)}😀 and more`)).toBe(`${"a".repeat(78)}…`);
  expect(titleOf(`${"a".repeat(77)}😀 and more`)).toBe(`${"a".repeat(77)}😀…`);
});

test("a conversation comes back as it was shown, with its order of documents", () => {
  const { conversations } = library;
  const turns = [
    done("t1", "Who?", "Ada 😀"),
    { id: "t2", question: "Why?", answer: "Because", phase: "failed", error: { code: "x", text: "y" } } as const,
  ];
  conversations.create({ id: "c", documentIds: ["b", "a"], extent: { kind: "whole" }, turns }, "Who?", ["B.pdf", "A.pdf"], null, 1000);
  conversations.saveTurn("c", { id: "t3", question: "When?", answer: "", phase: "waiting" }, 2000);
  conversations.saveTurn("c", done("t3", "When?", "Now"), 3000);
  conversations.addDocument("c", "z", "Z.pdf");
  const again = conversations.get("c");
  expect(again).toEqual({
    id: "c",
    documentIds: ["b", "a", "z"],
    extent: { kind: "whole" },
    turns: [...turns, done("t3", "When?", "Now")],
  });
  expect(conversations.list()).toEqual([
    {
      id: "c",
      title: "Who?",
      branchOf: null,
      createdAt: 1000,
      changedAt: 3000,
      turns: 3,
      documentIds: ["b", "a", "z"],
      documentNames: ["B.pdf", "A.pdf", "Z.pdf"],
    },
  ]);
});

test("what of its documents a conversation reads is remembered with it; what is damaged there leaves nothing out", () => {
  const { conversations } = library;
  const extent = { kind: "pages", ranges: [{ documentId: "d", from: 2, to: 5 }] } as const;
  const create = (id: string, of: Conversation["extent"]) =>
    conversations.create({ id, documentIds: ["d"], extent: of, turns: [] }, "Q", ["D"], null, 1);
  create("pages", { ...extent, ranges: [...extent.ranges] });
  expect(conversations.get("pages").extent).toEqual(extent);
  conversations.setExtent("pages", { kind: "windows" });
  expect(conversations.get("pages").extent).toEqual({ kind: "windows" });
  conversations.setExtent("pages", { kind: "pages", ranges: [{ documentId: "d", from: 5, to: 2 }] });
  expect(conversations.get("pages").extent).toEqual({ kind: "whole" });

  conversations.setLastOpen({ documents: ["d"], extent: { kind: "windows" } });
  expect(conversations.lastOpen).toEqual({ documents: ["d"], extent: { kind: "windows" } });
  conversations.setLastOpen({ documents: ["d"] });
  expect(conversations.lastOpen).toEqual({ documents: ["d"], extent: { kind: "whole" } });
});

test("removed conversations come back or are gone; what was open last is known as long as it is there", async () => {
  const { conversations } = library;
  conversations.create({ id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns: [done("t", "Q", "A")] }, "Q", ["D"], null, 1);
  conversations.setLastOpen({ conversation: "c" });
  await reopen();
  expect(library.conversations.lastOpen).toEqual({ conversation: "c" });
  library.conversations.remove("c", Date.now() - 5);
  expect(library.conversations.list()).toEqual([]);
  expect(library.conversations.lastOpen).toBeNull();
  expect(library.conversations.restore("c").title).toBe("Q");
  library.conversations.remove("c", Date.now() - 5);
  await reopen();
  expect(() => library.conversations.restore("c")).toThrow(/not in the library/);
});

test("a library from which nothing can be deleted opens all the same, and a person is told", async () => {
  library.conversations.create({ id: "c", documentIds: ["a"], extent: { kind: "whole" }, turns: [] }, "Gone", ["A"], null, 1);
  library.conversations.remove("c", 1);
  await library.close();
  const db = new Database(join(folder, "library.sqlite"));
  db.exec("create trigger full before delete on conversations begin select raise(abort, 'the disk is full'); end");
  db.close();
  await open();
  await expect.poll(() => failures.splice(0)).toMatchObject([{ message: "the disk is full" }]);
  expect(library.conversations.list()).toEqual([]);
});

test("words of an answer whose end could not be saved are saved as soon as that is possible again", async () => {
  const { db, close } = await openDatabase(join(folder, "other"));
  const conversations = new Conversations(db, (error) => failures.push(error));
  const turn: Turn = { id: "t", question: "Who?", answer: "", phase: "waiting" };
  conversations.create({ id: "c", documentIds: ["a"], extent: { kind: "whole" }, turns: [turn] }, "Who?", ["A"], null, 1);
  db.exec("create temp trigger full before update on turns begin select raise(abort, 'the disk is full'); end");
  conversations.saveAnswer("t", "Ada Lovelace");
  expect(() => conversations.saveTurn("c", done("t", "Who?", "Ada Lovelace"), 2)).toThrow("the disk is full");
  db.exec("drop trigger full");
  conversations.close();
  expect(conversations.get("c").turns).toMatchObject([{ answer: "Ada Lovelace" }]);
  close();
});

test("a host that is killed while an answer streams loses at most a second of it, and the turn says what happened", async () => {
  await library.close();
  const writer = fork(new URL("stream-answer.ts", import.meta.url), [folder], {
    stdio: ["ignore", "inherit", 2, "ipc"],
    serialization: "json",
  });
  let shown = "";
  const heard: { at: number; length: number }[] = [];
  writer.on("message", (answer: string) => {
    shown = answer;
    heard.push({ at: performance.now(), length: answer.length });
  });
  while (shown.length < 400) await once(writer, "message");
  const killed = performance.now();
  writer.kill("SIGKILL");
  await once(writer, "exit");
  await open();
  const [turn] = library.conversations.get("c").turns;
  expect(turn).toMatchObject({ phase: "failed", error: { code: "interrupted" } });
  const secondBefore = heard.findLast(({ at }) => at < killed - 1000)!;
  expect(turn!.answer.length).toBeGreaterThanOrEqual(secondBefore.length);
  expect("word ".repeat(1000).startsWith(turn!.answer)).toBe(true);
});

test("what was written while the library was being read is in its file a moment later", async () => {
  const file = join(folder, "library.sqlite");
  const reader = new Database(file);
  reader.exec("begin; select count(*) from notes");
  library.documents.setReadingSpeed("m", 123);
  // More than a second: what is tried now has to be tried again.
  await wait(1500);
  reader.close();
  await expect
    .poll(
      async () => {
        // What the file holds by itself, without its journal.
        await copyFile(file, join(folder, "cut.sqlite"));
        const cut = new Database(join(folder, "cut.sqlite"));
        const speed = cut.prepare("select value from notes where name = 'speed m'").pluck().get();
        cut.close();
        return speed;
      },
      { timeout: 5000 },
    )
    .toBe("123");
});
