import { expect, test } from "vitest";
import type { DocumentInfo } from "../../../preload/api.ts";
import { ago, folderNames, folderTitle, isInside, shelfRows } from "../../../renderer/shelf.ts";

const document = (name: string, folder: string, addedAt: number, fileBytes: number): DocumentInfo => ({
  id: name,
  name,
  folder,
  addedAt,
  fileBytes,
  phase: "failed",
  error: { code: "", text: "" },
});
const documents = [
  document("b10.pdf", "", 1, 30),
  document("B9.pdf", "", 2, 10),
  document("a.pdf", "Research", 3, 20),
  document("c.pdf", "contracts", 4, 5),
];
const shown = (...args: Parameters<typeof shelfRows>) =>
  shelfRows(...args).map((row) => (row.kind === "folder" ? `[${row.name}]` : row.document.name));

test("documents lie in their folders, sorted as asked; without folders there are no heads", () => {
  expect(shown(documents, "name", [])).toEqual(["[]", "B9.pdf", "b10.pdf", "[contracts]", "c.pdf", "[Research]", "a.pdf"]);
  expect(shown(documents, "added", ["Research"])).toEqual(["[]", "B9.pdf", "b10.pdf", "[contracts]", "c.pdf", "[Research]"]);
  expect(shown(documents.slice(0, 2), "size", [])).toEqual(["b10.pdf", "B9.pdf"]);
  expect(shown([], "name", [])).toEqual([]);
  expect(folderNames(documents)).toEqual(["contracts", "Research"]);
});

test("a folder's folders come behind its own documents, are counted with it and close with it", () => {
  const nested = [
    "Contracts",
    "Contracts 2",
    "Contracts/2024",
    "Contracts/2024/Old",
    "contracts",
    "Contracts-b",
    "Contracts/10",
    "Contracts/9",
  ];
  const inside = nested.map((folder, i) => document(`${i}.pdf`, folder, i, i));
  const heads = (closed: string[]) =>
    shelfRows(inside, "name", closed).flatMap((row) => (row.kind === "folder" ? [`${row.name}: ${row.documents}`] : []));
  const before = ["Contracts: 5", "Contracts/9: 1", "Contracts/10: 1", "Contracts/2024: 2", "Contracts/2024/Old: 1"];
  const open = heads([]);
  const at = open.indexOf("Contracts: 5");
  expect(open.slice(at, at + 5)).toEqual(before);
  expect(open.filter((head) => !before.includes(head)).sort()).toEqual(["Contracts 2: 1", "Contracts-b: 1", "contracts: 1"]);
  expect(heads(["Contracts"])).toEqual(open.filter((head) => !before.slice(1).includes(head)));
  expect(heads(["Contracts/2024"])).toEqual(open.filter((head) => head !== "Contracts/2024/Old: 1"));
  expect(isInside("Contracts", "")).toBe(false);
  expect(folderTitle("Contracts/2024")).toBe("Contracts / 2024");
});

test("times are said as a person would", () => {
  const now = new Date(2026, 10, 22, 15, 30).getTime();
  expect(ago(now - 20_000, now)).toBe("now");
  expect(ago(now - 5 * 60_000, now)).toBe("5 min ago");
  expect(ago(new Date(2026, 10, 22, 9, 0).getTime(), now)).toBe("6 h ago");
  expect(ago(new Date(2026, 10, 21, 23, 0).getTime(), now)).toBe("yesterday");
  expect(ago(new Date(2026, 2, 12).getTime(), now)).toBe("12 Mar");
  expect(ago(new Date(2025, 2, 12).getTime(), now)).toBe("12 Mar 2025");
});
