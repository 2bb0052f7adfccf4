/** A conversation in forms for elsewhere, with its citations: text in, text out. */
import { setImmediate } from "node:timers/promises";
import type { Conversation, ConversationInfo, Evidence, ExportedFile, ExportFormat, StopReason, Turn } from "../../preload/api.ts";
import { labelIn } from "../../preload/labels.ts";
import { say } from "../../preload/language.ts";
import { inEnglish, type Language, type PlainText, type Sentence, sentence } from "../../preload/sentences.ts";
import { answerInHtml, inHtml } from "./answer-html.ts";

/** `name` is safe as a file's name everywhere. Between turns, whose answers take a while to be set as a web page, others get their turn. */
export async function exportConversation(
  info: ConversationInfo,
  conversation: Conversation,
  format: ExportFormat,
  language: Language,
): Promise<ExportedFile> {
  const file =
    info.title
      .replace(/[\p{C}\\/:*?"<>|]+/gu, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 80)
      .replace(/[. ]+$/, "") || say(language, sentence("Conversation"));
  switch (format) {
    case "markdown":
      return { name: `${file}.md`, type: "text/markdown", text: markdown(info, conversation, language) };
    case "html":
      return { name: `${file}.html`, type: "text/html", text: await html(info, conversation, language) };
    case "json":
      return { name: `${file}.json`, type: "application/json", text: json(info, conversation) };
    default:
      return format satisfies never;
  }
}

type Place = { document: string; page: number; label?: string };
type Citation = Place & { start: number; end: number; passage: string };
/** A quote of an answer, and where it was found; null when nowhere. */
type Checked = { quote: string; found: (Place & { start: number; end: number }) | null };

function citations(info: ConversationInfo, turn: Turn, language: Language): Citation[] {
  if (turn.phase !== "done") return [];
  return turn.evidence.map(({ text, start, end, ...place }: Evidence) => ({
    ...placed(info, place, language),
    start,
    end,
    passage: flat(text),
  }));
}

function checked(info: ConversationInfo, turn: Turn, language: Language): Checked[] {
  if (turn.phase !== "done") return [];
  return (turn.quotes ?? []).map(({ start, end, found }) => ({
    quote: flat(turn.answer.slice(start, end)),
    found: found && { ...placed(info, found, language), start: found.start, end: found.end },
  }));
}

function placed(
  info: ConversationInfo,
  { documentId, page, label }: { documentId: string; page: number; label?: string },
  language: Language,
): Place {
  const document = info.documentNames[info.documentIds.indexOf(documentId)] ?? say(language, sentence("A document that was removed"));
  return { document, page, ...(label && { label }) };
}

const endings: Record<StopReason, PlainText | null> = {
  end: null,
  length: "It reached its greatest length.",
  stopped: "Stopped.",
  repeating: "The model had begun to repeat itself, so the answer was ended there.",
};

/** Why an answer is not whole, or null. */
function remark(turn: Turn): Sentence | null {
  switch (turn.phase) {
    case "waiting":
    case "answering":
      return sentence("This answer was still being written.");
    case "failed":
      return turn.error;
    case "done": {
      const ending = endings[turn.stopReason];
      return ending && sentence(ending);
    }
    default:
      return turn satisfies never;
  }
}

function markdown(info: ConversationInfo, { turns }: Conversation, language: Language): string {
  const head = [`# ${inMarkdown(info.title)}`, about(info, inMarkdown, language)];
  const body = turns.flatMap((turn) => {
    const cited = citations(info, turn, language).map(
      ({ passage, ...place }, i) => `${i + 1}. ${inMarkdown(placeOf(place, language))}: “${inMarkdown(passage)}”`,
    );
    const note = remark(turn);
    return [
      `## ${inMarkdown(flat(turn.question))}`,
      turn.answer.trim(),
      ...(note ? [`*${inMarkdown(say(language, note))}*`] : []),
      checked(info, turn, language)
        .map((quote) => `- ${inMarkdown(checkedWords(quote, language))}`)
        .join("\n"),
      ...(cited.length > 0 ? [`**${say(language, sentence("Evidence"))}**\n\n${cited.join("\n")}`] : []),
    ].filter((part) => part !== "");
  });
  return `${[...head, ...body].join("\n\n")}\n`;
}

/** Stands for itself, and loads and runs nothing, whatever an answer holds. */
async function html(info: ConversationInfo, { turns }: Conversation, language: Language): Promise<string> {
  const body: string[] = [];
  for (const turn of turns) {
    await setImmediate();
    const cited = citations(info, turn, language).map(
      ({ passage, ...place }) =>
        `<li><cite dir="auto">${inHtml(placeOf(place, language))}</cite><blockquote dir="auto">${inHtml(passage)}</blockquote></li>`,
    );
    const note = remark(turn);
    const quotes = checked(info, turn, language).map((quote) => `<li dir="auto">${inHtml(checkedWords(quote, language))}</li>`);
    body.push(
      `<section>\n<h2 dir="auto">${inHtml(flat(turn.question))}</h2>`,
      `<div class="answer">\n${answerInHtml(turn.answer.trim(), language)}</div>`,
      ...(note ? [`<p class="note">${inHtml(say(language, note))}</p>`] : []),
      ...(quotes.length > 0 ? [`<ul>\n${quotes.join("\n")}\n</ul>`] : []),
      ...(cited.length > 0 ? [`<h3>${inHtml(say(language, sentence("Evidence")))}</h3>\n<ol>\n${cited.join("\n")}\n</ol>`] : []),
      "</section>",
    );
  }
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>${inHtml(info.title)}</title>
<style>
:root { color-scheme: light dark; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, serif; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.125rem; } h3, h4 { font-size: 1rem; } section > h3 { font-size: .875rem; }
.answer { overflow-wrap: anywhere; } .about, .note, .footnote, section > :is(ol, ul) { font-size: .875rem; } .note { font-style: italic; }
pre, code { font: .875em/1.5 ui-monospace, monospace; } pre code { font: inherit; } pre { padding: .75rem; overflow-x: auto; background: light-dark(#f2efe8, #2a2825); overflow-wrap: normal; }
.wide, math[display="block"] { overflow-x: auto; } table { border-collapse: collapse; overflow-wrap: normal; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid light-dark(#ddd5c6, #3a3732); text-align: start; vertical-align: top; }
.target { color: light-dark(#5c5549, #b3ab9d); font-size: .875em; }
blockquote { margin: .25rem 0 .75rem; padding-inline-start: .75rem; border-inline-start: 3px solid #b8901c; }
</style>
</head>
<body>
<h1 dir="auto">${inHtml(info.title)}</h1>
<p class="about" dir="auto">${about(info, inHtml, language)}</p>
${body.join("\n")}
</body>
</html>
`;
}

function json(info: ConversationInfo, { turns }: Conversation): string {
  const documents = info.documentIds.map((sha256, i) => ({ name: info.documentNames[i] ?? "", sha256 }));
  const said = turns.map((turn) => {
    const note = remark(turn);
    return {
      question: turn.question,
      answer: turn.answer,
      note: note && inEnglish(note),
      evidence: citations(info, turn, "en"),
      quotes: checked(info, turn, "en"),
      ...(turn.phase === "done"
        ? { stopReason: turn.stopReason, promptTokens: turn.promptTokens, coverage: turn.coverage, cache: turn.cache, timing: turn.timing }
        : {}),
    };
  });
  return `${JSON.stringify({ format: "folio-conversation", version: 1, title: info.title, createdAt: new Date(info.createdAt).toISOString(), documents, turns: said }, null, 2)}\n`;
}

const about = (info: ConversationInfo, escaped: (text: string) => string, language: Language): string =>
  `${escaped(say(language, sentence("About {names}", { names: info.documentNames.join(", ") })))} · ${day(info.createdAt)}`;
const placeOf = ({ document, page, label }: Place, language: Language): string =>
  label ? `${document}, ${labelIn(language, label)}` : say(language, sentence("{document}, page {page}", { document, page }));
const checkedWords = ({ quote, found }: Checked, language: Language): string =>
  found
    ? say(language, sentence("“{quote}” is in {place}.", { quote, place: placeOf(found, language) }))
    : say(language, sentence("“{quote}” was not found in the documents.", { quote }));
const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const flat = (text: string): string => text.replace(/\s+/g, " ").trim();
const inMarkdown = (text: string): string => text.replace(/[\\`*_[\]<>#|~]/g, "\\$&");
