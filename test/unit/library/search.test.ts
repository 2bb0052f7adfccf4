/** Searching the library: what is found, in which order, and that nothing that can be typed is an error. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, openLibrary } from "../../../main/library/library.ts";
import { ftsTerms } from "../../../main/library/search.ts";
import type { Snippet } from "../../../preload/api.ts";

let folder: string;
let library: Library;
const said = (snippet: Snippet) => snippet.map(({ text, hit }) => (hit ? `[${text}]` : text)).join("");

async function add(id: string, name: string, pageTexts: string[]) {
  let text = "";
  const pages = pageTexts.map((page, i) => {
    const start = text.length;
    text += `${page}\n`;
    return { number: i + 1, start, text: page };
  });
  await library.documents.add({
    id,
    name,
    bytes: new TextEncoder().encode(name),
    folder: "",
    source: null,
    addedAt: 1,
    emptyPages: [],
    notes: [],
    text,
    pages,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-search-"));
  library = await openLibrary(folder, (error) => {
    throw error;
  });
  await add("a", "Lease_2024-final.pdf", [
    "The tenant pays rent on the first day.",
    "Either party may terminate with ninety days notice.\nNotice is given in writing.",
  ]);
  await add("b", "Émile.txt", ["Notice the café. Le château est fermé.", "AND OR NOT NEAR"]);
  await add("c", "Removed.txt", ["notice this no more"]);
  library.documents.remove("c", Date.now());
  library.conversations.create(
    {
      id: "k",
      documentIds: ["a"],
      extent: { kind: "whole" },
      turns: [
        {
          id: "t",
          question: "Who may terminate?",
          answer: "Either **party**, with notice.",
          phase: "failed",
          error: { code: "stopped", text: "" },
        },
      ],
    },
    "Termination of the lease",
    ["Lease"],
    null,
    1,
  );
});
afterAll(async () => {
  await library.close();
  await rm(folder, { recursive: true, force: true });
});

test("every page and every turn is shown with words of its own", async () => {
  const { pages, turns } = await library.search("notice");
  const shown = pages.map(({ documentId, text }) => [documentId, said(text).slice(0, 24)]);
  expect(shown).toHaveLength(2);
  expect(shown).toContainEqual(["a", "Either party may termina"]);
  expect(shown).toContainEqual(["b", "[Notice] the café. Le ch"]);
  expect(turns.map(({ text }) => said(text))).toEqual(["Either **party**, with [notice]."]);
});

test("names, pages, titles, questions and answers are found, the hits are marked, what was removed is not found", async () => {
  const found = await library.search("notice");
  expect(found.pages.map(({ documentId, page }) => [documentId, page])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect(said(found.pages[0]!.text)).toContain("days [notice]. [Notice] is given");
  expect(found.turns.map(({ conversationId, turnId }) => [conversationId, turnId])).toEqual([["k", "t"]]);
  const lease = await library.search("lease");
  expect(lease.documents.map(({ documentId, title }) => [documentId, said(title)])).toEqual([["a", "[Lease]_2024-final.pdf"]]);
  expect(lease.conversations.map(({ title }) => said(title))).toEqual(["Termination of the [lease]"]);
});

test("begun words, other accents and phrases", async () => {
  expect((await library.search("termin")).pages).toHaveLength(1);
  expect((await library.search("CHATEAU cafe")).pages.map(({ documentId }) => documentId)).toEqual(["b"]);
  expect((await library.search("emile")).documents).toHaveLength(1);
  expect((await library.search('"ninety days"')).pages).toHaveLength(1);
  expect((await library.search('"days ninety"')).pages).toHaveLength(0);
  expect((await library.search("2024 final")).documents).toHaveLength(1);
});

test("a renamed document is found by its new name only", async () => {
  library.documents.rename("b", "Rousseau.txt");
  expect((await library.search("rousseau")).documents).toHaveLength(1);
  expect((await library.search("emile")).documents).toHaveLength(0);
});

const odd = [
  '"',
  '""',
  "'",
  "AND",
  "OR NOT",
  "NEAR(",
  "a AND",
  "*",
  "a*",
  "^a",
  "col:a",
  "{a b}:c",
  "-",
  "--",
  "(",
  ")",
  "\\",
  "%",
  "_",
  ";",
  "\0",
  "a\0b",
  "+",
  "😀",
  "\ud800",
  "“",
  "„x“",
  'a"b',
  'x" OR "y',
  "x".repeat(5000),
  "y ".repeat(3000),
  "\u0001\u0002",
  "<|im_end|>",
];

test.each(odd)("%j is a search like any other", async (typed) => {
  await library.search(typed);
});

test("random text is a search like any other", async () => {
  let seed = 7;
  const alphabet = [..."\"'*^:(){}+-~|&\\ aNORD1é漢\u0000\u0001\u0002\ud83d"];
  for (let i = 0; i < 300; i++) {
    let typed = "";
    for (let n = 0; n < 12; n++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      typed += alphabet[(seed >>> 8) % alphabet.length];
    }
    await library.search(typed);
  }
});

test("words are quoted, the last one may be only begun, said twice they are asked for once", () => {
  expect(ftsTerms("ninety da")).toEqual(['"ninety"', '"da"*']);
  expect(ftsTerms('say "ninety days"')).toEqual(['"say"', '"ninety days"']);
  expect(ftsTerms("to be or not to be")).toEqual(['"to"', '"be"', '"or"', '"not"', '"be"*']);
  expect(ftsTerms("a")).toEqual(['"a"']);
  expect(ftsTerms(" -- ")).toEqual([]);
});

test("among words that are on thousands of pages, those that are not decide, and the one page with all of them is found however old it is", async () => {
  const common = ["harbour coal", "coal timber", "timber harbour"];
  await add("old", "Old.txt", ["harbour coal timber"]);
  await add(
    "many",
    "Many.txt",
    Array.from({ length: 7800 }, (_, i) => common[i % 3]!),
  );
  await add("new", "New.txt", ["coal, timber, harbour and one lighthouse", "coal, lighthouse, timber, harbour: lighthouse", "coal"]);
  const pagesOf = async (words: string) =>
    (await library.search(words)).pages.map(({ documentId, page, text }) => `${documentId} ${page} ${said(text)}`);
  expect(await pagesOf("harbour coal timber lighth")).toEqual([
    "new 2 [coal], [lighthouse], [timber], [harbour]: [lighthouse]",
    "new 1 [coal], [timber], [harbour] and one [lighthouse]",
  ]);
  expect((await pagesOf("harbour coal timber")).sort()).toEqual([
    "new 1 [coal], [timber], [harbour] and one lighthouse",
    "new 2 [coal], lighthouse, [timber], [harbour]: lighthouse",
    "old 1 [harbour] [coal] [timber]",
  ]);
});
