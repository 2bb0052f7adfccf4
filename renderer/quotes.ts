/** Where the marks of checked quotes go in an answer's tree. Pure. */

import type { Element, ElementContent, Root, Text } from "hast";
import type { Quote } from "../preload/api.ts";

/** The element that stands behind a quote, and its one property: the quote as JSON, since trees hold only text. */
export const quoteTag = "quote-check";
export type QuoteProperties = { quote: string };

type Branch = Root | Element;

/**
 * Puts a `quoteTag` behind every quote; `end` counts from the beginning of the block. Behind the word where a quote ends, and behind its
 * closing mark, when the text there is as it was written; otherwise behind that stretch of text.
 */
export function markQuotes(tree: Root, quotes: readonly Quote[]): void {
  // From the last to the first, so that what is put in moves nothing that is still to be found.
  for (const quote of quotes.toReversed()) {
    const place = textAt(tree, quote.end);
    if (!place) continue;
    const { parent, index, from, value, asWritten } = place;
    const cut = asWritten ? quote.end - from : value.length;
    const behind = cut + (/^[”“"»]/.test(value.slice(cut)) ? 1 : 0);
    const mark: Element = { type: "element", tagName: quoteTag, properties: { quote: JSON.stringify(quote) }, children: [] };
    const rest = value.slice(behind);
    const text = parent.children[index] as Text;
    text.value = value.slice(0, behind);
    if (asWritten) text.position!.end.offset = from + behind;
    const added: ElementContent[] = rest === "" ? [mark] : [mark, { type: "text", value: rest }];
    (parent.children as ElementContent[]).splice(index + 1, 0, ...added);
  }
}

type Place = { parent: Branch; index: number; from: number; value: string; asWritten: boolean };

/** The stretch of text that holds the character before `offset`: the last one that begins before it. */
function textAt(tree: Root, offset: number): Place | null {
  let found: Place | null = null;
  const visit = (parent: Branch): void => {
    for (const [index, child] of parent.children.entries()) {
      if (child.type === "element") visit(child);
      const from = child.position?.start.offset;
      const to = child.position?.end.offset;
      if (child.type === "text" && from !== undefined && to !== undefined && from < offset && child.value.trim() !== "") {
        found = { parent, index, from, value: child.value, asWritten: to - from === child.value.length };
      }
    }
  };
  visit(tree);
  return found;
}
