/** Words that a line's end has divided: whether the hyphen belongs to the word is known only when the whole document is. */

/** Stands for the hyphen at the end of a line until then. The text holds no other soft hyphens. */
export const lineEndHyphen = "\u00ad";

/** Decides for every hyphen at a line's end whether the word is written with it, by how the rest of the document writes the word. */
export function mendHyphens(pages: string[]): string[] {
  const words = new Set<string>();
  for (const page of pages) {
    for (const [word] of page.matchAll(/(?<![\p{L}\u00ad-])\p{L}+(?:-\p{L}+)*(?![\p{L}\u00ad])/gu)) words.add(word.toLowerCase());
  }
  const known = (word: string) => words.has(word.toLowerCase());
  return pages.map((page) =>
    page
      .replace(/(?<!\p{L})(\p{L}+)\u00ad(\p{L}+)/gu, (_, a: string, b: string) => {
        const compound = known(`${a}-${b}`) || (known(a) && known(b)) || /^\p{Lu}/u.test(b);
        return !known(a + b) && compound ? `${a}-${b}` : a + b;
      })
      .replaceAll(lineEndHyphen, ""),
  );
}
