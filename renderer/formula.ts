/** KaTeX, with its own typefaces; fetched with the first formula. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** Sets a formula inside `element`. Returns false when it is not one. Nothing in it can load, link or take the page over. */
export function setFormula(tex: string, display: boolean, element: HTMLElement): boolean {
  try {
    katex.render(tex, element, { displayMode: display, throwOnError: true, trust: false, strict: "ignore", maxSize: 20, maxExpand: 200 });
    return true;
  } catch {
    return false;
  }
}
