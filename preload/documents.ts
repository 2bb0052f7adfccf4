/** The part of the contract that is about documents. Offsets are UTF-16 code units, sizes bytes, lengths tokens unless a name says otherwise. */
import type { AppError } from "./api.ts";
import type { Sentence } from "./sentences.ts";

/** A document of the library: what is known of it at each phase of its import. Its id is the SHA-256 of its file's bytes. */
export type DocumentInfo = {
  id: string;
  name: string;
  fileBytes: number;
  /** The folder of the library that it lies in, "Contracts/2024" where that is in another; "" is none. */
  folder: string;
  /** ms since 1970. */
  addedAt: number;
} & (
  | { phase: "parsing"; pagesDone: number; pagesTotal: number }
  | { phase: "counting"; pages: number; characters: number }
  /** A PDF of pictures alone: there is nothing to ask about until the text of a page was recognised. */
  | ({ phase: "scanned"; pages: number } & PagesWithoutText)
  /** `tokens` is null until this model has counted them, `notes` say what was guessed or left out. */
  | ({ phase: "ready"; pages: number; characters: number; tokens: number | null; notes: Sentence[]; pins: Pin[] } & PagesWithoutText)
  | { phase: "failed"; error: AppError }
);

/** Numbers of pages that have no text, and of pages whose picture text was looked for in; where it found none, a page is in both. */
export type PagesWithoutText = { emptyPages: number[]; recognised: number[] };

/** What became of the file that a document was added from; `unknown` where the host did not tell its place. */
export type SourceState = "unknown" | "same" | "changed" | "gone";

/** A passage that stays in the answering cache whatever is asked, as offsets in the document's whole text. */
export type Pin = { start: number; end: number };

/**
 * A page of a document's text. `start` is its offset in the document's whole text, in UTF-16 code units. `label` is what people call it
 * where it is more than a number: "Slide 4", "Sheet Q3", "Chapter 2". `lines` are there when the text was recognised from the page's picture.
 */
export type Page = { number: number; start: number; text: string; label?: string; lines?: RecognisedLine[] };

/** A recognised line and its box, in shares of the page's width and height from its upper left corner. */
export type RecognisedLine = { text: string; left: number; top: number; width: number; height: number };

/** What can be imported, by the ends of names in lower case: formats of their own, and what is text. */
export const documentTypes: readonly string[] = "pdf docx docm dotx pptx pptm ppsx potx xlsx xlsm xltx odt ott odp ods epub".split(" ");
export const textTypes: readonly string[] = [
  "txt text md markdown rst adoc org tex log csv tsv json jsonl ndjson xml yaml yml toml ini cfg conf properties env html htm xhtml eml",
  "js mjs cjs jsx ts mts cts tsx vue svelte css scss less py pyi ipynb rb php pl pm lua r jl go rs zig c h cc cpp cxx hh hpp hxx m mm",
  "java kt kts scala groovy gradle cs fs fsx vb swift dart ex exs erl hrl hs ml mli clj cljs lisp el scm sql graphql proto sh bash zsh fish",
  "ps1 bat cmd make mk cmake dockerfile nix tf diff patch srt vtt bib asm s f f90 f95 pas ada v sv vhd vhdl sol wgsl glsl hlsl",
].flatMap((line) => line.split(" "));
