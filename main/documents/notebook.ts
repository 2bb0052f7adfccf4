/** Jupyter notebooks: what was written, the code, and what it printed. Pictures and the numbers behind them are left out. */
import { z } from "zod";
import type { Block } from "./blocks.ts";

const words = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(""))]);
const output = z.object({ text: words.optional(), data: z.object({ "text/plain": words.optional() }).optional() }).catch({});
const cell = z.object({ cell_type: z.string(), source: words, outputs: z.array(output).default([]) });
const notebook = z.object({
  cells: z.array(cell),
  metadata: z.object({ language_info: z.object({ name: z.string() }) }).catch({ language_info: { name: "" } }),
});

/** Its cells in order; null when it is no notebook of the present format. */
export function notebookBlocks(text: string): Block[] | null {
  const { success, data } = notebook.safeParse(parsed(text));
  if (!success) return null;
  const language = data.metadata.language_info.name;
  return data.cells.flatMap(({ cell_type: type, source, outputs }) => {
    if (type !== "code") return [source];
    const printed = outputs
      .map(({ text: said, data: shown }) => (said ?? shown?.["text/plain"] ?? "").trim())
      .filter((said) => said !== "");
    return [`\`\`\`${language}\n${source}\n\`\`\``, ...(printed.length > 0 ? [`Output:\n${printed.join("\n")}`] : [])];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
