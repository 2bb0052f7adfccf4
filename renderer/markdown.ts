/**
 * Cuts an answer into blocks that can be drawn apart, so that while it streams only the last one is drawn again.
 * Blank lines part blocks, except inside a code fence, a formula and a list.
 */
export function markdownBlocks(source: string): string[] {
  const blocks: string[] = [];
  let current: string[] = [];
  let hasText = false;
  let fence: string | null = null;
  const lines = source.split("\n");
  lines.forEach((line, i) => {
    const mark = /^\s*(`{3,}|~{3,}|\$\$|\\\[)/.exec(line)?.[1];
    if (fence !== null) fence = closes(line, mark, fence) ? null : fence;
    else if (mark !== undefined && !closedAtOnce(line, mark)) fence = mark;
    current.push(line);
    hasText ||= line.trim() !== "";
    const next = lines[i + 1];
    const continues = next === undefined || /^\s*([-*+]|\d+[.)])\s|^\s{2,}\S/.test(next);
    if (fence === null && line.trim() === "" && !continues && hasText) {
      blocks.push(current.join("\n"));
      current = [];
      hasText = false;
    }
  });
  if (hasText) blocks.push(current.join("\n"));
  return blocks;
}

function closes(line: string, mark: string | undefined, fence: string): boolean {
  if (fence === "$$") return line.includes("$$");
  if (fence === "\\[") return line.includes("\\]");
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length;
}

function closedAtOnce(line: string, mark: string): boolean {
  const rest = line.slice(line.indexOf(mark) + mark.length);
  return (mark === "$$" && rest.includes("$$")) || (mark === "\\[" && rest.includes("\\]"));
}
