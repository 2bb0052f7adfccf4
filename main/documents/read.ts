/** One document's bytes to its pages: the format is known by the content where it shows there, else by the name. */
import { extname } from "node:path";
import { documentTypes, textTypes } from "../../preload/api.ts";
import { paginate, type Section } from "./blocks.ts";
import { decodeText } from "./encoding.ts";
import { DocumentError } from "./errors.ts";
import { type PagePart, type Parsed, parseText } from "./text.ts";
import type { Archive } from "./zip.ts";

/** No model reads as many characters as this; more would only fill memory. */
const maxCharacters = 50_000_000;

/** Called with the pages (slides, sheets, chapters) done and their number. */
export type OnProgress = (done: number, total: number) => void;

/** Errors: `DocumentError`, and whatever damage makes a parser throw. */
export async function readDocument(name: string, bytes: Uint8Array, onProgress: OnProgress): Promise<Parsed> {
  if (bytes.length === 0) throw new DocumentError("document-empty", name);
  // The pages of a PDF without text are pictures, in which text can be recognised. Its reader takes the bytes over.
  const mayBeScan = isPdf(name, bytes);
  const parsed = await readFormat(name, bytes, onProgress);
  if (!mayBeScan && parsed.parts.every(({ text }) => text === "")) throw new DocumentError("document-empty", name);
  const characters = parsed.parts.reduce((sum, { before, text }) => sum + before.length + text.length, 0);
  if (characters > maxCharacters) throw new DocumentError("document-too-large", name);
  return parsed;
}

async function readFormat(name: string, bytes: Uint8Array, onProgress: OnProgress): Promise<Parsed> {
  const type = typeOf(name);
  if (isPdf(name, bytes)) {
    const { parsePdf } = await import("./pdf.ts");
    return { parts: pdfParts(await parsePdf(name, bytes, onProgress)), notes: [] };
  }
  if (startsWith(bytes, zip)) {
    const { openArchive } = await import("./zip.ts");
    const sections = await readArchive(name, await openArchive(name, bytes), onProgress);
    if (sections) return { parts: paginate(sections), notes: [] };
  }
  if (startsWith(bytes, oldOffice)) {
    const locked = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from("EncryptedPackage", "utf16le"));
    throw new DocumentError(locked ? "document-encrypted" : "document-old", name);
  }
  if (documentTypes.includes(type)) throw new DocumentError("document-damaged", name);
  switch (type) {
    case "html":
    case "htm":
    case "xhtml": {
      const { decodeHtml, htmlBlocks } = await import("./html.ts");
      const { text, notes } = decodeHtml(name, bytes);
      const xhtml = type === "xhtml" || text.startsWith("<?xml");
      return { parts: paginate([{ blocks: htmlBlocks(text, { page: true, xhtml }) }]), notes };
    }
    case "eml": {
      const { emlBlocks } = await import("./eml.ts");
      const { blocks, notes } = await emlBlocks(name, bytes);
      return { parts: paginate([{ blocks }]), notes };
    }
    case "ipynb": {
      const { notebookBlocks } = await import("./notebook.ts");
      const { text, notes } = decodeText(name, bytes);
      const blocks = notebookBlocks(text);
      return blocks ? { parts: paginate([{ blocks }]), notes } : parseText(name, bytes);
    }
    case "csv":
    case "tsv": {
      const { csvBlocks } = await import("./csv.ts");
      const { text, notes } = decodeText(name, bytes);
      return { parts: paginate([{ blocks: csvBlocks(text) }]), notes };
    }
    default:
      if (type === "" || textTypes.includes(type)) return parseText(name, bytes);
      throw new DocumentError("document-unsupported", name);
  }
}

const typeOf = (name: string): string => extname(name).slice(1).toLowerCase();

const zip = "PK\x03\x04";
const oldOffice = "\xd0\xcf\x11\xe0";

/** Readers accept a PDF whose header comes a little late. One that lacks it is a PDF by its name, unless it is plainly something else. */
const isPdf = (name: string, bytes: Uint8Array): boolean =>
  startsWith(bytes, "%PDF-", 1024) || (typeOf(name) === "pdf" && !startsWith(bytes, zip) && !startsWith(bytes, oldOffice));

/** Null when it is an archive of another kind. */
async function readArchive(name: string, archive: Archive, onProgress: OnProgress): Promise<Section[] | null> {
  const kind = Buffer.from((await archive.read("mimetype")) ?? []).toString("latin1");
  if (kind.includes("epub") || archive.has("META-INF/container.xml")) {
    return await (await import("./epub.ts")).epubSections(name, archive, onProgress);
  }
  if (kind.includes("opendocument") || archive.has("content.xml")) {
    return await (await import("./opendocument.ts")).openDocumentSections(name, archive, maxCharacters);
  }
  if (archive.has("ppt/presentation.xml")) return await (await import("./pptx.ts")).pptxSections(archive, onProgress);
  if (archive.has("xl/workbook.xml")) {
    return await (await import("./xlsx.ts")).xlsxSections(name, archive, maxCharacters, onProgress);
  }
  if (archive.paths.some((path) => path.startsWith("word/"))) {
    return [{ blocks: await (await import("./docx.ts")).docxBlocks(archive) }];
  }
  return null;
}

function pdfParts(pages: readonly string[]): PagePart[] {
  let last = "";
  return pages.map((text) => {
    // A sentence may go on over the page.
    const goesOn = /[\p{L},]$/u.test(last.slice(-2)) && /^\p{Ll}/u.test(text);
    const before = text === "" || last === "" ? "" : goesOn ? " " : "\n\n";
    last = text || last;
    return { before, text };
  });
}

/** Whether `mark` (in Latin-1) stands at the beginning, or within the first `reach` bytes. */
function startsWith(bytes: Uint8Array, mark: string, reach = mark.length): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, reach)).includes(mark, 0, "latin1");
}
