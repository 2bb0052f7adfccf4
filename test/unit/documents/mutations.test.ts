/**
 * Documents with random damage: every one is answered with text or a plain error, by a host that stays alive. The parts inside archives
 * are damaged too, behind a checksum that is right.
 */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseDocument } from "../../../main/documents/import.ts";
import { openArchive } from "../../../main/documents/zip.ts";
import { mulberry32 } from "../../../main/engine/policies/random.ts";
import { damage } from "../../damage.ts";
import { counted, figure, rounds } from "../../rounds.ts";
import { type Entry, makeZip } from "./make-zip.ts";

const mutations = rounds(8, 500);
const fixture = (name: string) => readFile(new URL(`../../documents/${name}`, import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);

const samples: Record<string, () => Promise<Uint8Array>> = {
  "harbour.pdf": () => fixture("harbour.pdf"),
  "lights.docx": () => fixture("lights.docx"),
  "ships.xlsx": () => fixture("ships.xlsx"),
  "lights.pptx": () => fixture("lights.pptx"),
  "lights.odt": () => fixture("lights.odt"),
  "lights.ods": () => fixture("lights.ods"),
  "lights.odp": () => fixture("lights.odp"),
  "lights.epub": () => fixture("lights.epub"),
  "lamp.eml": () => fixture("lamp.eml"),
  "harbour.html": () => fixture("harbour.html"),
  "a.csv": () => Promise.resolve(bytes('No;Words\n1;"a ""b"""\n'.repeat(50))),
  "a.md": () => Promise.resolve(bytes("# Größe\n\n- *one*\n\n| a | b |\n|---|---|\n".repeat(50))),
};

test.each(Object.keys(samples))(
  `%s, damaged in ${mutations} ways, is answered each time`,
  { timeout: 60_000 + mutations * 4000 },
  async (name) => {
    const next = mulberry32(name.length * 7919);
    const whole = Buffer.from(await samples[name]!());
    const entries = whole.toString("latin1", 0, 2) === "PK" ? await unpack(whole) : null;
    const outcomes: Record<string, number> = {};
    const answer = async (damaged: Uint8Array) => {
      const outcome = await parseDocument(name, damaged, { timeLimitMs: 60_000 }).then(
        ({ text, pages }) => {
          for (const page of pages) expect(text.startsWith(page.text, page.start)).toBe(true);
          return "text";
        },
        (error: unknown) => {
          expect(error).toMatchObject({ name: "DocumentError", message: expect.stringMatching(/^[^\n]+\.$/) });
          return (error as { code: string }).code;
        },
      );
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    };
    for (let i = 0; i < mutations; i += 2) {
      const two = [i, i + 1].map((kind) =>
        entries && kind % 2 === 1 ? damageInside(entries, next, kind >> 1) : damage(whole, next, kind),
      );
      await Promise.all(two.map(answer));
    }
    // The host is alive and well.
    expect((await parseDocument("a.txt", bytes("Words."))).text).toBe("Words.");
    expect(outcomes["document-timed-out"] ?? 0).toBe(0);
    figure(`${mutations} damaged copies of ${name}`, counted(outcomes));
  },
);

async function unpack(whole: Uint8Array): Promise<Entry[]> {
  const archive = await openArchive("", whole);
  return await Promise.all(archive.paths.map(async (path) => ({ path, data: (await archive.read(path))! })));
}

function damageInside(entries: readonly Entry[], next: () => number, kind: number): Uint8Array {
  const at = Math.floor(next() * entries.length);
  const data = (entry: Entry) => damage(Buffer.from(entry.data as Uint8Array), next, kind);
  return makeZip(entries.map((entry, i) => (i === at ? { ...entry, data: data(entry) } : entry)));
}
