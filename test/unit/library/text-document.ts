/** A document of one page of text, as it is put into the library. */
import { sha256 } from "../../../main/library/originals.ts";

export async function textDocument(n: number, text: string) {
  const bytes = new TextEncoder().encode(text);
  const pages = [{ number: 1, start: 0, text }];
  return { id: await sha256(bytes), name: `${n}.txt`, bytes, folder: "", source: null, addedAt: n, emptyPages: [], notes: [], text, pages };
}
