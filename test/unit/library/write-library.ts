/**
 * A host that writes into the library as fast as it can, and tells its parent of every write that is done: that one must be there for ever. Ends
 * when it is killed.
 */
import { openLibrary } from "../../../main/library/library.ts";
import { textDocument } from "./text-document.ts";

/** What was written, as it can be looked for later. */
export type Written =
  | { kind: "conversation"; id: string; title: string; turns: { id: string; answer: string }[] }
  | { kind: "document"; id: string; text: string };

const [folder, from] = process.argv.slice(2) as [string, string];
const { conversations, documents } = await openLibrary(folder, (error) => console.error(error));
const tell = (written: Written) => process.send!(written);

for (let n = Number(from); ; n++) {
  const id = `c${n}`;
  const turns = [{ id: `t${n}`, question: `Question ${n}?`, answer: "", phase: "waiting" as const }];
  conversations.create({ id, documentIds: ["d"], extent: { kind: "whole" }, turns }, `Title ${n}`, ["D"], null, n);
  tell({ kind: "conversation", id, title: `Title ${n}`, turns: [{ id: `t${n}`, answer: "" }] });
  const answer = `Answer ${n}. `.repeat(1 + (n % 50));
  const error = { code: "stopped", text: "Stopped." };
  conversations.saveTurn(id, { id: `t${n}`, question: `Question ${n}?`, answer, phase: "failed", error }, n);
  tell({ kind: "conversation", id, title: `Title ${n}`, turns: [{ id: `t${n}`, answer }] });
  if (n % 3 === 0) {
    conversations.rename(id, `Renamed ${n}`);
    tell({ kind: "conversation", id, title: `Renamed ${n}`, turns: [{ id: `t${n}`, answer }] });
  }
  if (n % 4 === 0) {
    const text = Array.from({ length: 1 + (n % 7) }, (_, page) => `Page ${page} of document ${n}. ${"words ".repeat(500)}`).join("\n\n");
    const document = await textDocument(n, text);
    await documents.add(document);
    tell({ kind: "document", id: document.id, text });
  }
  // Messages leave, and checkpoints are made, between two writes.
  await new Promise(setImmediate);
}
