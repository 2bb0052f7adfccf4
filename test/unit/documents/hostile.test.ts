/** Documents that mean harm: each ends as text without what they tried, or as one plain sentence, and in time. */
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "../../../main/documents/import.ts";
import { type Entry, makeZip } from "./make-zip.ts";

const fixture = (name: string) => readFile(new URL(`../../documents/${name}`, import.meta.url));
const fixtures = ["lights.docx", "ships.xlsx", "lights.pptx", "lights.odt", "lights.ods", "lights.odp", "lights.epub"];
const types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** The parts that make an archive a document of its kind, around what the test is about. */
const shells = {
  docx: (body: string, doctype = ""): Entry[] => [
    {
      path: "_rels/.rels",
      data: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="${types}/officeDocument" Target="word/document.xml"/></Relationships>`,
    },
    {
      path: "word/document.xml",
      data: `${doctype}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="${types}"><w:body>${body}</w:body></w:document>`,
    },
  ],
  odt: (body: string, doctype = ""): Entry[] => [
    {
      path: "content.xml",
      data: `${doctype}<office:document-content><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
    },
  ],
  ods: (body: string, doctype = ""): Entry[] => [
    {
      path: "content.xml",
      data: `${doctype}<office:document-content><office:body><office:spreadsheet><table:table table:name="A">${body}</table:table></office:spreadsheet></office:body></office:document-content>`,
    },
  ],
  pptx: (body: string, doctype = ""): Entry[] => [
    { path: "ppt/presentation.xml", data: `<p:presentation><p:sldId id="1" r:id="r1"/></p:presentation>` },
    {
      path: "ppt/_rels/presentation.xml.rels",
      data: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${types}/slide" Target="slides/slide1.xml"/></Relationships>`,
    },
    { path: "ppt/slides/slide1.xml", data: `${doctype}<p:sld>${body}</p:sld>` },
  ],
  xlsx: (body: string, doctype = "", strings = ""): Entry[] => [
    { path: "xl/workbook.xml", data: `<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>` },
    {
      path: "xl/_rels/workbook.xml.rels",
      data: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${types}/worksheet" Target="worksheets/s.xml"/><Relationship Id="r2" Type="${types}/sharedStrings" Target="strings.xml"/></Relationships>`,
    },
    { path: "xl/worksheets/s.xml", data: `${doctype}<worksheet>${body}</worksheet>` },
    { path: "xl/strings.xml", data: `<sst>${strings}</sst>` },
  ],
  epub: (body: string, doctype = ""): Entry[] => [
    { path: "META-INF/container.xml", data: `<container><rootfile full-path="b.opf"/></container>` },
    { path: "b.opf", data: `<package><item id="c" href="c.xhtml"/><itemref idref="c"/></package>` },
    { path: "c.xhtml", data: `${doctype}<html><body>${body}</body></html>` },
  ],
};
type Shell = keyof typeof shells;

/** Entities that read a file, and that grow: 10^7 letters from a line. */
let greedy: string;
let folder: string;
let canary: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-hostile-"));
  canary = join(folder, "canary.txt");
  await writeFile(canary, "CANARY");
  const laughs = Array.from({ length: 7 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  greedy = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://${canary}"><!ENTITY l0 "LAUGH">${laughs}]>`;
});
afterAll(async () => expect(await readdir(folder)).toEqual(["canary.txt"]));

const paragraphs: Record<Shell, (words: string) => string> = {
  docx: (words) => `<w:p><w:r><w:t>${words}</w:t></w:r></w:p>`,
  odt: (words) => `<text:p>${words}</text:p>`,
  ods: (words) => `<table:table-row><table:table-cell><text:p>${words}</text:p></table:table-cell></table:table-row>`,
  pptx: (words) => `<p:sp><a:p><a:r><a:t>${words}</a:t></a:r></a:p></p:sp>`,
  xlsx: (words) => `<row r="1"><c r="A1" t="inlineStr"><is><t>${words}</t></is></c></row>`,
  epub: (words) => `<p>${words}</p>`,
};
const all = Object.keys(shells) as Shell[];
const made = (shell: Shell, body: string, doctype?: string) => makeZip(shells[shell](body, doctype));
const code = (code: string) => ({ name: "DocumentError", code, message: expect.stringMatching(/^[^\n]+\.$/) });

/** Either answer will do: what counts is that there is one. */
async function outcome(name: string, bytes: Uint8Array): Promise<string> {
  try {
    return (await parseDocument(name, bytes)).text;
  } catch (error) {
    expect(error).toMatchObject({ name: "DocumentError" });
    return "";
  }
}

describe.each(fixtures)("%s", (name) => {
  test("cut short or with a flipped bit is damaged, empty is empty", { timeout: 60_000 }, async () => {
    const whole = await fixture(name);
    await expect(parseDocument(name, whole.subarray(0, whole.length / 2))).rejects.toMatchObject(code("document-damaged"));
    await expect(parseDocument(name, whole.subarray(0, 0))).rejects.toMatchObject(code("document-empty"));
    for (const share of [0.1, 0.35, 0.6]) {
      const flipped = Uint8Array.from(whole);
      flipped[Math.floor(whole.length * share)]! ^= 16;
      await outcome(name, flipped);
    }
  });
});

describe.each(all)("%s", (shell) => {
  const name = `a.${shell}`;

  // What the others change is read, as long as nothing is changed.
  test("is read when there is no harm in it", async () => {
    expect((await parseDocument(name, made(shell, paragraphs[shell]("Words.")))).text).toBe("Words.");
  });

  test("reads no other file, and its entities do not grow", async () => {
    const text = await outcome(name, made(shell, paragraphs[shell]("A&x;B &l7; end"), greedy));
    expect(text).not.toContain("CANARY");
    expect(text.length).toBeLessThan(1000);
  });

  test("deep nesting ends", { timeout: 60_000 }, async () => {
    const tag = shell === "epub" ? "div" : "w:p";
    const text = await outcome(name, made(shell, `<${tag}>`.repeat(200_000) + paragraphs[shell]("Words.") + `</${tag}>`.repeat(200_000)));
    expect(text.length).toBeLessThan(100);
  });

  test("that unpacks beyond reason is too large", { timeout: 60_000 }, async () => {
    const bomb = made(shell, paragraphs[shell]("A".repeat(150 * 2 ** 20)));
    expect(bomb.length).toBeLessThan(400_000);
    await expect(parseDocument(name, bomb)).rejects.toMatchObject(code("document-too-large"));
  });

  test("that lies about its size is damaged", { timeout: 60_000 }, async () => {
    const entries = shells[shell](paragraphs[shell]("A".repeat(50 * 2 ** 20))).map((entry) => ({ ...entry, declared: 1000 }));
    await expect(parseDocument(name, makeZip(entries))).rejects.toMatchObject(code("document-damaged"));
  });

  test("with a password on its parts says so", async () => {
    const entries = shells[shell](paragraphs[shell]("Words.")).map((entry) => ({ ...entry, encrypted: true }));
    await expect(parseDocument(name, makeZip(entries))).rejects.toMatchObject(code("document-encrypted"));
  });
});

test.each(["../../evil.txt", "/etc/evil", "C:\\evil", "..\\evil", "\\\\server\\evil", "a/../../evil"])(
  "an archive with %j in it is refused",
  async (path) => {
    const archive = makeZip([...shells.odt("<text:p>Words.</text:p>"), { path, data: "evil" }]);
    await expect(parseDocument("a.odt", archive)).rejects.toMatchObject(code("document-damaged"));
  },
);

test("an archive's links, its names with a zero byte and those that differ by case alone are entries like all others", async () => {
  const odd = [`${canary}\0.txt`.slice(1), "Content.xml", "CONTENT.XML"].map((path) => ({ path, data: "evil" }));
  expect((await parseDocument("a.odt", makeZip([...shells.odt("<text:p>Words.</text:p>"), ...odd]))).text).toBe("Words.");
  for (const shell of all) {
    const linked = shells[shell](paragraphs[shell]("Words.")).map((entry) => ({ ...entry, data: canary, mode: 0o120777 }));
    expect(await outcome(`a.${shell}`, makeZip(linked))).not.toContain("CANARY");
  }
});

test("entries that share their data count one by one", async () => {
  const data = "A".repeat(7 * 2 ** 20);
  const sharing = Array.from({ length: 99 }, (_, i) => ({ path: `${i}`, data, shares: 0 }));
  const archive = makeZip([{ path: "first", data }, ...sharing]);
  expect(archive.length).toBeLessThan(100_000);
  await expect(parseDocument("a.docx", archive)).rejects.toMatchObject(code("document-too-large"));
});

test("a model, a program or noise that is called a text is a text or is refused, in time", async () => {
  const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919) % 256);
  const files = [
    Buffer.concat([Buffer.from("GGUF"), bytes(100_000)]),
    Buffer.concat([Buffer.from("\x7fELF"), bytes(100_000)]),
    bytes(1_000_000),
  ];
  for (const file of files) for (const name of ["a.txt", "a.gguf"]) expect((await outcome(name, file)).length).toBeLessThan(3_000_000);
});

test("a picture's code and a page's code are left out with the rest of their markup", async () => {
  const calls = `<script>CODE</script><svg onload="CODE"><text>Words.</text></svg><iframe srcdoc="CODE"></iframe><p style="background:url(CODE)">More.</p><style>@import 'CODE'</style>`;
  expect(await outcome("a.html", Buffer.from(`<body>${calls}`))).toBe("More.");
  expect(await outcome("a.epub", made("epub", calls))).toBe("More.");
});

test("an archive of very many files is too large", { timeout: 60_000 }, async () => {
  const entries = Array.from({ length: 20_000 }, (_, i) => ({ path: `${i}`, data: "" }));
  await expect(parseDocument("a.docx", makeZip(entries))).rejects.toMatchObject(code("document-too-large"));
});

test("documents behind a password or a lock say so", async () => {
  await expect(parseDocument("a.docx", await fixture("password.docx"))).rejects.toMatchObject(code("document-encrypted"));
  const manifest = { path: "META-INF/manifest.xml", data: "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>" };
  await expect(parseDocument("a.odt", makeZip([...shells.odt("x"), manifest]))).rejects.toMatchObject(code("document-encrypted"));
  const lock = { path: "META-INF/encryption.xml", data: `<enc:CipherData><enc:CipherReference URI="c.xhtml"/></enc:CipherData>` };
  await expect(parseDocument("a.epub", makeZip([...shells.epub("x"), lock]))).rejects.toMatchObject(code("document-locked"));
  const sealed = Buffer.from("From: a@b.example\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB");
  await expect(parseDocument("a.eml", sealed)).rejects.toMatchObject(code("document-encrypted"));
});

test("a Word document cannot show files of the computer as its pictures", async () => {
  const drawing = `<w:p><w:r><w:t>Words.</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:link="x"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
  for (const target of [`file://${canary}`, "file:///dev/zero", "../../../../dev/zero"]) {
    const link = {
      path: "word/_rels/document.xml.rels",
      data: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x" Type="${types}/image" Target="${target}" TargetMode="External"/></Relationships>`,
    };
    expect((await parseDocument("a.docx", makeZip([...shells.docx(drawing), link]))).text).toBe("Words.");
  }
});

test("a sheet that says it is huge is as large as its cells", async () => {
  const cells = `<dimension ref="A1:XFD1048576"/><row r="1048576"><c r="XFD1048576"><v>7</v></c></row><row r="99999999999999"><c r="ZZZ1"><v>8</v></c></row>`;
  expect((await parseDocument("a.xlsx", made("xlsx", cells))).text).toBe("7\n\n8");
});

test("one text in very many cells is too large", { timeout: 60_000 }, async () => {
  const rows = `<row><c t="s"><v>0</v></c></row>`.repeat(20_000);
  const archive = makeZip(shells.xlsx(rows, "", `<si><t>${"Long words. ".repeat(20_000)}</t></si>`));
  await expect(parseDocument("a.xlsx", archive)).rejects.toMatchObject(code("document-too-large"));
});

test("repeated rows, columns and spaces are bounded", { timeout: 60_000 }, async () => {
  const cell = `<table:table-cell table:number-columns-repeated="99999999"><text:p>${"A".repeat(50)}</text:p></table:table-cell>`;
  const rows = `<table:table-row table:number-rows-repeated="99999999">${cell}</table:table-row>`.repeat(10);
  await expect(parseDocument("a.ods", made("ods", rows))).rejects.toMatchObject(code("document-too-large"));
  expect((await parseDocument("a.odt", made("odt", `<text:p>a<text:s text:c="999999999"/>b</text:p>`))).text.length).toBeLessThan(200);
});

test("markup without end, of every kind, ends", { timeout: 120_000 }, async () => {
  const pages = ["<b>", "<table><tr><td>", "<ul><li>", "</p>", "<!--", "<a href='", "&amp", "<pre> ", "\n "].map((unit) =>
    unit.repeat(200_000),
  );
  for (const page of pages) expect((await outcome("a.html", Buffer.from(`Words. ${page}`))).length).toBeLessThan(2_000_000);
  const parts = Array.from({ length: 20_000 }, (_, i) => `Content-Type: multipart/mixed; boundary="${i}"\n\n--${i}\n`).join("");
  await outcome("a.eml", Buffer.from(`From: a@b.example\n${parts}`));
  await outcome("a.eml", Buffer.from("X: y\n".repeat(1_000_000)));
  await outcome("a.csv", Buffer.from(`"${"a,b\n".repeat(500_000)}`));
  await outcome("a.csv", Buffer.from(",".repeat(2_000_000)));
});
