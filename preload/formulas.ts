/** The ways in which models write formulas in Markdown, made one before it is parsed. Pure. */

const code = String.raw`(?<code>(?<fence>\`{3,}|~{3,})[\s\S]*?(?:\k<fence>|$)|\`[^\`\n]*\`)`;
// Bounded: what is opened again and again and never closed must not be looked through each time.
const display = String.raw`(?:\\\[(?<brackets>[\s\S]{1,2000}?)\\\]|\$\$(?<dollars>[^$]+)\$\$)`;
const inline = String.raw`\\\((?<parens>[^\n]{1,2000}?)\\\)`;
// As Pandoc has it: no space inside, no digit after; so that "$5 and $10" are prices.
const dollar = String.raw`(?<![\\$\w])\$(?<dollar>[^\s$](?:[^$\n]{0,200}[^\s$\\])?)\$(?![\w$])`;
const formulas = new RegExp(`${code}|${display}|${inline}|${dollar}`, "g");

/**
 * Formulas as models write them, \(x\), \[x\], $x$ and $$x$$, to the one way that is parsed: $$x$$ inside a line, $$ on lines of its own
 * around a formula that stands alone. Code stays as it is, and so do prices.
 */
export function oneKindOfFormula(source: string): string {
  if (!/\$|\\[[(]/.test(source)) return source;
  return source.replace(formulas, (all, ...rest) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const at = rest.at(-3) as number;
    if (groups.code !== undefined) return all;
    const standing = groups.brackets ?? groups.dollars;
    if (standing !== undefined) {
      const before = source.slice(source.lastIndexOf("\n", at - 1) + 1, at);
      const after = source.slice(at + all.length).split("\n", 1)[0]!;
      if (before.trim() !== "" || after.trim() !== "") return `$$${standing.trim().replace(/\s*\n\s*/g, " ")}$$`;
      return `$$\n${before}${standing.trim().replaceAll("\n", `\n${before}`)}\n${before}$$`;
    }
    const formula = groups.parens ?? groups.dollar!;
    return groups.dollar === undefined || isFormula(formula) ? `$$${formula.trim()}$$` : all;
  });
}

/** Where a place in a text is once its formulas are of one kind: those before it may have become longer or shorter. */
export const placeAmongFormulas = (source: string, at: number): number => oneKindOfFormula(source.slice(0, at)).length;

/** One letter, or something that prose between two dollar signs does not have. */
const isFormula = (text: string): boolean => /[\\^_={}<>+*/]|^-?\w?[A-Za-z]$/.test(text);
