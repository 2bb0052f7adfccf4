/** What can go wrong with a document, in one plain sentence each. */
import type { Text } from "../../preload/sentences.ts";
import { PlainError } from "../plain-error.ts";

const sentences = {
  "document-empty": "“{name}” is empty: there is nothing to read in it.",
  "document-damaged": "“{name}” is damaged and cannot be opened. Get a new copy of it, or open it in another program and save it again.",
  "document-encrypted": "“{name}” is protected by a password. Save a copy without the password and add that one.",
  "document-locked": "“{name}” is locked against copying, so that only its shop's own program can open it. Add a copy without that lock.",
  "document-scanned": "“{name}” has no text, only pictures of pages. Add it in Folio's window, and have its text recognised there.",
  "page-unreadable": "The picture of a page of “{name}” could not be looked through. Its text is not known; all others are kept.",
  "document-unsupported":
    "Folio cannot read “{name}”. Add a PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, web, e-mail or text file, or save it as one of these first.",
  "document-old":
    "“{name}” is in an old Office format. Open it in an Office program, save it as .docx, .xlsx, .pptx or PDF, and add that one.",
  "document-too-large": "“{name}” is too large to be read here. Split it, and add the parts that matter.",
  "document-timed-out": "Reading “{name}” took too long and was stopped. Save it again from another program, or split it, and retry.",
} as const satisfies Record<string, Text>;

export type DocumentErrorCode = keyof typeof sentences;

/** An expected failure of an import. The file's name goes into the sentence, cleaned of what would disturb it. */
export class DocumentError extends PlainError<DocumentErrorCode, (typeof sentences)[DocumentErrorCode]> {
  override readonly name = "DocumentError";

  constructor(code: DocumentErrorCode, fileName: string) {
    super(code, sentences[code], { name: cleanName(fileName) });
  }
}

/** A file's name without its folders, without invisible and direction-changing characters, in NFC, at most 200 characters long. */
export function cleanName(name: string): string {
  const base = name
    .replace(/^.*[/\\]/s, "")
    .toWellFormed()
    .normalize("NFC");
  const visible = base
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, "")
    .trim();
  if (visible === "") return "Untitled";
  return visible.length <= 200 ? visible : `${visible.slice(0, 150)}…${visible.slice(-49)}`.toWellFormed();
}
