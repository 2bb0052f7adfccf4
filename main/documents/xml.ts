/**
 * XML as a stream of tags and text. Made for documents of strangers: no tree to overflow, no entities but XML's own five, nothing
 * external, document type declarations are passed over.
 */
import { posix } from "node:path";
import { Parser } from "htmlparser2";
import { DocumentError } from "./errors.ts";
import type { Archive } from "./zip.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Element names come without their namespace prefix, attributes with it. */
export type XmlHandlers = {
  open?(element: string, attributes: Attributes): void;
  close?(element: string): void;
  text?(data: string): void;
};

/** Elements inside each other; people's documents have some dozens. */
export const maxDepth = 10_000;

/** Reads the archive's `path`; does nothing when it is not there. Errors: damaged when nested beyond reason. */
export async function readXml(archive: Archive, path: string, handlers: XmlHandlers): Promise<void> {
  const bytes = await archive.read(path);
  if (bytes) parseXml(decodeXml(bytes), handlers);
}

function parseXml(xml: string, { open, close, text }: XmlHandlers): void {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > maxDepth) throw new DocumentError("document-damaged", "");
        open?.(local(name), attributes);
      },
      onclosetag(name) {
        depth--;
        close?.(local(name));
      },
      ...(text && { ontext: text }),
    },
    { xmlMode: true },
  );
  parser.end(xml);
}

const local = (name: string) => name.slice(name.indexOf(":") + 1);

/** UTF-8 unless a byte order mark or the declaration says otherwise. */
export function decodeXml(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  const declared = /^<\?xml[^>]{0,100}encoding=["']([\w.:-]{1,40})["']/.exec(Buffer.from(bytes.subarray(0, 200)).toString("latin1"))?.[1];
  try {
    return new TextDecoder(declared).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export type Relation = { id: string; type: string; path: string };

/** What a part of an Office file refers to inside the file; external targets are left out. `type` is the last word of its address. */
export async function relationsOf(archive: Archive, part: string): Promise<Relation[]> {
  const found: Relation[] = [];
  await readXml(archive, posix.join(posix.dirname(part), "_rels", `${posix.basename(part)}.rels`), {
    open(element, { Id: id = "", Type: type = "", Target: target = "", TargetMode: mode }) {
      if (element !== "Relationship" || mode === "External") return;
      found.push({ id, type: type.slice(type.lastIndexOf("/") + 1), path: resolvePath(part, target) });
    },
  });
  return found;
}

/** The archive's path that `target` means where it is written in `from`. */
export function resolvePath(from: string, target: string): string {
  return target.startsWith("/") ? posix.normalize(target).slice(1) : posix.join(posix.dirname(from), target);
}
