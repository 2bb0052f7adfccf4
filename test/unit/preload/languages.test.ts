/** The translations against the sources: nothing untranslated, nothing left over, every value in its place. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ESTree, parseSync } from "vite";
import { expect, test } from "vitest";
import { german } from "../../../preload/languages/de.ts";
import { singular } from "../../../preload/languages/en.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const sources = ["main", "preload", "renderer"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
  .filter((file) => /\.tsx?$/.test(file) && !file.includes("languages"));

type Node = { type: string; [key: string]: unknown };

/** Every node of a file's syntax tree. */
function* nodes(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const child of node) yield* nodes(child);
  else if (typeof node === "object" && node !== null) {
    if ("type" in node) yield node as Node;
    for (const child of Object.values(node)) yield* nodes(child);
  }
}
const treeOf = (file: string): ESTree.Program => parseSync(file, readFileSync(join(root, file), "utf8")).program;
const textOf = (node: Node): string | null => (node.type === "Literal" && typeof node.value === "string" ? node.value : null);

const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
/** What is one need not be counted. */
const withoutCount = (text: string) => namesIn(text).filter((name) => name !== "count");

test("every translation is of a sentence that is said", () => {
  const said = new Set<string>();
  for (const file of sources) for (const node of nodes(treeOf(file))) said.add(textOf(node) ?? "");
  for (const { why, languages } of JSON.parse(readFileSync(join(root, "resources/models.json"), "utf8"))) said.add(why).add(languages);
  // Reasons that the patch gives.
  for (const file of readdirSync(join(root, "native")).filter((name) => name.endsWith(".cpp")))
    for (const [, text] of readFileSync(join(root, "native", file), "utf8").matchAll(/return "([^"]+)"/g)) said.add(text!);
  expect(Object.keys(german).filter((text) => !said.has(text))).toEqual([]);
});

test("what models of the list are said to be is translated", () => {
  for (const { why, languages } of JSON.parse(readFileSync(join(root, "resources/models.json"), "utf8"))) {
    expect(german).toHaveProperty([why]);
    expect(german).toHaveProperty([languages]);
  }
});

test("translations have the values of their sentence, and no other", () => {
  for (const [text, translation] of Object.entries(german)) {
    const { one, other } = typeof translation === "string" ? { one: translation, other: translation } : translation;
    expect([text, namesIn(other)]).toEqual([text, namesIn(text)]);
    expect([text, withoutCount(one)]).toEqual([text, withoutCount(text)]);
  }
  for (const [text, one] of Object.entries(singular)) expect([text, withoutCount(one)]).toEqual([text, withoutCount(text)]);
});

test("no sentence is translated twice", () => {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  for (const file of readdirSync(join(root, "preload/languages")).filter((name) => name.startsWith("de-")))
    for (const node of nodes(treeOf(join("preload/languages", file)))) {
      if (node.type !== "Property") continue;
      const key = node.key as Node;
      const text = textOf(key) ?? (key.name as string);
      if (text === "one" || text === "other") continue;
      if (seen.has(text)) twice.push(`${text} (${seen.get(text)}, ${file})`);
      seen.set(text, file);
    }
  expect(twice).toEqual([]);
});

test("German speaks to nobody as Sie or du", () => {
  const all = Object.values(german).flatMap((said) => (typeof said === "string" ? [said] : [said.one, said.other]));
  expect(all.filter((said) => /\p{Ll}en Sie\b|\b(du|dich|dir|dein(e[mnrs]?)?)\b/u.test(said))).toEqual([]);
});

/** What components show to people by these properties. */
const spoken = new Set([
  "aria-label",
  "aria-valuetext",
  "title",
  "placeholder",
  "alt",
  "label",
  "text",
  "says",
  "term",
  "action",
  "cancel",
]);
/** What is the same in every language. */
const names = /^(Folio|[a-z]|http:\/\/127\.0\.0\.1:|\/v1|Top-[pk]|Min-p|\W*)$/;

test("components say nothing that is not translated", () => {
  const found: string[] = [];
  for (const file of sources.filter((name) => name.endsWith(".tsx")))
    for (const node of nodes(treeOf(file))) {
      const text: unknown =
        node.type === "JSXText"
          ? (node.value as string).trim()
          : node.type === "JSXAttribute" && spoken.has(String((node.name as Node).name))
            ? node.value && textOf(node.value as Node)
            : null;
      if (typeof text === "string" && /\p{L}/u.test(text) && !names.test(text)) found.push(`${file}: ${text}`);
    }
  expect(found).toEqual([]);
});
