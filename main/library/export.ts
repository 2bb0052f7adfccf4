/** A conversation in forms for elsewhere, with its citations. Pure: text in, text out. */
import type { Conversation, ConversationInfo, Evidence, ExportedFile, ExportFormat, Turn } from "../../preload/api.ts";

/** `file` is safe as a file's name everywhere. */
export function exportConversation(info: ConversationInfo, conversation: Conversation, format: ExportFormat): ExportedFile {
  const file =
    info.title
      .replace(/[\p{C}\\/:*?"<>|]+/gu, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 80)
      .replace(/[. ]+$/, "") || "Conversation";
  switch (format) {
    case "markdown":
      return { name: `${file}.md`, type: "text/markdown", text: markdown(info, conversation) };
    case "html":
      return { name: `${file}.html`, type: "text/html", text: html(info, conversation) };
    case "json":
      return { name: `${file}.json`, type: "application/json", text: json(info, conversation) };
    default:
      return format satisfies never;
  }
}

type Citation = { document: string; page: number; start: number; end: number; passage: string };

function citations(info: ConversationInfo, turn: Turn): Citation[] {
  if (turn.phase !== "done") return [];
  return turn.evidence.map(({ documentId, page, start, end, text }: Evidence) => {
    const at = info.documentIds.indexOf(documentId);
    return { document: info.documentNames[at] ?? "a document that was removed", page, start, end, passage: flat(text) };
  });
}

/** Why an answer is not whole, or null. */
function remark(turn: Turn): string | null {
  switch (turn.phase) {
    case "waiting":
    case "answering":
      return "This answer was still being written.";
    case "failed":
      return turn.error.message;
    case "done":
      return turn.stopReason === "end" ? null : `The answer ends early (${turn.stopReason}).`;
    default:
      return turn satisfies never;
  }
}

function markdown(info: ConversationInfo, { turns }: Conversation): string {
  const head = [`# ${inMarkdown(info.title)}`, `About ${info.documentNames.map(inMarkdown).join(", ")} · ${day(info.createdAt)}`];
  const body = turns.flatMap((turn) => {
    const cited = citations(info, turn).map(
      ({ document, page, passage }, i) => `${i + 1}. ${inMarkdown(document)}, page ${page}: “${inMarkdown(passage)}”`,
    );
    const note = remark(turn);
    return [
      `## ${inMarkdown(flat(turn.question))}`,
      turn.answer.trim(),
      ...(note ? [`*${inMarkdown(note)}*`] : []),
      ...(cited.length > 0 ? [`**Evidence**\n\n${cited.join("\n")}`] : []),
    ].filter((part) => part !== "");
  });
  return `${[...head, ...body].join("\n\n")}\n`;
}

/** Stands for itself, loads nothing, and shows the answer's text as it was written. */
function html(info: ConversationInfo, { turns }: Conversation): string {
  const body = turns.map((turn) => {
    const cited = citations(info, turn).map(
      ({ document, page, passage }) => `<li><cite>${inHtml(document)}, page ${page}</cite><blockquote>${inHtml(passage)}</blockquote></li>`,
    );
    const note = remark(turn);
    return [
      `<section>\n<h2>${inHtml(flat(turn.question))}</h2>`,
      `<div class="answer">${inHtml(turn.answer.trim())}</div>`,
      ...(note ? [`<p class="note">${inHtml(note)}</p>`] : []),
      ...(cited.length > 0 ? [`<h3>Evidence</h3>\n<ol>\n${cited.join("\n")}\n</ol>`] : []),
      "</section>",
    ].join("\n");
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${inHtml(info.title)}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, serif; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.125rem; } h3 { font-size: .875rem; }
.answer { white-space: pre-wrap; overflow-wrap: anywhere; } .about, .note, ol { font-size: .875rem; } .note { font-style: italic; }
blockquote { margin: .25rem 0 .75rem; padding-left: .75rem; border-left: 3px solid #b8901c; }
</style>
</head>
<body>
<h1>${inHtml(info.title)}</h1>
<p class="about">About ${info.documentNames.map(inHtml).join(", ")} · ${day(info.createdAt)}</p>
${body.join("\n")}
</body>
</html>
`;
}

function json(info: ConversationInfo, { turns }: Conversation): string {
  const documents = info.documentIds.map((sha256, i) => ({ name: info.documentNames[i] ?? "", sha256 }));
  const said = turns.map((turn) => ({
    question: turn.question,
    answer: turn.answer,
    note: remark(turn),
    evidence: citations(info, turn),
    ...(turn.phase === "done"
      ? { stopReason: turn.stopReason, promptTokens: turn.promptTokens, cache: turn.cache, timing: turn.timing }
      : {}),
  }));
  return `${JSON.stringify({ format: "folio-conversation", version: 1, title: info.title, createdAt: new Date(info.createdAt).toISOString(), documents, turns: said }, null, 2)}\n`;
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
const inMarkdown = (text: string): string => text.replace(/[\\`*_[\]<>#|~]/g, "\\$&");
const inHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
