/** The library's documents: what is known of each, and its text page by page. Long writes and reads are cut, so that nothing else waits for them. */

import type Database from "better-sqlite3";
import type { Page, PageRange, Pin, RecognisedLine } from "../../preload/api.ts";
import { type Sentence, savedSentence } from "../../preload/sentences.ts";
import type { Recognised } from "../documents/recognised.ts";
import { LibraryError } from "./errors.ts";
import { type Insertion, movedPlace } from "./insertion.ts";
import type { Originals } from "./originals.ts";

/** A document as the library keeps it. `tokens` is what the asked model makes of it, null when that was never counted. */
export type StoredDocument = {
  id: string;
  name: string;
  fileBytes: number;
  folder: string;
  /** Where it came from, when the host could tell. */
  source: string | null;
  addedAt: number;
  pages: number;
  characters: number;
  emptyPages: number[];
  /** Pages whose pictures text was looked for in. */
  recognised: number[];
  /** Passages that always stay in the cache, in their order. */
  pins: Pin[];
  /** What its import guessed or left out, in a plain sentence each. */
  notes: Sentence[];
};

export type DocumentText = { text: string; pages: Page[] };

/** What a new document is made of. */
export type NewDocument = Omit<StoredDocument, "pages" | "characters" | "fileBytes" | "recognised" | "pins"> &
  DocumentText & { bytes: Uint8Array };

/** Characters written, or pages read, before others get their turn. */
const sliceCharacters = 20_000;
const slicePages = 200;
const breath = () => new Promise(setImmediate);

type Lists = "emptyPages" | "recognised" | "pins" | "notes";
type Row = Omit<StoredDocument, Lists> & Record<Lists, string>;
type PageRow = { number: number; label: string | null; start: number; before: string; text: string; lines: string | null };

const columns =
  "id, name, bytes as fileBytes, folder, source, added as addedAt, pages, characters, empty_pages as emptyPages, recognised, pins, notes";

export class Documents {
  readonly #db: Database.Database;
  readonly #originals: Originals;
  /** Long writes come one after another. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(db: Database.Database, originals: Originals) {
    this.#db = db;
    this.#originals = originals;
  }

  /** All that are whole and not removed, oldest first. */
  list(): StoredDocument[] {
    const rows = this.#db
      .prepare(`select ${columns} from documents where whole = 1 and removed is null order by added, rowid`)
      .all() as Row[];
    return rows.map(fromRow);
  }

  get(id: string): StoredDocument | null {
    const row = this.#db.prepare(`select ${columns} from documents where id = ? and whole = 1 and removed is null`).get(id) as
      | Row
      | undefined;
    return row ? fromRow(row) : null;
  }

  /** Adds a document with its file, or replaces one. It is there once this resolves, and not at all before. */
  add(document: NewDocument, signal?: AbortSignal): Promise<void> {
    return this.#exclusive(() => this.#add(document, signal));
  }

  async #add({ text, pages, bytes, ...document }: NewDocument, signal?: AbortSignal): Promise<void> {
    const { id, name, folder, source, addedAt, emptyPages, notes } = document;
    await this.#erase(id);
    const last = pages.at(-1);
    const tail = text.slice(last ? last.start + last.text.length : 0);
    this.#db
      .prepare(
        "insert into documents (id, name, bytes, folder, source, added, pages, characters, empty_pages, notes, tail, whole) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      )
      .run(
        id,
        name,
        bytes.length,
        folder,
        source,
        addedAt,
        pages.length,
        text.length,
        JSON.stringify(emptyPages),
        JSON.stringify(notes),
        tail,
      );
    // From here on the next start knows of what an end in the middle leaves behind.
    await this.#originals.save(id, bytes);
    const insert = this.#db.prepare("insert into pages (document, number, label, start, before, text) values (?, ?, ?, ?, ?, ?)");
    let end = 0;
    for (let at = 0; at < pages.length; ) {
      signal?.throwIfAborted();
      this.#db.transaction(() => {
        for (let written = 0; at < pages.length && written < sliceCharacters; at++) {
          const page = pages[at]!;
          insert.run(id, page.number, page.label ?? null, page.start, text.slice(end, page.start), page.text);
          end = page.start + page.text.length;
          written += page.text.length + 1;
        }
      })();
      await breath();
    }
    this.#db.prepare("update documents set whole = 1 where id = ?").run(id);
  }

  /** @throws LibraryError when there is no such document */
  async text(id: string): Promise<DocumentText> {
    const tail = this.#db.prepare("select tail from documents where id = ? and whole = 1 and removed is null").pluck().get(id) as
      | string
      | undefined;
    if (tail === undefined) throw gone();
    const select = this.#db.prepare(
      "select number, label, start, before, text, lines from pages where document = ? and number > ? order by number limit ?",
    );
    const parts: string[] = [];
    const pages: Page[] = [];
    for (;;) {
      const rows = select.all(id, pages.at(-1)?.number ?? 0, slicePages) as PageRow[];
      for (const { number, label, start, before, text, lines } of rows) {
        parts.push(before, text);
        pages.push({ number, start, text, ...(label && { label }), ...(lines && { lines: JSON.parse(lines) as RecognisedLine[] }) });
      }
      if (rows.length < slicePages) return { text: parts.join("") + tail, pages };
      await breath();
    }
  }

  /** The characters of a range of pages in its text; null when it has none of them. */
  span({ documentId, from, to }: PageRange): { start: number; end: number } | null {
    const first = this.#db
      .prepare("select start from pages where document = ? and number between ? and ? order by number limit 1")
      .pluck()
      .get(documentId, from, to) as number | undefined;
    const last = this.#db
      .prepare("select start, text from pages where document = ? and number between ? and ? order by number desc limit 1")
      .get(documentId, from, to) as { start: number; text: string } | undefined;
    return first === undefined || !last ? null : { start: first, end: last.start + last.text.length };
  }

  /**
   * Gives a page without text what was recognised in its picture; does nothing when that was done before. To be called in a transaction.
   * @throws LibraryError when there is no such page
   */
  addRecognised(id: string, number: number, { text, lines }: Recognised): Insertion {
    const document = this.get(id);
    const one = this.#db.prepare("select number, label, start, before, text, lines from pages where document = ? and number = ?");
    const page = one.get(id, number) as PageRow | undefined;
    if (!document || !page) throw gone();
    const from = page.start;
    if (page.text !== "" || document.recognised.includes(number)) return { from, by: 0 };
    const withText = "select number, before from pages where document = ? and text <> '' and number";
    const earlier = this.#db.prepare(`${withText} < ? limit 1`).get(id, number);
    const next = this.#db.prepare(`${withText} > ? order by number limit 1`).get(id, number) as PageRow | undefined;
    const parted = (before: string) => (text === "" || before.length >= 2 ? before : "\n\n");
    const before = earlier ? parted(page.before) : page.before;
    const start = from + before.length - page.before.length;
    const end = start + text.length;
    const by = end - from + (next ? parted(next.before).length - next.before.length : 0);
    this.#db
      .prepare("update pages set text = ?, before = ?, start = ?, lines = ? where document = ? and number = ?")
      .run(text, before, start, JSON.stringify(lines), id, number);
    const move = this.#db.prepare("update pages set start = start + ? where document = ? and number > ? and number < ?");
    move.run(end - from, id, number, next?.number ?? document.pages + 1);
    if (next) {
      move.run(by, id, next.number - 1, document.pages + 1);
      this.#db.prepare("update pages set before = ? where document = ? and number = ?").run(parted(next.before), id, next.number);
    }
    const empty = text === "" ? document.emptyPages : document.emptyPages.filter((page) => page !== number);
    this.#db
      .prepare("update documents set characters = characters + ?, empty_pages = ?, recognised = ? where id = ?")
      .run(by, JSON.stringify(empty), JSON.stringify([...document.recognised, number].sort((a, b) => a - b)), id);
    this.setPins(
      id,
      document.pins.map((pin) => movedPlace(pin, { from, by })),
    );
    if (by > 0) this.#db.prepare("delete from token_counts where document = ?").run(id);
    return { from, by };
  }

  setPins(id: string, pins: readonly Pin[]): void {
    this.#db.prepare("update documents set pins = ? where id = ?").run(JSON.stringify(pins), id);
  }

  /** Its file, byte for byte. @throws LibraryError when the document or its file is not there */
  async file(id: string): Promise<Uint8Array> {
    if (!this.get(id)) throw gone();
    return await this.#originals.read(id);
  }

  /** Where it came from, and where the library's own copy lies. @throws LibraryError when there is no such document */
  places(id: string): { source: string | null; copy: string } {
    const document = this.get(id);
    if (!document) throw gone();
    return { source: document.source, copy: this.#originals.path(id) };
  }

  /** Tokens of each document that this model has counted. */
  tokenCounts(model: string): Map<string, number> {
    const rows = this.#db.prepare("select document, tokens from token_counts where model = ?").raw().all(model) as [string, number][];
    return new Map(rows);
  }

  /** SHA-256 of the model that counted last. */
  get lastModel(): string | null {
    return (this.#db.prepare("select value from notes where name = 'model'").pluck().get() as string | undefined) ?? null;
  }

  /** Tokens a second when this model last read here. */
  readingSpeed(model: string): number | null {
    return (
      (this.#db.prepare("select cast(value as real) from notes where name = ?").pluck().get(`speed ${model}`) as number | undefined) ?? null
    );
  }

  setReadingSpeed(model: string, tokensPerSecond: number): void {
    this.#db.prepare("insert or replace into notes (name, value) values (?, ?)").run(`speed ${model}`, String(tokensPerSecond));
  }

  setTokens(id: string, model: string, tokens: number): void {
    this.#db
      .prepare("insert or replace into token_counts (document, model, tokens) select id, ?, ? from documents where id = ?")
      .run(model, tokens, id);
    if (this.lastModel !== model) this.#db.prepare("insert or replace into notes (name, value) values ('model', ?)").run(model);
  }

  rename(id: string, name: string): void {
    this.#db.prepare("update documents set name = ? where id = ?").run(name, id);
  }

  move(id: string, folder: string): void {
    this.#db.prepare("update documents set folder = ? where id = ?").run(folder, id);
  }

  /** Takes it out of sight; it can be brought back until it is purged. */
  remove(id: string, now: number): void {
    this.#db.prepare("update documents set removed = ? where id = ? and removed is null").run(now, id);
  }

  /** Null when it is too late. */
  restore(id: string): StoredDocument | null {
    this.#db.prepare("update documents set removed = null where id = ?").run(id);
    return this.get(id);
  }

  /** Deletes for good what was removed before `time`, and what never became whole. */
  purge(time: number, onErased: (id: string) => Promise<void> = async () => {}): Promise<void> {
    return this.#exclusive(async () => {
      const due = this.#db.prepare("select id from documents where removed < ? or (whole = 0 and added < ?) limit 1").pluck();
      // Asked for one by one: what a person brings back meanwhile stays.
      for (;;) {
        const id = due.get(time, time) as string | undefined;
        if (id === undefined) return;
        await this.#erase(id);
        await this.#originals.remove(id);
        await onErased(id);
      }
    });
  }

  #exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => {});
    return done;
  }

  async #erase(id: string): Promise<void> {
    if (this.#db.prepare("update documents set whole = 0 where id = ?").run(id).changes === 0) return;
    const erase = this.#db.prepare("delete from pages where key in (select key from pages where document = ? limit ?)");
    while (erase.run(id, slicePages / 10).changes > 0) await breath();
    this.#db.prepare("delete from documents where id = ?").run(id);
  }
}

function fromRow(row: Row): StoredDocument {
  const { emptyPages, recognised, pins, notes } = row;
  return {
    ...row,
    emptyPages: JSON.parse(emptyPages) as number[],
    recognised: JSON.parse(recognised) as number[],
    pins: JSON.parse(pins) as Pin[],
    notes: (JSON.parse(notes) as (string | Sentence)[]).map(savedSentence),
  };
}

export const gone = (): LibraryError => new LibraryError("not-there", "This document is not in the library any more: add it again.");
