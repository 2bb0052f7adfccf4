/** Markdown that its parser would take long for, told before it is parsed. Pure. */

/** The most of each that is parsed. The parser takes as long as the square of it, and answers that are meant to be read hold a tenth of it at most. */
const most = {
  /** Without an empty line between them: characters that can begin or end emphasis, links and HTML; lines; characters of any kind. */
  marks: 800,
  lines: 1000,
  characters: 20_000,
  /** Lines that underline a heading. */
  underlines: 500,
  /** Marks of quotes, lists and footnotes; and such marks in a line, each inside the one before. */
  containers: 2000,
  depth: 100,
  /** Characters of a web address. */
  address: 1000,
};

/** Whether a text holds so much of what is slow to parse that it should be shown as it was written. */
export function isTangled(source: string): boolean {
  let [marks, lines, characters, underlines, containers] = [0, 0, 0, 0, 0];
  for (const line of behindCode(source.split(/\r\n?|\n/))) {
    if (isEmpty(line)) [marks, lines, characters] = [0, 0, 0];
    marks += line.replace(/[^*_~[\]<]+/g, "").length;
    lines++;
    characters += line.length;
    if (marks > most.marks || lines > most.lines || characters > most.characters) return true;
    const depth = containersOf(line);
    containers += depth;
    underlines += /^[ \t>]*(?:=+|-+)[ \t]*$/.test(line) ? 1 : 0;
    if (depth > most.depth || containers > most.containers || underlines > most.underlines || hasLongAddress(line)) return true;
  }
  return false;
}

const isEmpty = (line: string): boolean => /^[ \t]*$/.test(line);

/** Code stays code, whatever is in it: what a text that begins with it holds behind it. */
function behindCode(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => !isEmpty(line));
  const [, ticks, waves] = /^(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(lines[first] ?? "") ?? [];
  const fence = ticks ?? waves;
  if (fence === undefined) return lines;
  const last = lines.findIndex((line, i) => i > first && /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1]?.startsWith(fence));
  return last < 0 ? [] : lines.slice(last + 1);
}

/** How many quotes, lists and footnotes a line begins. */
function containersOf(line: string): number {
  const mark = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)|\[\^(?:\\.|[^\\\]\s])+\]:)/y;
  let count = 0;
  while (mark.test(line)) count++;
  return count;
}

const hasLongAddress = (line: string): boolean =>
  line.length > most.address && line.split(/[ \t]+/).some((word) => word.length > most.address && /www\.|https?:/i.test(word));
