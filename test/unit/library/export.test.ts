/** Conversations as files: everything that was said, with its citations, and nothing in it can break out of its form. */
import { expect, test } from "vitest";
import { exportConversation } from "../../../main/library/export.ts";
import type { Conversation, ConversationInfo, Turn } from "../../../preload/api.ts";

const info: ConversationInfo = {
  id: "c",
  title: 'Who: "may" <terminate>/early?*',
  documentIds: ["a", "b"],
  documentNames: ["Lease [2024].pdf", "<b>Annex</b>.docx"],
  turns: 2,
  branchOf: null,
  createdAt: Date.UTC(2026, 10, 22),
  changedAt: 0,
};
const turns = [
  {
    id: "t",
    question: "Who may\nterminate?",
    answer: "Either **party**.\n\n<script>alert(1)</script>",
    phase: "done",
    stopReason: "end",
    promptTokens: 7055,
    evidence: [
      { documentId: "a", page: 12, start: 5, end: 25, text: "either party may\n terminate", score: 1 },
      { documentId: "b", page: 3, start: 1, end: 2, text: "</blockquote><img src=x onerror=1>", score: 1 },
      { documentId: "gone", page: 1, start: 1, end: 2, text: "lost", score: 1 },
    ],
  } as unknown as Turn,
  {
    id: "u",
    question: "When?",
    answer: "In the",
    phase: "failed",
    error: { code: "interrupted", text: "Folio ended while it was answering." },
  },
] satisfies Turn[];
const conversation: Conversation = { id: "c", documentIds: ["a", "b"], extent: { kind: "whole" }, turns };

test("Markdown has questions as heads, answers as they are, and numbered citations", () => {
  const { name, type, text } = exportConversation(info, conversation, "markdown", "en");
  expect([name, type]).toEqual(["Who may terminate early.md", "text/markdown"]);
  expect(text).toContain('# Who: "may" \\<terminate\\>/early?\\*\n');
  expect(text).toContain("About Lease \\[2024\\].pdf, \\<b\\>Annex\\</b\\>.docx · 2026-11-22");
  expect(text).toContain("## Who may terminate?\n\nEither **party**.");
  expect(text).toContain("1. Lease \\[2024\\].pdf, page 12: “either party may terminate”\n2. ");
  expect(text).toContain("3. A document that was removed, page 1: “lost”");
  expect(text).toContain("In the\n\n*Folio ended while it was answering.*");
});

test("the web page holds no element that came from a document or a model, and loads nothing", () => {
  const { text } = exportConversation(info, conversation, "html", "en");
  expect(text).toContain("default-src 'none'");
  expect(text).not.toMatch(/<(script|img|b)\b/);
  expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(text).toContain('<cite dir="auto">Lease [2024].pdf, page 12</cite><blockquote dir="auto">either party may terminate</blockquote>');
});

test("citations name slides, sheets and chapters as the window does, and quotes say whether they were found", () => {
  const answer = "It says “either party” and “ninety days”.";
  const quoted = {
    ...turns[0],
    answer,
    evidence: [{ documentId: "a", page: 4, label: "Sheet Q3, part 2", start: 5, end: 25, text: "either party", score: 1 }],
    quotes: [
      { start: 9, end: 21, found: { documentId: "a", page: 4, label: "Sheet Q3, part 2", start: 5, end: 17 } },
      { start: 28, end: 39, found: null },
    ],
  } as unknown as Turn;
  const said = (format: "markdown" | "html", language: "en" | "de") =>
    exportConversation(info, { ...conversation, turns: [quoted] }, format, language).text;
  expect(said("markdown", "en")).toContain(
    "- “either party” is in Lease \\[2024\\].pdf, Sheet Q3, part 2.\n- “ninety days” was not found in the documents.\n\n**Evidence**\n\n1. Lease \\[2024\\].pdf, Sheet Q3, part 2: “either party”",
  );
  expect(said("html", "de")).toContain('<li dir="auto">„either party“ steht in Lease [2024].pdf, Blatt Q3, Teil 2.</li>');
  expect(JSON.parse(exportConversation(info, { ...conversation, turns: [quoted] }, "json", "en").text)).toMatchObject({
    turns: [
      {
        quotes: [
          { quote: "either party", found: { page: 4, label: "Sheet Q3, part 2", start: 5 } },
          { quote: "ninety days", found: null },
        ],
      },
    ],
  });
});

test("a file for German readers has its own words in German, and JSON stays as programs know it", () => {
  const { text } = exportConversation(info, conversation, "html", "de");
  expect(text).toContain('<html lang="de">');
  expect(text).toContain('<cite dir="auto">Lease [2024].pdf, Seite 12</cite>');
  expect(text).toContain("<h3>Belege</h3>");
  expect(exportConversation(info, conversation, "json", "de")).toEqual(exportConversation(info, conversation, "json", "en"));
});

test("JSON has documents by their SHA-256 and citations with their places", () => {
  const said = JSON.parse(exportConversation(info, conversation, "json", "en").text) as Record<string, unknown>;
  expect(said).toMatchObject({
    format: "folio-conversation",
    version: 1,
    documents: [{ name: "Lease [2024].pdf", sha256: "a" }, { sha256: "b" }],
    turns: [
      { question: "Who may\nterminate?", note: null, evidence: [{ document: "Lease [2024].pdf", page: 12, start: 5, end: 25 }, {}, {}] },
      { answer: "In the", note: "Folio ended while it was answering.", evidence: [] },
    ],
  });
});

test.each([
  ["...", "Conversation.md"],
  ["\u0000/\\:", "Conversation.md"],
  ["a".repeat(300), `${"a".repeat(80)}.md`],
  ["../../etc/passwd", ".. .. etc passwd.md"],
])("the title %j makes a harmless file name", (title, expected) => {
  expect(exportConversation({ ...info, title }, conversation, "markdown", "en").name).toBe(expected);
});
