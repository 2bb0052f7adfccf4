/** Conversations as files: everything that was said, with its citations, and nothing in it can break out of its form. */
import { expect, test } from "vitest";
import { exportConversation } from "../../../main/library/export.ts";
import type { Conversation, ConversationInfo, ExportFormat, Turn } from "../../../preload/api.ts";
import type { Language } from "../../../preload/sentences.ts";

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

/** The conversation as a file, or one with other turns. */
const exported = (format: ExportFormat, language: Language = "en", said: Turn[] = turns) =>
  exportConversation(info, { ...conversation, turns: said }, format, language);

test("Markdown has questions as heads, answers as they are, and numbered citations", async () => {
  const { name, type, text } = await exported("markdown");
  expect([name, type]).toEqual(["Who may terminate early.md", "text/markdown"]);
  expect(text).toContain('# Who: "may" \\<terminate\\>/early?\\*\n');
  expect(text).toContain("About Lease \\[2024\\].pdf, \\<b\\>Annex\\</b\\>.docx · 2026-11-22");
  expect(text).toContain("## Who may terminate?\n\nEither **party**.");
  expect(text).toContain("1. Lease \\[2024\\].pdf, page 12: “either party may terminate”\n2. ");
  expect(text).toContain("3. A document that was removed, page 1: “lost”");
  expect(text).toContain("In the\n\n*Folio ended while it was answering.*");
});

/** An answer as it stands in the web page. */
async function shown(answer: string): Promise<string> {
  const { text } = await exported("html", "en", [{ ...turns[1]!, answer }]);
  return text.slice(text.indexOf('<div class="answer">\n') + '<div class="answer">\n'.length, text.indexOf('</div>\n<p class="note">'));
}

test("the web page holds no element that came from a document or a model, and loads nothing", async () => {
  const { text } = await exported("html");
  expect(text).toContain("default-src 'none'");
  expect(text).not.toMatch(/<(script|img|b)\b/);
  expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(text).toContain('<cite dir="auto">Lease [2024].pdf, page 12</cite><blockquote dir="auto">either party may terminate</blockquote>');
});

test("answers are set as the window sets them: heads below the question's, lists, tables, code, formulas", async () => {
  const page = await shown(
    "# Terms\n\nEither **party**, *within*:\n\n3. three\n4. four\n\n- [x] done\n\n| who | days |\n|:--|--:|\n| A & B | 90 |\n\n```js\nif (a < b) x();\n```\n\nso $x^2$ is\n\n\\[\n\\frac{a}{b}\n\\]\n\nand ~~not~~[^1].\n\n[^1]: A note.",
  );
  expect(page).toContain('<h3 dir="auto">Terms</h3>');
  expect(page).toContain('<p dir="auto">Either <strong>party</strong>, <em>within</em>:</p>');
  expect(page).toContain('<ol start="3" dir="auto">\n<li>three</li>\n<li>four</li>\n</ol>');
  expect(page).toContain("<li>☑ done</li>");
  expect(page).toContain('<th style="text-align: left">who</th><th style="text-align: right">days</th>');
  expect(page).toContain('<td style="text-align: left">A &amp; B</td><td style="text-align: right">90</td>');
  expect(page).toContain('<pre dir="ltr"><code>if (a &lt; b) x();</code></pre>');
  expect(page).toContain("<msup><mi>x</mi><mn>2</mn></msup>");
  expect(page).toMatch(/<math [^>]*display="block"/);
  expect(page).toContain("<del>not</del><sup>1</sup>");
});

test("links show where they lead, and only web and mail addresses can be opened", async () => {
  const page = await shown(
    "[bank](https://bank.example/), [bank](https://bаnk.example/) , [run](javascript:alert(1)), [run](JAVASCRIPT&colon;alert(1)), [file](file:///etc/passwd), [data](data:text/html,x), [ref][r], <https://a.example/>\n\n[r]: https://b.example/?a=1&b=%22",
  );
  expect(page).toContain(
    '<a href="https://bank.example/" rel="noopener noreferrer">bank</a> <span class="target">(https://bank.example/)</span>',
  );
  expect(page).toContain("(https://xn--bnk-6cd.example/)");
  expect(page).toContain("https://b.example/?a=1&amp;b=%22");
  expect(page).toContain('<a href="https://a.example/" rel="noopener noreferrer">https://a.example/</a></p>');
  expect([...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!.split(":")[0])).toEqual(["https", "https", "https", "https"]);
});

test.each([
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)> a <b onclick='x'>b</b> <svg onload=x>",
  "![alt](https://evil.example/x.png) ![<img src=x>][i]\n\n[i]: https://evil.example/y.png",
  '[a](<x" onmouseover="alert(1)>) [b](https://e.example/\'onclick=\'x "title")',
  '```html" onclick="x\n</code></pre><script>1</script>\n```',
  "`</code><script>1</script>` | <iframe src=//e.example> |\n|:-:|\n| <style>@import '//e.example'</style> |",
  "$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://e.example/x}$ $\\htmlStyle{color:red}{x}$ $<script>x_1</script>$",
  "[^<script>]: <script>1</script>\n\nx[^<script>]",
  "</div></section><base href=//e.example><meta http-equiv=refresh content=0><form action=//e.example><input>",
])("whatever an answer holds, its elements are ours alone: %j", async (answer) => {
  const page = await shown(answer);
  const known =
    /^\/?(p|h3|h4|ol|ul|li|strong|em|del|sup|code|pre|div|span|a|table|thead|tbody|tr|th|td|blockquote|br|hr|math|semantics|annotation|m[a-z]+)$/;
  for (const [, tag, attributes] of page.matchAll(/<(\/?[a-z0-9]+)([^>]*)>/gi)) {
    expect(tag).toMatch(known);
    expect(attributes).toMatch(
      /^( (href="(https?|mailto):[^"]*"|(rel|dir|start|class|style|xmlns|encoding|display|[a-z]+(stretchy|width|color|size|style|variant|sep|fence|form|align|spacing|space))="[^"]*"))*$/,
    );
    expect(attributes).not.toMatch(/url\(|javascript/i);
  }
  // What is outside of elements is text.
  expect(page.replace(/<[^>]*>/g, "")).not.toMatch(/[<>]/);
});

test("an answer that cannot be drawn, or not soon, is shown as it was written", async () => {
  expect(await shown(`So:\n${"](".repeat(5000)}`)).toBe(`<pre dir="auto">So:\n${"](".repeat(5000)}</pre>`);
  expect(await shown(`So:\n${"> ".repeat(5000)}`)).toMatch(/^<pre dir="auto">So:\n&gt; &gt; /);
  expect(await shown("1. ".repeat(5000))).toMatch(/^<pre dir="auto">1\. 1\. /);
});

test("citations name slides, sheets and chapters as the window does, and quotes say whether they were found", async () => {
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
  expect((await exported("markdown", "en", [quoted])).text).toContain(
    "- “either party” is in Lease \\[2024\\].pdf, Sheet Q3, part 2.\n- “ninety days” was not found in the documents.\n\n**Evidence**\n\n1. Lease \\[2024\\].pdf, Sheet Q3, part 2: “either party”",
  );
  expect((await exported("html", "de", [quoted])).text).toContain(
    '<li dir="auto">„either party“ steht in Lease [2024].pdf, Blatt Q3, Teil 2.</li>',
  );
  expect(JSON.parse((await exported("json", "en", [quoted])).text)).toMatchObject({
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

test("the web page has every turn as if it were the only one, in their order, whatever else is exported meanwhile", async () => {
  const sections = async (said: Turn[]) => (await exported("html", "en", said)).text.match(/<section>[\s\S]*?<\/section>/g) ?? [];
  const many = Array.from({ length: 20 }, (_, i) => ({ ...turns[i % 2]!, question: `Question ${i}?` }));
  const [together, backwards] = await Promise.all([sections(many), sections(many.toReversed())]);
  const alone = await Promise.all(many.map((turn) => sections([turn])));
  expect(together).toEqual(alone.flat());
  expect(together).toHaveLength(20);
  expect(backwards).toEqual(together.toReversed());
});

test("a file for German readers has its own words in German, and JSON stays as programs know it", async () => {
  const { text } = await exported("html", "de");
  expect(text).toContain('<html lang="de">');
  expect(text).toContain('<cite dir="auto">Lease [2024].pdf, Seite 12</cite>');
  expect(text).toContain("<h3>Belege</h3>");
  expect(await exported("json", "de")).toEqual(await exported("json"));
});

test("JSON has documents by their SHA-256 and citations with their places", async () => {
  const said = JSON.parse((await exported("json")).text) as Record<string, unknown>;
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
])("the title %j makes a harmless file name", async (title, expected) => {
  expect((await exportConversation({ ...info, title }, conversation, "markdown", "en")).name).toBe(expected);
});
