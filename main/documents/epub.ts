/** E-books: their chapters in reading order, named as in the table of contents. Nothing of a book is ever shown as HTML. */
import type { Block, Section } from "./blocks.ts";
import { DocumentError } from "./errors.ts";
import { htmlBlocks } from "./html.ts";
import { decodeXml, readXml, resolvePath } from "./xml.ts";
import type { Archive } from "./zip.ts";

const maxLabel = 60;

type Item = { path: string; nav: boolean; ncx: boolean };

/** `name` is the document's. Errors: damaged (no contents), locked (copy protection). */
export async function epubSections(name: string, archive: Archive, onProgress: (done: number, total: number) => void): Promise<Section[]> {
  const book = await bookPath(archive);
  const items = new Map<string, Item>();
  const spine: Item[] = [];
  await readXml(archive, book, {
    open(element, { id = "", href = "", properties = "", "media-type": type = "", idref = "" }) {
      if (element === "item") {
        items.set(id, { path: pathOf(book, href), nav: /\bnav\b/.test(properties), ncx: type === "application/x-dtbncx+xml" });
      } else if (element === "itemref" && items.has(idref)) spine.push(items.get(idref)!);
    },
  });
  const locked = await encryptedPaths(archive);
  if (spine.some(({ path }) => locked.has(path))) throw new DocumentError("document-locked", name);
  const titles = await contents(archive, [...items.values()]);
  const sections: Section[] = [];
  for (const [i, { path, nav }] of spine.entries()) {
    const bytes = nav ? null : await archive.read(path);
    const blocks = bytes ? htmlBlocks(decodeXml(bytes), { xhtml: true }) : [];
    if (blocks.length > 0) sections.push({ label: titles.get(path) ?? titleOf(blocks) ?? `Section ${sections.length + 1}`, blocks });
    onProgress(i + 1, spine.length);
  }
  return sections;
}

async function bookPath(archive: Archive): Promise<string> {
  let path = "";
  await readXml(archive, "META-INF/container.xml", {
    open(element, attributes) {
      if (element === "rootfile") path ||= attributes["full-path"] ?? "";
    },
  });
  return path;
}

/** Archive path of an address in a book, without what comes after "#". */
function pathOf(from: string, href: string): string {
  const path = href.replace(/#.*$/s, "");
  try {
    return resolvePath(from, decodeURIComponent(path));
  } catch {
    return resolvePath(from, path);
  }
}

/** Fonts may be scrambled in any book; texts are only in those with copy protection. */
async function encryptedPaths(archive: Archive): Promise<Set<string>> {
  const found = new Set<string>();
  await readXml(archive, "META-INF/encryption.xml", {
    open(element, { URI: path = "" }) {
      if (element === "CipherReference") found.add(pathOf("", path));
    },
  });
  return found;
}

/** Titles by path, from the navigation document of EPUB 3 or the NCX of EPUB 2; the first one for a path is its own. */
async function contents(archive: Archive, items: readonly Item[]): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  const found = items.find(({ nav }) => nav) ?? items.find(({ ncx }) => ncx);
  if (!found) return titles;
  let text = "";
  let path = "";
  const keep = () => {
    const title = shortTitle(text);
    if (title !== "" && path !== "" && !titles.has(path)) titles.set(path, title);
    text = "";
    path = "";
  };
  await readXml(archive, found.path, {
    open(element, { href, src }) {
      if (element === "a" && href) {
        text = "";
        path = pathOf(found.path, href);
      } else if (element === "navLabel") text = "";
      else if (element === "content" && src) {
        path = pathOf(found.path, src);
        keep();
      }
    },
    close(element) {
      if (element === "a" && path !== "") keep();
    },
    text(data) {
      if (text.length < 1000) text += data;
    },
  });
  return titles;
}

/** The chapter's first heading. */
function titleOf(blocks: readonly Block[]): string | null {
  const heading = blocks.find((block) => typeof block === "string" && /^#+ /.test(block));
  return typeof heading === "string" ? shortTitle(heading.replace(/^#+ /, "")) || null : null;
}

function shortTitle(title: string): string {
  const flat = title.replace(/\s+/g, " ").trim();
  return flat.length > maxLabel ? `${flat.slice(0, maxLabel - 1).trimEnd()}…`.toWellFormed() : flat;
}
