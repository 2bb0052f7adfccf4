/**
 * One search over everything: names and titles, the pages of documents, questions and answers. Whatever is typed is a search: words are quoted
 * before SQLite sees them, so that nothing in them is its syntax.
 */
import type Database from "better-sqlite3";
import type { SearchResult, Snippet } from "../../preload/api.ts";

/** How many of each kind are found at most, and how many pages of one document. */
const most = { titles: 20, pages: 24, pagesPerDocument: 3, turns: 12 };
/** Of so many best pages the shown ones are chosen. */
const candidates = 120;
/** Of so many pages or turns, the latest, the best are found: ranking takes a microsecond each, and words that more of them hold tell little. */
const ranked = 8000;
const words = { title: 12, page: 22, turn: 18 };
/** What stands around a hit on its way from SQLite; no text of a person holds these. */
const [opening, closing] = ["\u0001", "\u0002"];

type TitleRow = { id: string; title: string };
type PageRow = { key: number; document: string; number: number; label: string | null };
type TurnRow = { key: number; id: string; conversation: string };

const nothing: SearchResult = { documents: [], pages: [], conversations: [], turns: [] };

/** Half of all words begin with a given letter: one alone is looked for as a word. */
const oneLetter = /^[a-z]$/i;

/** Best first in each kind. What was removed is not found. */
export function search(db: Database.Database, typed: string): SearchResult {
  const query = ftsQuery(typed);
  if (query === null) return nothing;
  return { ...titles(db, query), pages: pages(db, query), turns: turns(db, query) };
}

/**
 * What FTS5 is asked: every word must occur, the last one may be only begun, words between quotation marks stand together.
 * Null when there is nothing to look for.
 */
export function ftsQuery(typed: string): string | null {
  const parts = [...typed.normalize("NFC").matchAll(/["“„”]([^"“„”]*)(?:["“„”]|$)|[^\s"“„”]+/g)];
  const terms = parts.flatMap((part) => {
    const text = (part[1] ?? part[0]).replaceAll("\0", " ").trim();
    return /[\p{L}\p{N}\p{Co}]/u.test(text) ? [{ text, phrase: part[1] !== undefined }] : [];
  });
  if (terms.length === 0) return null;
  return terms
    .slice(0, 16)
    .map(({ text, phrase }, i) => `"${text}"${!phrase && i === terms.length - 1 && !oneLetter.test(text) ? "*" : ""}`)
    .join(" ");
}

function titles(db: Database.Database, query: string): Pick<SearchResult, "documents" | "conversations"> {
  const select = (table: string, kind: string) =>
    db
      .prepare(
        `select titles_index.id, snippet(titles_index, 0, '${opening}', '${closing}', '…', ${words.title}) as title
         from titles_index join ${table} on ${table}.id = titles_index.id
         where titles_index match ? and kind = '${kind}' and removed is null order by rank limit ${most.titles}`,
      )
      .all(query) as TitleRow[];
  return {
    documents: select("documents", "document").map(({ id, title }) => ({ documentId: id, title: snippet(title) })),
    conversations: select("conversations", "conversation").map(({ id, title }) => ({ conversationId: id, title: snippet(title) })),
  };
}

/** The best rows of an index, as a table for another query; its values are the query, twice. */
const best = (index: string): string =>
  `with first as (select rowid from ${index} where ${index} match ? order by rowid desc limit 1 offset ${ranked}),
   best as (select rowid, rank from ${index} where ${index} match ? and rowid > coalesce((select rowid from first), 0) order by rank limit ${candidates})`;

function pages(db: Database.Database, query: string): SearchResult["pages"] {
  const rows = db
    .prepare(
      `${best("pages_index")}
       select pages.key, pages.document, pages.number, pages.label
       from best join pages on pages.key = best.rowid join documents on documents.id = pages.document
       where documents.whole = 1 and documents.removed is null order by best.rank`,
    )
    .all(query, query) as PageRow[];
  // Numbers are bound as real ones, and FTS5 takes no notice of a row that is not an integer.
  const excerpt = db
    .prepare(
      `select snippet(pages_index, 0, '${opening}', '${closing}', '…', ${words.page}) from pages_index where pages_index match ? and rowid = cast(? as integer)`,
    )
    .pluck();
  const shown = new Map<string, number>();
  return rows
    .filter(({ document }) => {
      const count = (shown.get(document) ?? 0) + 1;
      shown.set(document, count);
      return count <= most.pagesPerDocument;
    })
    .slice(0, most.pages)
    .map(({ key, document, number, label }) => {
      const text = snippet(excerpt.get(query, key) as string);
      return { documentId: document, page: number, ...(label !== null && { label }), text };
    });
}

function turns(db: Database.Database, query: string): SearchResult["turns"] {
  const rows = db
    .prepare(
      `${best("turns_index")}
       select turns.key, turns.id, turns.conversation
       from best join turns on turns.key = best.rowid join conversations on conversations.id = turns.conversation
       where conversations.removed is null order by best.rank limit ${most.turns}`,
    )
    .all(query, query) as TurnRow[];
  const excerpt = db
    .prepare(
      `select snippet(turns_index, -1, '${opening}', '${closing}', '…', ${words.turn}) from turns_index where turns_index match ? and rowid = cast(? as integer)`,
    )
    .pluck();
  return rows.map(({ key, id, conversation }) => ({
    conversationId: conversation,
    turnId: id,
    text: snippet(excerpt.get(query, key) as string),
  }));
}

/** Text with marks around its hits, as pieces. */
function snippet(marked: string): Snippet {
  return marked
    .replace(/\s+/g, " ")
    .split(opening)
    .flatMap((part, i) => {
      const [hit = "", rest] = part.split(closing);
      return i === 0
        ? [{ text: part, hit: false }]
        : [
            { text: hit, hit: true },
            { text: rest ?? "", hit: false },
          ];
    })
    .filter(({ text }) => text !== "");
}
