/** What of its documents a conversation's model is given: in words, and what each way of going on would cost. Pure. */
import type { DocumentInfo, Extent, ModelEntry, ModelInfo, Page, PageRange, PromptCount, Turn } from "../preload/api.ts";
import { bytes, count, list, roughTime, shortName } from "./format.ts";
import { t } from "./language.ts";

/** "pages 3 to 40", "page 3". */
export const rangeWords = ({ from, to }: Pick<PageRange, "from" | "to">): string =>
  from === to ? t("page {page}", { page: from }) : t("pages {from} to {to}", { from, to });

/** The range of a document, when not all of it is given. */
export const rangeOf = (extent: Extent, documentId: string): PageRange | null =>
  extent.kind === "pages" ? (extent.ranges.find((range) => range.documentId === documentId) ?? null) : null;

/** How many pages of a document are given. */
export function pagesGiven(extent: Extent, { id, pages }: { id: string; pages: number }): number {
  const range = rangeOf(extent, id);
  return range ? range.to - range.from + 1 : pages;
}

const mostNamed = 12;

/**
 * How much of its documents the model was given for an answer; a page without text is a picture or a scan. Null when one of them is not in
 * the library any more.
 *
 * @param opened the conversation's documents of now, for answers of earlier versions, which do not say which they had
 */
export function coverageWords(
  turn: Extract<Turn, { phase: "done" }>,
  documents: readonly DocumentInfo[],
  opened: readonly string[],
): { summary: string; pages: string; skipped: string } | null {
  const ids = turn.kept?.map(({ documentId }) => documentId) ?? opened;
  const read = ids.flatMap((id) => documents.filter((known) => known.id === id)).filter((known) => known.phase === "ready");
  if (read.length < ids.length) return null;
  const pages = read.reduce((sum, known) => sum + known.pages, 0);
  const { coverage } = turn;
  if (coverage?.kind === "pages") {
    const given = read.map((known) => rangeOf(coverage, known.id) ?? { from: 1, to: known.pages });
    const chosen = read.reduce((sum, known) => sum + pagesGiven(coverage, known), 0);
    return {
      summary: t("{part} of {whole} pages read, as chosen", { part: chosen, whole: pages }),
      pages: t("{part} of {whole}, as chosen: {pages}", { part: chosen, whole: pages, pages: list(given.map(rangeWords)) }),
      skipped: "",
    };
  }
  const skipped = read.reduce((sum, known) => sum + known.emptyPages.length, 0);
  const named = read
    .filter((known) => known.emptyPages.length > 0)
    .map((known) => {
      const { emptyPages } = known;
      const numbers = list(emptyPages.slice(0, mostNamed).map(count)) + (emptyPages.length > mostNamed ? " …" : "");
      return read.length > 1 ? `${shortName(known.name, 24)}: ${numbers}` : numbers;
    });
  return {
    summary:
      skipped === 0
        ? t("all {count} pages read", { count: pages })
        : t("{part} of {whole} pages read", { part: pages - skipped, whole: pages }),
    pages: t("{part} of {whole}", { part: pages - skipped, whole: pages }),
    skipped: named.length === 0 ? "" : t("{pages} (skipped)", { pages: named.join("; ") }),
  };
}

/** About how many tokens a range of pages is, by its share of the document's characters. */
export function tokensOfRange({ from, to }: Pick<PageRange, "from" | "to">, pages: readonly Page[], tokens: number): number {
  const characters = (some: readonly Page[]) => some.reduce((sum, { text }) => sum + text.length, 0);
  const chosen = pages.filter(({ number }) => number >= from && number <= to);
  return Math.round((tokens * characters(chosen)) / Math.max(1, characters(pages)));
}

/** The first pages that fit into so many tokens, at least one: what a person is offered to begin with. */
export function firstPages(pages: readonly Page[], tokens: number, room: number): { from: number; to: number } {
  let to = 1;
  while (to < pages.length && tokensOfRange({ from: 1, to: to + 1 }, pages, tokens) <= room) to++;
  return { from: 1, to };
}

/** Tokens, time and memory of reading: what is not known is not said. */
export function costWords(tokens: number, model: ModelInfo): string[] {
  return [
    t("about {tokens}", { tokens: t("{count} tokens", { count: tokens }) }),
    ...(model.readingSpeed ? [t("read in {time}", { time: roughTime(tokens / model.readingSpeed) })] : []),
    t("{bytes} of memory", { bytes: bytes(tokens * model.tokenBytes) }),
  ];
}

/** How documents are read in windows, and what that costs. */
export function windowWords({ count: windows, tokens }: NonNullable<PromptCount["windows"]>, model: ModelInfo, capBytes: number): string[] {
  const saved = tokens * model.tokenBytes;
  return [
    t("{tokens} in {count} windows", { tokens: t("{count} tokens", { count: tokens }), count: windows }),
    ...(model.readingSpeed ? [t("read once, in {time}", { time: roughTime(tokens / model.readingSpeed) })] : []),
    t("{bytes} of memory", { bytes: bytes((tokens / Math.max(1, windows)) * model.tokenBytes) }),
    saved <= capBytes ? t("{bytes} on disk", { bytes: bytes(saved) }) : t("too much to keep on disk: read again for every question"),
  ];
}

/** Tokens of another model's tokenizer can be more than those of this one. */
const otherTokenizer = 1.15;
/** Tokens that question and answer may still take, and the step of contexts that are offered. */
const roomForMore = 1024;
const contextStep = 1024;

/** The context that this model would need for a prompt, when it was made for so much and is set to less. */
export function longerContext(model: ModelInfo, promptTokens: number): number | null {
  const needed = Math.ceil((promptTokens + roomForMore) / contextStep) * contextStep;
  if (needed <= model.contextLength || promptTokens + roomForMore / 4 > model.longestContext) return null;
  return Math.min(needed, model.longestContext);
}

/** The smallest model that is here, has room for the prompt, and fits this machine. */
export function longerModel<Fits extends { entry: ModelEntry; fit: { verdict: string } | null }>(
  fits: readonly Fits[],
  used: string,
  promptTokens: number,
): Fits | null {
  const roomy = fits.filter(({ entry, fit }) => {
    const context = Math.min(entry.settings.contextLength ?? Infinity, entry.shape?.contextLength ?? 0);
    const here = entry.file !== null && entry.file !== used && entry.problem === null;
    return here && fit !== null && fit.verdict !== "large" && context >= promptTokens * otherTokenizer;
  });
  return roomy.sort((a, b) => a.entry.bytes - b.entry.bytes)[0] ?? null;
}
