/** PowerPoint presentations: a page for every slide, in the order of the talk, its notes below. */
import { type Block, row, type Section } from "./blocks.ts";
import { readXml, relationsOf } from "./xml.ts";
import type { Archive } from "./zip.ts";

export async function pptxSections(archive: Archive, onProgress: (done: number, total: number) => void): Promise<Section[]> {
  const main = "ppt/presentation.xml";
  const order: string[] = [];
  await readXml(archive, main, {
    open(element, attributes) {
      if (element === "sldId" && attributes["r:id"]) order.push(attributes["r:id"]);
    },
  });
  const paths = new Map((await relationsOf(archive, main)).map(({ id, path }) => [id, path]));
  const sections: Section[] = [];
  for (const [i, id] of order.entries()) {
    const path = paths.get(id) ?? "";
    const blocks = await shapeTexts(archive, path);
    for (const { type, path: part } of await relationsOf(archive, path)) {
      if (type === "chart") blocks.push(...(await chartTable(archive, part)));
      if (type === "diagramData") blocks.push(...(await shapeTexts(archive, part)));
      if (type !== "notesSlide") continue;
      const notes = (await shapeTexts(archive, part)).join("\n");
      if (notes !== "") blocks.push(`Notes: ${notes}`);
    }
    sections.push({ label: `Slide ${i + 1}`, blocks });
    onProgress(i + 1, order.length);
  }
  return sections;
}

/** Points of a chart's series; more are a curve, not a table. */
const maxPoints = 500;

/** Placeholders that repeat on every slide. */
const repeated = new Set(["sldNum", "dt", "ftr", "hdr"]);

/** One block for every shape and table of a slide. */
async function shapeTexts(archive: Archive, part: string): Promise<Block[]> {
  const blocks: Block[] = [];
  let lines: string[] = [];
  let line = "";
  let placeholder = "";
  let level = 0;
  let inText = false;
  let rows: string[] | null = null;
  let cells: string[] = [];
  const closeShape = () => {
    const text = lines.join("\n").trim();
    const title = placeholder === "title" || placeholder === "ctrTitle";
    if (text !== "" && !repeated.has(placeholder)) blocks.push(title ? `# ${text.replace(/\s+/g, " ")}` : text);
    lines = [];
    placeholder = "";
  };
  await readXml(archive, part, {
    open(element, attributes) {
      if (element === "ph") placeholder = attributes.type ?? "body";
      else if (element === "pPr") level = Math.min(8, Number(attributes.lvl) || 0);
      else if (element === "t") inText = true;
      else if (element === "br") line += "\n";
      else if (element === "tbl") rows = [];
      else if (element === "tr") cells = [];
    },
    close(element) {
      if (element === "t") inText = false;
      else if (element === "p") {
        if (line.trim() !== "") lines.push("  ".repeat(level) + line.trim());
        line = "";
        level = 0;
      } else if (element === "tc") {
        cells.push(lines.join(" "));
        lines = [];
      } else if (element === "tr") rows?.push(row(cells));
      else if (element === "tbl" && rows) {
        blocks.push(rows);
        rows = null;
      } else if (element === "sp" || element === "pt") closeShape();
    },
    text(data) {
      if (inText) line += data;
    },
  });
  closeShape();
  return blocks;
}

/** The numbers that a chart shows, as a table: a row for every category, a column for every series. */
async function chartTable(archive: Archive, part: string): Promise<Block[]> {
  const header = [""];
  const rows = new Map<number, string[]>();
  let into: "tx" | "cat" | "val" | null = null;
  let inValue = false;
  let value = "";
  let index = 0;
  await readXml(archive, part, {
    open(element, attributes) {
      if (element === "ser") header.push("");
      else if (element === "tx" || element === "cat" || element === "val") into = element;
      else if (element === "xVal") into = "cat";
      else if (element === "yVal") into = "val";
      else if (element === "pt") index = Number(attributes.idx) || 0;
      else if (element === "v") {
        inValue = true;
        value = "";
      }
    },
    close(element) {
      if (element === "v") inValue = false;
      if (/^(tx|cat|val|xVal|yVal)$/.test(element)) into = null;
      if (element !== "v" || into === null || header.length === 1 || index >= maxPoints) return;
      if (into === "tx") header[header.length - 1] = value;
      else {
        const cells = rows.get(index) ?? [];
        cells[into === "cat" ? 0 : header.length - 1] = value;
        rows.set(index, cells);
      }
    },
    text(data) {
      if (inValue) value += data;
    },
  });
  const lines = [...rows].sort(([a], [b]) => a - b).map(([, cells]) => row(Array.from(cells, (cell) => cell ?? "")));
  return lines.length === 0 ? [] : [[row(header), ...lines]];
}
