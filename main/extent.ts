/** What of its documents a conversation's model is given: checked, and as characters of their texts. */
import { z } from "zod";
import type { Extent, Page, PageRange } from "../preload/api.ts";
import { EngineError } from "./engine/errors.ts";
import type { ReadExtent } from "./engine/turn.ts";

const pageNumber = z.int().min(1).max(10_000_000);

/** What a message or the library may hold. */
export const extentSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("whole") }),
  z.strictObject({
    kind: z.literal("pages"),
    ranges: z
      .array(
        z.strictObject({ documentId: z.string().min(1).max(100), from: pageNumber, to: pageNumber }).refine(({ from, to }) => from <= to),
      )
      .min(1)
      .max(1000),
  }),
  z.strictObject({ kind: z.literal("windows") }),
]) satisfies z.ZodType<Extent>;

/** The same for the engine. @throws EngineError `nothing-to-read` when a document has none of its pages; `spanOf` then gives null */
export function readExtent(extent: Extent, documentIds: readonly string[], spanOf: (range: PageRange) => Span | null): ReadExtent {
  if (extent.kind !== "pages") return extent;
  const parts = documentIds.map((id) => {
    const range = extent.ranges.find(({ documentId }) => documentId === id);
    if (!range) return null;
    const span = spanOf(range);
    if (!span)
      throw new EngineError("nothing-to-read", "There is no page {page} in this document: choose other pages.", { page: range.from });
    return span;
  });
  return { kind: "parts", parts };
}

/** Characters of a document's text. */
type Span = { start: number; end: number };

/** The characters of a range of pages, without what follows the last one; null when there is none of them. */
export function spanOfPages({ from, to }: Omit<PageRange, "documentId">, pages: readonly Page[]): Span | null {
  const chosen = pages.filter(({ number }) => number >= from && number <= to);
  const last = chosen.at(-1);
  return last ? { start: chosen[0]!.start, end: last.start + last.text.length } : null;
}
