/** Excel workbooks: a page for every sheet, a line for every row, values as they are shown, of formulas their results. */
import { type Block, row, type Section } from "./blocks.ts";
import { DocumentError } from "./errors.ts";
import { type Attributes, readXml, relationsOf } from "./xml.ts";
import type { Archive } from "./zip.ts";

type Style = "plain" | "date" | "percent";
type Workbook = { name: string; strings: string[]; styles: Style[]; date1904: boolean; budget: number };

/** `name` is the document's, `maxCharacters` what all sheets may have together. Errors: too large. */
export async function xlsxSections(
  name: string,
  archive: Archive,
  maxCharacters: number,
  onProgress: (done: number, total: number) => void,
): Promise<Section[]> {
  const main = "xl/workbook.xml";
  const sheets: { label: string; id: string }[] = [];
  let date1904 = false;
  await readXml(archive, main, {
    open(element, attributes) {
      if (element === "workbookPr") date1904 = isTrue(attributes.date1904);
      if (element === "sheet") sheets.push({ label: `Sheet ${attributes.name}`, id: attributes["r:id"] ?? "" });
    },
  });
  const relations = await relationsOf(archive, main);
  const pathOf = (type: string) => relations.find((relation) => relation.type === type)?.path ?? "";
  const workbook: Workbook = {
    name,
    strings: await sharedStrings(archive, pathOf("sharedStrings")),
    styles: await cellStyles(archive, pathOf("styles")),
    date1904,
    budget: maxCharacters,
  };
  const sections: Section[] = [];
  for (const [i, { label, id }] of sheets.entries()) {
    const relation = relations.find((candidate) => candidate.id === id);
    const blocks = relation?.type === "worksheet" ? await sheetTables(archive, relation.path, workbook) : [];
    if (blocks.length > 0) sections.push({ label, blocks });
    onProgress(i + 1, sheets.length);
  }
  return sections;
}

const isTrue = (value: string | undefined) => value === "1" || value === "true";

/** Texts that cells refer to by number; how Japanese ones are pronounced is left out. */
async function sharedStrings(archive: Archive, path: string): Promise<string[]> {
  const strings: string[] = [];
  const text = textCollector();
  await readXml(archive, path, {
    ...text,
    close(element) {
      text.close(element);
      if (element === "si") strings.push(text.take());
    },
  });
  return strings;
}

/** Joins what stands in `t` elements, but not in phonetic runs. */
function textCollector() {
  let text = "";
  let inText = false;
  let phonetic = 0;
  return {
    open(element: string) {
      if (element === "rPh") phonetic++;
      if (element === "t") inText = phonetic === 0;
    },
    close(element: string) {
      if (element === "rPh") phonetic--;
      if (element === "t") inText = false;
    },
    text(data: string) {
      if (inText) text += data;
    },
    take() {
      const taken = text;
      text = "";
      return taken;
    },
  };
}

/** How the numbers of each cell style are shown, as far as it changes what they mean. */
async function cellStyles(archive: Archive, path: string): Promise<Style[]> {
  const styles: Style[] = [];
  const formats = new Map<number, Style>();
  let inCells = false;
  await readXml(archive, path, {
    open(element, { numFmtId: id, formatCode = "" }) {
      if (element === "numFmt") formats.set(Number(id), styleOfFormat(formatCode));
      else if (element === "cellXfs") inCells = true;
      else if (element === "xf" && inCells) styles.push(formats.get(Number(id)) ?? builtInStyle(Number(id)));
    },
    close(element) {
      if (element === "cellXfs") inCells = false;
    },
  });
  return styles;
}

function styleOfFormat(code: string): Style {
  const bare = code.replace(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, "");
  if (bare.includes("%")) return "percent";
  return !/general/i.test(bare) && /[ymdhs]/i.test(bare) ? "date" : "plain";
}

/** ECMA-376, part 1, 18.8.30. */
function builtInStyle(id: number): Style {
  if (id === 9 || id === 10) return "percent";
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58) ? "date" : "plain";
}

/** The sheet's cells as tables: blank rows part them. */
async function sheetTables(archive: Archive, path: string, workbook: Workbook): Promise<Block[]> {
  const tables: string[][] = [];
  const text = textCollector();
  let cells: string[] = [];
  let cell: Attributes = {};
  let value = "";
  let formula = "";
  let into: "value" | "formula" | null = null;
  let number = 0;
  let last = -1;
  await readXml(archive, path, {
    open(element, attributes) {
      text.open(element);
      if (element === "row") {
        number = Number(attributes.r) || number + 1;
        cells = [];
      } else if (element === "c") {
        cell = attributes;
        value = formula = "";
      } else if (element === "v") into = "value";
      else if (element === "f") into = "formula";
    },
    close(element) {
      text.close(element);
      if (element === "v" || element === "f") into = null;
      else if (element === "c") {
        const inline = text.take();
        const shown = cell.t === "inlineStr" ? inline : value === "" && formula !== "" ? `=${formula}` : shownValue(value, cell, workbook);
        const column = columnOf(cell.r) ?? cells.length;
        while (cells.length < column) cells.push("");
        cells[column] = shown;
      } else if (element === "row") {
        const line = row(cells);
        if (line === "") return;
        workbook.budget -= line.length;
        if (workbook.budget < 0) throw new DocumentError("document-too-large", workbook.name);
        if (number === last + 1) tables.at(-1)?.push(line);
        else tables.push([line]);
        last = number;
      }
    },
    text(data) {
      text.text(data);
      if (into === "value") value += data;
      if (into === "formula") formula += data;
    },
  });
  return tables;
}

/** 0 for "A12", 27 for "AB3"; null when it is none of Excel's 16,384 columns. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0];
  if (!letters) return null;
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return column < 16_384 ? column : null;
}

function shownValue(value: string, { t: type = "n", s: style }: Attributes, { strings, styles, date1904 }: Workbook): string {
  if (type === "s") return strings[Number(value)] ?? "";
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  const number = Number(value);
  if (type !== "n" || value === "" || !Number.isFinite(number)) return value;
  switch (styles[Number(style)] ?? "plain") {
    case "date":
      return shownDate(number, date1904) ?? value;
    case "percent":
      return `${tidy(number * 100)}%`;
    case "plain":
      return tidy(number);
  }
}

/** Without what binary fractions add: 0.30000000000000004 -> "0.3". */
const tidy = (number: number) => String(Number(number.toPrecision(15)));

/** Days since the end of 1899 (or 1903) as "2024-03-01", "2024-03-01 14:30" or "14:30"; null outside the calendar. */
function shownDate(serial: number, date1904: boolean): string | null {
  const days = serial + (date1904 && serial >= 1 ? 1462 : 0);
  const time = Math.round((days - 25_569) * 86_400) * 1000;
  if (serial < 0 || serial > 2_958_466) return null;
  const [day, clock] = new Date(time).toISOString().split("T") as [string, string];
  if (Number.isInteger(serial)) return day;
  const hours = clock.slice(0, clock.slice(6, 8) === "00" ? 5 : 8);
  return serial < 1 ? hours : `${day} ${hours}`;
}
