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
/** Of so many pages or turns, the latest, the best are found: ranking takes a microsecond each, and a word that more of them hold is common: it tells little. */
const ranked = 3000;
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
  const terms = ftsTerms(typed);
  if (terms.length === 0) return nothing;
  return { ...titles(db, terms.join(" ")), pages: pages(db, terms), turns: turns(db, terms) };
}

/** What FTS5 is asked: every term must occur. They are words, of which the last one may be only begun, and words that stand together, from between quotation marks. */
export function ftsTerms(typed: string): string[] {
  const parts = [...typed.normalize("NFC").matchAll(/["“„”]([^"“„”]*)(?:["“„”]|$)|[^\s"“„”]+/g)];
  const terms = parts.flatMap((part) => {
    const text = (part[1] ?? part[0]).replaceAll("\0", " ").trim();
    return /[\p{L}\p{N}\p{Co}]/u.test(text) ? [{ text, phrase: part[1] !== undefined }] : [];
  });
  const quoted = terms
    .slice(0, 16)
    .map(({ text, phrase }, i) => `"${text}"${!phrase && i === terms.length - 1 && !oneLetter.test(text) ? "*" : ""}`);
  return [...new Set(quoted)];
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

/**
 * The best rows of an index, as a table for another query; its values are `asked`. Rows hold all terms, and are ranked by those that are
 * not common and in any case by the two rarest: the others would add next to nothing.
 */
function best(db: Database.Database, index: string, terms: readonly string[]): { table: string; asked: object } {
  // One walk past the latest rows is enough for one term: for words that stand together every walk costs.
  if (terms.length === 1) {
    const latest = `select rowid, bm25(${index}) as score from ${index} where ${index} match @all order by rowid desc limit ${ranked}`;
    return { table: `(select rowid, score from (${latest}) order by score limit ${candidates}) as best`, asked: { all: terms[0] } };
  }
  const edge = db.prepare(`select rowid from ${index} where ${index} match ? order by rowid desc limit 1 offset ${ranked}`).pluck();
  /** The last row that is too old; 0 where none is. */
  const edgeOf = (query: string) => (edge.get(query) as number | undefined) ?? 0;
  const known = terms.map((term) => ({ term, edge: edgeOf(term) })).sort((a, b) => a.edge - b.edge);
  const rarest = known[0]!.edge;
  const telling = known.filter(({ edge }, i) => edge === 0 || i < 2).map(({ term }) => term);
  const all = terms.join(" ");
  const from = rarest === 0 ? 0 : edgeOf(all);
  // Numbers are bound as real ones, and FTS5 takes no notice of a row that is not an integer. Where it sorts by rank itself, it ranks twice.
  const rows = (query: string) => `from ${index} where ${index} match ${query} and rowid > cast(@from as integer)`;
  const others = telling.length < terms.length ? `and +rowid in (select rowid ${rows("@all")})` : "";
  const table = `(select rowid, bm25(${index}) as score ${rows("@telling")} ${others} order by score limit ${candidates}) as best`;
  return { table, asked: { all, telling: telling.join(" "), from } };
}

function pages(db: Database.Database, terms: readonly string[]): SearchResult["pages"] {
  const { table, asked } = best(db, "pages_index", terms);
  const rows = db
    .prepare(
      `select pages.key, pages.document, pages.number, pages.label
       from ${table} join pages on pages.key = best.rowid join documents on documents.id = pages.document
       where documents.whole = 1 and documents.removed is null order by score`,
    )
    .all(asked) as PageRow[];
  const shown = new Map<string, number>();
  const chosen = rows
    .filter(({ document }) => {
      const count = (shown.get(document) ?? 0) + 1;
      shown.set(document, count);
      return count <= most.pagesPerDocument;
    })
    .slice(0, most.pages);
  const textOf = excerpts(db, "pages_index", 0, words.page, terms, chosen);
  return chosen.map(({ key, document, number, label }) => ({
    documentId: document,
    page: number,
    ...(label !== null && { label }),
    text: textOf(key),
  }));
}

function turns(db: Database.Database, terms: readonly string[]): SearchResult["turns"] {
  const { table, asked } = best(db, "turns_index", terms);
  const rows = db
    .prepare(
      `select turns.key, turns.id, turns.conversation
       from ${table} join turns on turns.key = best.rowid join conversations on conversations.id = turns.conversation
       where conversations.removed is null order by score limit ${most.turns}`,
    )
    .all(asked) as TurnRow[];
  const textOf = excerpts(db, "turns_index", -1, words.turn, terms, rows);
  return rows.map(({ key, id, conversation }) => ({ conversationId: conversation, turnId: id, text: textOf(key) }));
}

/**
 * What stands around the hits in some rows of an index; `column` -1 is whichever has most. Rows are looked up one by one, but with a begun
 * word, for which FTS5 would put together anew each time where its thousand continuations stand: then in one walk past all rows with it.
 */
function excerpts(
  db: Database.Database,
  index: string,
  column: number,
  length: number,
  terms: readonly string[],
  rows: readonly { key: number }[],
): (key: number) => Snippet {
  if (rows.length === 0) return () => [];
  const keys = rows.map(({ key }) => key);
  const chosen = `${terms.at(-1)!.endsWith("*") ? "+" : ""}rowid in (select value from json_each(@keys))`;
  const found = db
    .prepare(
      `select rowid, snippet(${index}, ${column}, '${opening}', '${closing}', '…', ${length}) from ${index}
       where ${index} match @all and rowid between cast(@from as integer) and cast(@to as integer) and ${chosen}`,
    )
    .raw()
    .all({ all: terms.join(" "), from: Math.min(...keys), to: Math.max(...keys), keys: JSON.stringify(keys) }) as [number, string][];
  const texts = new Map(found);
  return (key) => snippet(texts.get(key) ?? "");
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
