/** A library of 1,000 documents and 300 conversations in words of no language. */
import type { Library } from "../main/library/library.ts";
import type { Turn } from "../preload/api.ts";

export const documents = 1000;
export const pagesEach = 30;
const wordsPerPage = 420;
const conversations = 300;

/** Words as often as in real text: the n-th most frequent comes 1/n as often as the first. */
function wordSource(seed: number): () => string {
  const syllables = ["ka", "to", "mi", "ren", "sol", "va", "du", "lek", "pi", "nor", "ha", "est"];
  const vocabulary = Array.from({ length: 30_000 }, (_, i) => {
    let word = "";
    for (let rest = i + 1; rest > 0; rest = Math.floor(rest / syllables.length)) word += syllables[rest % syllables.length];
    return word;
  });
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return vocabulary[Math.floor(vocabulary.length ** (state / 2 ** 32)) - 1]!;
  };
}

/** Puts them in; `model` is whose token counts are known. */
export async function fill(library: Library, model: string): Promise<void> {
  const word = wordSource(1);
  for (let d = 0; d < documents; d++) {
    let text = "";
    const pages = Array.from({ length: pagesEach }, (_, i) => {
      const page = `${Array.from({ length: wordsPerPage }, word).join(" ")}.${i === 7 ? ` The marker of document ${d} is zebra${d}.` : ""}`;
      const start = text.length;
      text += `${page}\n\n`;
      return { number: i + 1, start, text: page };
    });
    const id = d.toString(16).padStart(64, "0");
    const bytes = new TextEncoder().encode(`document ${d}`);
    await library.documents.add({
      id,
      name: `Report ${d} ${word()}.pdf`,
      bytes,
      folder: `Year ${d % 12}`,
      source: null,
      addedAt: d,
      emptyPages: [],
      notes: [],
      text,
      pages,
    });
    library.documents.setTokens(id, model, 12_000);
  }
  for (let c = 0; c < conversations; c++) {
    const turns = Array.from({ length: 6 }, (_, i): Turn => {
      const said = { question: `What about ${word()} ${word()}?`, answer: Array.from({ length: 80 }, word).join(" ") };
      return { id: `${c}-${i}`, ...said, phase: "failed", error: { code: "stopped", text: "Stopped." } };
    });
    const documentId = c.toString(16).padStart(64, "0");
    library.conversations.create(
      { id: `${c}`, documentIds: [documentId], extent: { kind: "whole" }, turns },
      turns[0]!.question,
      ["Report"],
      null,
      c,
    );
  }
}
