/** E-mails: who wrote to whom, when and about what, then the words. Attachments are named, not opened. */

import PostalMime, { type Address, type Email } from "postal-mime";
import { type Sentence, sentence } from "../../preload/sentences.ts";
import type { Block } from "./blocks.ts";
import { cleanName, DocumentError } from "./errors.ts";
import { htmlBlocks } from "./html.ts";

/** `name` is the document's. Errors: damaged (no e-mail), encrypted. */
export async function emlBlocks(name: string, bytes: Uint8Array): Promise<{ blocks: Block[]; notes: Sentence[] }> {
  const email = await PostalMime.parse(bytes, { attachmentEncoding: "arraybuffer" });
  const type = email.headers.find(({ key }) => key === "content-type")?.value ?? "";
  if (/multipart\/encrypted|enveloped-data/i.test(type)) throw new DocumentError("document-encrypted", name);
  const head = headerLines(email);
  const text = email.text?.trim() ?? "";
  const words = text !== "" ? [text] : htmlBlocks(email.html ?? "");
  if (head.length === 0) throw new DocumentError("document-damaged", name);
  const attached = email.attachments.filter(({ related }) => !related).map(({ filename }) => cleanName(filename ?? ""));
  const blocks = [head.join("\n"), ...words];
  if (attached.length === 0) return { blocks, notes: [] };
  const list = attached.join(", ");
  return {
    blocks: [...blocks, `Attachments: ${list}`],
    notes: [sentence("Its attachments were not opened ({names}). Save those that matter, and add them.", { names: list })],
  };
}

function headerLines({ from, to, cc, date, subject }: Email): string[] {
  const people = (list: readonly Address[] | undefined) => (list ?? []).map(person).join(", ");
  const lines: [string, string][] = [
    ["From", people(from && [from])],
    ["To", people(to)],
    ["Cc", people(cc)],
    ["Date", date ?? ""],
    ["Subject", subject ?? ""],
  ];
  return lines.filter(([, value]) => value.trim() !== "").map(([key, value]) => `${key}: ${value.replace(/\s+/g, " ").trim()}`);
}

function person({ name, address, group }: Address): string {
  if (group) return `${name}: ${group.map(person).join(", ")}`;
  return name && address ? `${name} <${address}>` : name || address || "";
}
