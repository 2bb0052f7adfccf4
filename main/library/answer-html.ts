/**
 * A model's Markdown as HTML for an exported page, read as the window reads it. It is untrusted: every element here is written by this file, text is
 * escaped, raw HTML stays text, pictures are left out, and beside a link stands where it leads. Pure.
 */
import katex from "katex";
import type { Definition, List, ListItem, Nodes, Root, Table } from "mdast";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { oneKindOfFormula } from "../../preload/formulas.ts";
import { say } from "../../preload/language.ts";
import { type Language, sentence } from "../../preload/sentences.ts";
import { isTangled } from "../../preload/tangled.ts";

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkMath, { singleDollarTextMath: false });

export const inHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/** An answer that would take long to parse, or cannot be drawn, is shown as it was written. */
export function answerInHtml(answer: string, language: Language): string {
  const asWritten = `<pre dir="auto">${inHtml(answer)}</pre>`;
  if (isTangled(answer)) return asWritten;
  try {
    const tree = parser.parse(oneKindOfFormula(answer));
    return inside(tree, { language, definitions: definitionsOf(tree) });
  } catch {
    return asWritten;
  }
}

type Context = { language: Language; definitions: ReadonlyMap<string, Definition> };

/** Where references lead, by their labels; the first of a label counts. */
function definitionsOf(tree: Root): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const visit = (node: Nodes) => {
    if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node);
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(tree);
  return found;
}

const inside = ({ children }: { children: readonly Nodes[] }, context: Context): string =>
  children.map((child) => written(child, context)).join("");

/** Each paragraph, list and table runs in the direction of its own first words; headings stay below the question's own. */
function written(node: Nodes, context: Context): string {
  switch (node.type) {
    case "root":
      return inside(node, context);
    case "paragraph":
      return `<p dir="auto">${inside(node, context)}</p>\n`;
    case "heading": {
      const level = node.depth <= 2 ? "h3" : "h4";
      return `<${level} dir="auto">${inside(node, context)}</${level}>\n`;
    }
    case "blockquote":
      return `<blockquote dir="auto">${inside(node, context)}</blockquote>\n`;
    case "list":
      return list(node, context);
    case "listItem":
      return listItem(node, false, context);
    case "table":
      return table(node, context);
    case "tableRow":
      return `<tr>${inside(node, context)}</tr>\n`;
    case "tableCell":
      return `<td>${inside(node, context)}</td>`;
    case "code":
      return `<pre dir="ltr"><code>${inHtml(node.value)}</code></pre>\n`;
    case "math":
      return `${formula(node.value, true)}\n`;
    case "inlineMath":
      return formula(node.value, false);
    case "inlineCode":
      return `<code dir="ltr">${inHtml(node.value)}</code>`;
    case "emphasis":
      return `<em>${inside(node, context)}</em>`;
    case "strong":
      return `<strong>${inside(node, context)}</strong>`;
    case "delete":
      return `<del>${inside(node, context)}</del>`;
    case "break":
      return "<br>\n";
    case "thematicBreak":
      return "<hr>\n";
    case "link":
      return link(node.url, inside(node, context));
    case "linkReference": {
      const definition = context.definitions.get(node.identifier);
      return definition ? link(definition.url, inside(node, context)) : inside(node, context);
    }
    case "image":
    case "imageReference":
      return `[${inHtml(say(context.language, node.alt ? sentence("image left out: {alt}", { alt: node.alt }) : sentence("image left out")))}]`;
    case "footnoteReference":
      return `<sup>${inHtml(node.label ?? node.identifier)}</sup>`;
    case "footnoteDefinition":
      return `<div class="footnote"><sup>${inHtml(node.label ?? node.identifier)}</sup> ${inside(node, context)}</div>\n`;
    case "text":
    case "html":
      return inHtml(node.value);
    case "definition":
    case "yaml":
      return "";
    default:
      return node satisfies never;
  }
}

function list(node: List, context: Context): string {
  const tag = node.ordered ? "ol" : "ul";
  const start = node.ordered && typeof node.start === "number" && node.start !== 1 ? ` start="${node.start}"` : "";
  const loose = node.children.some(({ spread }) => spread);
  return `<${tag}${start} dir="auto">\n${node.children.map((item) => listItem(item, loose, context)).join("")}</${tag}>\n`;
}

/** In a list without empty lines between its items, paragraphs are no blocks of their own. */
function listItem(node: ListItem, loose: boolean, context: Context): string {
  const box = typeof node.checked === "boolean" ? (node.checked ? "☑ " : "☐ ") : "";
  const parts = node.children.map((child) => (child.type === "paragraph" && !loose ? inside(child, context) : written(child, context)));
  return `<li>${box}${parts.join("\n")}</li>\n`;
}

function table({ children: [head, ...rows], align }: Table, context: Context): string {
  const row = (cells: Table["children"][number] | undefined, tag: "th" | "td") =>
    `<tr>${(cells?.children ?? [])
      .map((cell, i) => `<${tag}${align?.[i] ? ` style="text-align: ${align[i]}"` : ""}>${inside(cell, context)}</${tag}>`)
      .join("")}</tr>\n`;
  const body = rows.length > 0 ? `<tbody>\n${rows.map((cells) => row(cells, "td")).join("")}</tbody>\n` : "";
  return `<div class="wide"><table dir="auto">\n<thead>\n${row(head, "th")}</thead>\n${body}</table></div>\n`;
}

/** The model wrote the link: only web and mail addresses can be opened, and its whole target is shown, as a browser reads it. */
function link(target: string, text: string): string {
  const href = inHtml(URL.parse(target)?.href ?? target);
  const words = /^(https?|mailto):/i.test(href) ? `<a href="${href}" rel="noopener noreferrer">${text}</a>` : text;
  return text === href ? words : `${words} <span class="target">(${href})</span>`;
}

/** As MathML, which browsers set with their own typefaces; what is no formula is shown as it was written. */
function formula(tex: string, displayMode: boolean): string {
  try {
    return katex.renderToString(tex, {
      output: "mathml",
      displayMode,
      throwOnError: true,
      trust: false,
      strict: "ignore",
      maxSize: 20,
      maxExpand: 200,
    });
  } catch {
    return `<code dir="ltr">${inHtml(tex)}</code>`;
  }
}
