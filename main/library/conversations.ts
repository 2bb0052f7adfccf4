/**
 * Conversations and their turns. An answer that is being written is saved a few times a second, in one small commit however many words came:
 * when Folio dies, what was shown is there, and its turn is marked as interrupted.
 */

import type Database from "better-sqlite3";
import type { AppError, Conversation, ConversationInfo, Extent, Turn } from "../../preload/api.ts";
import { type Sentence, savedSentence, sentence } from "../../preload/sentences.ts";
import { extentSchema } from "../extent.ts";
import { LibraryError } from "./errors.ts";
import { type Insertion, withPlacesMoved } from "./insertion.ts";

/** How much of an answer may be lost at most, in ms. */
const saveEveryMs = 250;

type InfoRow = Omit<ConversationInfo, "documentIds" | "documentNames"> & { documents: string };
type TurnRow = { id: string; question: string; answer: string; outcome: string | null };
/** `extent` is missing in libraries of earlier versions. */
type LastOpen = { conversation: string } | { documents: string[]; extent?: Extent };
type Settled = Extract<Turn, { phase: "done" | "failed" }>;

const infoColumns = `id, title, branch_of as branchOf, created as createdAt, changed as changedAt,
  (select count(*) from turns where conversation = conversations.id) as turns,
  (select json_group_array(json_array(document, name) order by position) from conversation_documents where conversation = conversations.id) as documents`;

export class Conversations {
  readonly #db: Database.Database;
  /** Answers that have grown since they were last saved, by turn. */
  readonly #grown = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  readonly #onFailure: (error: unknown) => void;

  /** `onFailure` hears of answers that could not be saved; they are tried again. */
  constructor(db: Database.Database, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
    this.#endInterrupted();
  }

  /** All that are not removed, the latest first. */
  list(): ConversationInfo[] {
    const rows = this.#db
      .prepare(`select ${infoColumns} from conversations where removed is null order by changed desc, rowid desc`)
      .all() as InfoRow[];
    return rows.map(infoFromRow);
  }

  info(id: string): ConversationInfo | null {
    const row = this.#db.prepare(`select ${infoColumns} from conversations where id = ? and removed is null`).get(id) as
      | InfoRow
      | undefined;
    return row ? infoFromRow(row) : null;
  }

  /** @throws LibraryError when it is not there */
  get(id: string): Conversation {
    const info = this.info(id);
    if (!info) throw gone();
    const rows = this.#db
      .prepare("select id, question, answer, outcome from turns where conversation = ? order by key")
      .all(id) as TurnRow[];
    const extent = this.#db.prepare("select extent from conversations where id = ?").pluck().get(id) as string | null;
    return { id, documentIds: info.documentIds, extent: extentFromText(extent), turns: rows.map((row) => fromRow(row)) };
  }

  /** Saves a new one, with the turns that it begins with. */
  create(conversation: Conversation, title: string, names: readonly string[], branchOf: string | null, now: number): void {
    this.#db.transaction(() => {
      this.#db
        .prepare("insert into conversations (id, title, branch_of, created, changed, extent) values (?, ?, ?, ?, ?, ?)")
        .run(conversation.id, title, branchOf, now, now, textOfExtent(conversation.extent));
      for (const [position, documentId] of conversation.documentIds.entries())
        this.#insertDocument(conversation.id, position, documentId, names[position] ?? "");
      for (const turn of conversation.turns) this.#insertTurn(conversation.id, turn);
    })();
  }

  addDocument(id: string, documentId: string, name: string): void {
    const position = this.#db.prepare("select count(*) from conversation_documents where conversation = ?").pluck().get(id) as number;
    this.#insertDocument(id, position, documentId, name);
  }

  setExtent(id: string, extent: Extent): void {
    this.#db.prepare("update conversations set extent = ? where id = ?").run(textOfExtent(extent), id);
  }

  /** Saves a turn as it is now, for good before this returns. */
  saveTurn(conversationId: string, turn: Turn, now: number): void {
    this.#db.transaction(() => {
      const changed = this.#db
        .prepare("update turns set answer = ?, outcome = ? where id = ?")
        .run(turn.answer, outcomeOf(turn), turn.id).changes;
      if (changed === 0) this.#insertTurn(conversationId, turn);
      this.#db.prepare("update conversations set changed = ? where id = ?").run(now, conversationId);
    })();
    this.#grown.delete(turn.id);
  }

  /** Saves an answer that grows, soon. */
  saveAnswer(turnId: string, answer: string): void {
    this.#grown.set(turnId, answer);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      try {
        this.flush();
      } catch (error) {
        this.#onFailure(error);
      }
    }, saveEveryMs);
  }

  /** Saves what `saveAnswer` still holds back. */
  flush(): void {
    if (this.#grown.size === 0) return;
    const update = this.#db.prepare("update turns set answer = ? where id = ? and outcome is null");
    this.#db.transaction(() => {
      for (const [turnId, answer] of this.#grown) update.run(answer, turnId);
    })();
    this.#grown.clear();
  }

  /** Passages and quotes of a document into which text came move along with its text. */
  movePlaces(documentId: string, insertion: Insertion): void {
    if (insertion.by === 0) return;
    const rows = this.#db
      .prepare(
        "select id, question, answer, outcome from turns where outcome is not null and conversation in (select conversation from conversation_documents where document = ?)",
      )
      .all(documentId) as TurnRow[];
    const update = this.#db.prepare("update turns set outcome = ? where id = ?");
    for (const row of rows) {
      const turn = fromRow(row);
      if (turn.phase === "done") update.run(outcomeOf(withPlacesMoved(turn, documentId, insertion)), turn.id);
    }
  }

  removeTurn(turnId: string): void {
    this.#db.prepare("delete from turns where id = ?").run(turnId);
  }

  rename(id: string, title: string): void {
    this.#db.prepare("update conversations set title = ? where id = ?").run(title, id);
  }

  remove(id: string, now: number): void {
    this.#db.prepare("update conversations set removed = ? where id = ? and removed is null").run(now, id);
  }

  /** @throws LibraryError when it is too late */
  restore(id: string): ConversationInfo {
    this.#db.prepare("update conversations set removed = null where id = ?").run(id);
    const info = this.info(id);
    if (!info) throw gone();
    return info;
  }

  /** Deletes for good what was removed before `time`. */
  purge(time: number): void {
    this.#db.prepare("delete from conversations where removed < ?").run(time);
  }

  /** What was open last: a conversation that is still there, or documents that nothing was asked about yet. */
  get lastOpen(): LastOpen | null {
    const value = this.#db.prepare("select value from notes where name = 'open'").pluck().get() as string | undefined;
    const open = value === undefined ? null : (JSON.parse(value) as LastOpen);
    if (open && "documents" in open) return { ...open, extent: extentSchema.catch({ kind: "whole" }).parse(open.extent) };
    return open && !this.info(open.conversation) ? null : open;
  }

  setLastOpen(open: LastOpen): void {
    this.#db.prepare("insert or replace into notes (name, value) values ('open', ?)").run(JSON.stringify(open));
  }

  /** Saves what is held back, and holds nothing back any more. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.flush();
  }

  #insertDocument(id: string, position: number, documentId: string, name: string): void {
    this.#db
      .prepare("insert into conversation_documents (conversation, position, document, name) values (?, ?, ?, ?)")
      .run(id, position, documentId, name);
  }

  #insertTurn(conversationId: string, turn: Turn): void {
    this.#db
      .prepare("insert into turns (id, conversation, question, answer, outcome) values (?, ?, ?, ?, ?)")
      .run(turn.id, conversationId, turn.question, turn.answer, outcomeOf(turn));
  }

  /** Nobody answers these any more: Folio, or the machine, ended while they were being answered. */
  #endInterrupted(): void {
    this.#db.prepare("update turns set outcome = ? where outcome is null").run(JSON.stringify(interrupted));
  }
}

/** A conversation is called what was first asked in it. */
export function titleOf(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  if (line.length <= 80) return line;
  // Half a character would be shown as a box with a question mark.
  const start = line.slice(0, 79).replace(/[\ud800-\udbff]$/, "");
  return `${start.trimEnd()}…`;
}

const interrupted = {
  phase: "failed",
  error: {
    code: "interrupted",
    ...sentence("Folio ended while it was answering. What had been said is kept: ask again for the rest."),
  },
} as const;

/** As it lies in the library; earlier versions wrote sentences as their words alone. */
type SavedOutcome =
  | (Omit<Extract<Turn, { phase: "done" }>, "id" | "question" | "answer" | "notice"> & { notice: string | Sentence | null })
  | { phase: "failed"; error: AppError & { message?: string } };

function outcomeOf(turn: Turn): string | null {
  if (turn.phase === "waiting" || turn.phase === "answering") return null;
  const { id: _, question: __, answer: ___, ...outcome } = turn;
  return JSON.stringify(outcome);
}

const textOfExtent = (extent: Extent): string | null => (extent.kind === "whole" ? null : JSON.stringify(extent));

/** What cannot be read any more was a choice of what to leave out: nothing is left out. */
function extentFromText(text: string | null): Extent {
  if (text === null) return { kind: "whole" };
  try {
    return extentSchema.parse(JSON.parse(text));
  } catch {
    return { kind: "whole" };
  }
}

function infoFromRow({ documents, ...row }: InfoRow): ConversationInfo {
  const pairs = JSON.parse(documents) as [string, string][];
  return { ...row, documentIds: pairs.map(([id]) => id), documentNames: pairs.map(([, name]) => name) };
}

function fromRow({ id, question, answer, outcome }: TurnRow): Turn {
  const said = { id, question, answer };
  if (outcome === null) return { ...said, phase: answer === "" ? "waiting" : "answering" };
  try {
    const saved = JSON.parse(outcome) as SavedOutcome;
    if (saved.phase === "done") return { ...said, ...saved, notice: saved.notice && savedSentence(saved.notice) } as Settled;
    if (saved.phase === "failed") {
      const { code, message, ...sentence } = saved.error;
      return { ...said, ...saved, error: { code, ...(message === undefined ? sentence : savedSentence(message)) } } as Settled;
    }
  } catch {
    // Said below, and the words are there all the same.
  }
  return {
    ...said,
    phase: "failed",
    error: { code: "unreadable", ...sentence("How this answer was made could not be read any more. Its words are kept.") },
  };
}

const gone = (): LibraryError => new LibraryError("not-there", "This conversation is not in the library any more.");
