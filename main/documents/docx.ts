/** Word documents with mammoth, which gets only what was unpacked and checked here. Pictures and outside files are never opened. */
import { createRequire } from "node:module";
import type mammothTypes from "mammoth";
import type { Block } from "./blocks.ts";
import { htmlBlocks } from "./html.ts";
import type { Archive } from "./zip.ts";

const mammoth = createRequire(import.meta.url)("mammoth") as typeof mammothTypes;

export async function docxBlocks(archive: Archive): Promise<Block[]> {
  // mammoth's own way of unpacking has no bounds; this stands in its place.
  const file = {
    exists: (path: string) => archive.has(path),
    async read(path: string, encoding?: "base64" | "utf-8") {
      const bytes = Buffer.from((await archive.read(path)) ?? []);
      return encoding ? bytes.toString(encoding) : bytes;
    },
  };
  const { value } = await mammoth.convertToHtml({ file } as never, {
    includeEmbeddedStyleMap: false,
    styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => h2:fresh"],
    externalFileAccess: false,
    convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: "" })),
  });
  // The way back from a footnote means nothing in a text.
  return htmlBlocks(value.replace(/<a href="#[\w-]+">↑<\/a>/g, ""));
}
