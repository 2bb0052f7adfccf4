/** PDF to pages of text with pdf.js. Runs in the parser child; no scripts, no fonts, no network. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getDocument, PasswordException } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PDFPageProxy, TextContent, TextItem } from "pdfjs-dist/types/src/display/api.js";
import { DocumentError } from "./errors.ts";
import { mendHyphens } from "./hyphens.ts";
import { layOut } from "./layout.ts";
import type { Piece } from "./runs.ts";
import { cleanText } from "./text.ts";

const data = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));

/** One text per page, empty where there is none. `bytes` are taken over. Errors: damaged, encrypted. */
export async function parsePdf(name: string, bytes: Uint8Array, onProgress: (done: number, total: number) => void): Promise<string[]> {
  const task = getDocument({
    data: bytes,
    cMapUrl: join(data, "cmaps/"),
    standardFontDataUrl: join(data, "standard_fonts/"),
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    verbosity: 0,
  });
  const document = await task.promise.catch((error: unknown) => {
    throw new DocumentError(error instanceof PasswordException ? "document-encrypted" : "document-damaged", name);
  });
  const total = document.numPages;
  onProgress(0, total);
  const pages: string[] = [];
  let broken = 0;
  for (let number = 1; number <= total; number++) {
    try {
      pages.push(await pageText(await document.getPage(number)));
    } catch {
      // A page that cannot be read is one without text; the others are still worth having.
      pages.push("");
      broken++;
    }
    onProgress(number, total);
  }
  await task.destroy();
  if (broken === total) throw new DocumentError("document-damaged", name);
  return mendHyphens(pages);
}

async function pageText(page: PDFPageProxy): Promise<string> {
  const content = await page.getTextContent();
  const fields = filledFields(await page.getAnnotations());
  page.cleanup();
  const groups = new Map<number, Piece[]>();
  for (const item of content.items) {
    if (!("str" in item)) continue;
    const { angle, piece } = upright(item, content.styles);
    const group = groups.get(angle) ?? [];
    groups.set(angle, group);
    group.push(piece);
  }
  // Text in the page's main direction first, then stamps, side notes and watermarks.
  const size = (group: Piece[]) => group.reduce((sum, piece) => sum + piece.text.length, 0);
  const [main = [], ...others] = [...groups.values()].sort((a, b) => size(b) - size(a));
  const texts = [layOut([...main, ...fields], fields.length > 0), ...others.map((group) => layOut(group))];
  return mendCharacters(cleanText(texts.filter((text) => text !== "").join("\n\n"))).trim();
}

/** What was typed into a form; it is not part of the page's own text. */
function filledFields(annotations: Awaited<ReturnType<PDFPageProxy["getAnnotations"]>>): Piece[] {
  return annotations.flatMap(({ subtype, fieldType, fieldValue, hidden, password, rect }) => {
    const text = Array.isArray(fieldValue) ? fieldValue.join(", ") : fieldValue;
    if (subtype !== "Widget" || hidden || password || !["Tx", "Ch"].includes(fieldType) || typeof text !== "string" || !text.trim())
      return [];
    const [left, bottom, right, top] = rect as [number, number, number, number];
    const size = Math.min(10, top - bottom);
    const piece = { x: left, y: top - size, width: right - left, size, mono: false, rtl: false };
    return text.split(/[\r\n]+/).map((line, i) => ({ ...piece, text: line, y: piece.y - 1.2 * size * i }));
  });
}

/** Accents that old TeX fonts draw before their letter; tilde and circumflex are not among them, since programs use these alone. */
const accents: Record<string, string> = { "¨": "\u0308", "´": "\u0301", ˇ: "\u030c", "˚": "\u030a", "˝": "\u030b" };

function mendCharacters(text: string): string {
  const composed = text.replace(/([¨´ˇ˚˝])(\p{L})/gu, (both, accent: string, letter: string) => {
    const one = (letter.replace("ı", "i") + accents[accent]).normalize("NFC");
    return one.length === 1 ? one : both;
  });
  // Arabic glyphs come in the shape that their place in the word gives them.
  const letters = composed.replace(/[\ufb50-\ufdfb\ufe70-\ufefc]+/g, (shapes) => shapes.normalize("NFKC"));
  // The private use area holds glyphs without a known character; the one that everybody's bullets come from is known.
  return letters.replaceAll("\uf0b7", "•").replace(/\p{Co}/gu, "");
}

/** Turns a piece so that its baseline runs to the right; `angle` in degrees says how it was drawn. Vertical writing counts as turned. */
function upright(item: TextItem, styles: TextContent["styles"]): { angle: number; piece: Piece } {
  const [a, b, c, d, e, f] = item.transform as [number, number, number, number, number, number];
  const style = styles[item.fontName];
  const turn = Math.atan2(b, a) - (style?.vertical ? Math.PI / 2 : 0);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const piece = {
    text: item.str,
    x: e * cos + f * sin,
    y: f * cos - e * sin,
    width: style?.vertical ? item.height : item.width,
    size: Math.hypot(c, d),
    mono: style?.fontFamily === "monospace",
    rtl: item.dir === "rtl",
  };
  return { angle: Math.round((turn * 180) / Math.PI), piece };
}
