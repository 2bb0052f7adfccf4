/** OpenDocument texts, spreadsheets and presentations: paragraphs, a page for every sheet, a page for every slide. */
import { type Block, row, type Section } from "./blocks.ts";
import { DocumentError } from "./errors.ts";
import { type Attributes, readXml } from "./xml.ts";
import type { Archive } from "./zip.ts";

/** Deleted text, remarks and what is no text. */
const skipped = new Set([
  "tracked-changes",
  "annotation",
  "annotation-end",
  "forms",
  "sequence-decls",
  "scripts",
  "style",
  "desc",
  "title",
]);
const maxSpaces = 100;
const maxColumns = 1024;
const maxRepeatedRows = 1000;

type Table = { rows: string[]; cells: string[]; cellStart: number; repeat: number; rowRepeat: number };

/** `name` is the document's, `maxCharacters` what it may have. Errors: encrypted, too large. */
export async function openDocumentSections(name: string, archive: Archive, maxCharacters: number): Promise<Section[]> {
  await refuseEncrypted(name, archive);
  const flow: Section = { blocks: [] };
  const sections: Section[] = [flow];
  let blocks: Block[] = flow.blocks;
  /** Paragraphs may stand inside paragraphs, in frames and notes: the innermost is last. */
  const open: { text: string; before: string }[] = [];
  const tables: Table[] = [];
  let skip = 0;
  let lists = 0;
  let item = false;
  let slides = 0;
  let inSpreadsheet = false;
  let inNotes = false;
  /** A footnote being read, and those to set below the paragraph that they belong to. */
  let footnote: string | null = null;
  let footnotes: string[] = [];
  let budget = maxCharacters;

  const spend = (length: number) => {
    budget -= length;
    if (budget < 0) throw new DocumentError("document-too-large", name);
  };
  const write = (text: string) => {
    spend(text.length);
    const paragraph = open.at(-1);
    if (paragraph) paragraph.text += text;
  };
  const closeParagraph = () => {
    const paragraph = open.pop();
    const text = paragraph?.text.trim() ?? "";
    if (!paragraph || text === "") return;
    if (footnote !== null) {
      footnotes.push(`[${footnote}] ${text}`);
      return;
    }
    const last = blocks.at(-1);
    const inList = lists > 0 && tables.length === 0;
    const whole = inNotes ? `Notes: ${text}` : paragraph.before + text;
    if (inList && !paragraph.before.startsWith("#") && item && typeof last === "string") blocks[blocks.length - 1] = `${last}\n${whole}`;
    else blocks.push(whole);
    item = inList;
    if (open.length > 0 || footnotes.length === 0) return;
    blocks.push(footnotes.join("\n"));
    footnotes = [];
  };
  const startSection = (label: string) => {
    blocks = [];
    item = false;
    sections.push({ label, blocks });
  };

  await readXml(archive, "content.xml", {
    open(element, attributes) {
      if (skip > 0 || skipped.has(element)) {
        skip++;
        return;
      }
      const table = tables.at(-1);
      switch (element) {
        case "spreadsheet":
          inSpreadsheet = true;
          break;
        case "page":
          startSection(`Slide ${++slides}`);
          break;
        case "notes":
          inNotes = slides > 0;
          break;
        case "h":
          open.push({ text: "", before: `${"#".repeat(Math.min(6, Number(attributes["text:outline-level"]) || 1))} ` });
          break;
        case "p":
          open.push({ text: "", before: lists > 0 ? `${"  ".repeat(Math.min(lists, 9) - 1)}- ` : "" });
          break;
        case "list":
          if (lists++ === 0) item = false;
          break;
        case "s":
          write(" ".repeat(Math.min(maxSpaces, times(attributes["text:c"]))));
          break;
        case "tab":
          write("\t");
          break;
        case "line-break":
          write("\n");
          break;
        case "note-body":
          footnote = /\[([^[]*)\]$/.exec(open.at(-1)?.text.slice(-20) ?? "")?.[1] ?? "";
          break;
        case "note-citation":
          write("[");
          break;
        case "table":
          if (inSpreadsheet && tables.length === 0) startSection(`Sheet ${attributes["table:name"] ?? ""}`);
          tables.push({ rows: [], cells: [], cellStart: 0, repeat: 1, rowRepeat: 1 });
          break;
        case "table-row":
          if (table) table.rowRepeat = times(attributes["table:number-rows-repeated"]);
          break;
        case "table-cell":
        case "covered-table-cell":
          if (table) Object.assign(table, { cellStart: blocks.length, repeat: columns(attributes) });
          break;
        default:
      }
    },
    close(element) {
      if (skip > 0) {
        skip--;
        return;
      }
      const table = tables.at(-1);
      switch (element) {
        case "notes":
          inNotes = false;
          break;
        case "h":
        case "p":
          closeParagraph();
          break;
        case "list":
          lists--;
          break;
        case "note-citation":
          write("]");
          break;
        case "note-body":
          footnote = null;
          break;
        case "table-cell":
        case "covered-table-cell": {
          if (!table) break;
          const text = blocks.splice(table.cellStart).flat().join(" ");
          for (let i = 0; i < table.repeat && table.cells.length < maxColumns; i++) table.cells.push(text);
          break;
        }
        case "table-row": {
          if (!table) break;
          const line = row(table.cells);
          table.cells = [];
          if (line === "" && inSpreadsheet) {
            // A blank row parts tables.
            if (table.rows.length > 0) blocks.push(table.rows);
            table.rows = [];
          }
          for (let i = 0; line !== "" && i < Math.min(table.rowRepeat, maxRepeatedRows); i++) {
            spend(line.length);
            table.rows.push(line);
          }
          break;
        }
        case "table":
          if (table && table.rows.length > 0) blocks.push(table.rows);
          tables.pop();
          item = false;
          break;
        default:
      }
    },
    text(data) {
      if (skip === 0 && open.length > 0) write(data.replace(/\s+/g, " "));
    },
  });
  return sections.filter((section) => section.blocks.length > 0 || section.label?.startsWith("Slide"));
}

const times = (count: string | undefined) => Math.max(1, Math.floor(Number(count)) || 1);
const columns = (attributes: Attributes) => Math.min(maxColumns, times(attributes["table:number-columns-repeated"]));

async function refuseEncrypted(name: string, archive: Archive): Promise<void> {
  await readXml(archive, "META-INF/manifest.xml", {
    open(element) {
      if (element === "encryption-data") throw new DocumentError("document-encrypted", name);
    },
  });
}
