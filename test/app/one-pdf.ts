/** One PDF as the parser reads it, an app that has it, and what is marked on its pages. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { parseDocument } from "../../main/documents/import.ts";
import type { Evidence } from "../../preload/api.ts";
import { finishedTurn } from "../finished-turn.ts";
import { lines, makePdf, textAt } from "../unit/documents/make-pdf.ts";
import { appWith } from "./one-document.ts";

/** An app with one PDF, and an answer that rests on `passages` of it. */
export async function appWithPdf(bytes: Uint8Array, passages: string[] = [], answer = "An answer.") {
  const { pages, text, emptyPages } = await parseDocument("Report.pdf", bytes.slice());
  const evidence = passages.map((passage): Evidence => {
    const start = text.indexOf(passage);
    expect(start).toBeGreaterThanOrEqual(0);
    const page = pages.findLast((candidate) => candidate.start <= start)!.number;
    return { documentId: "d", page, start, end: start + passage.length, text: passage, score: 1 };
  });
  const fake = appWith(pages, [finishedTurn({ answer, evidence })]);
  fake.state.documents = fake.state.documents.map((known) => ({
    ...known,
    name: "Report.pdf",
    fileBytes: bytes.length,
    characters: text.length,
    emptyPages,
  }));
  fake.app.requests.getFile = () => Promise.resolve(bytes);
  return fake;
}

/** A PDF of which each page ends with a number of its own. */
export const manyPages = (count: number) =>
  makePdf(
    Array.from({ length: count }, (_, i) => ({
      content:
        textAt(60, 740, `Section ${i + 1}`, { size: 18 }) +
        lines(
          60,
          700,
          Array.from({ length: 30 }, (_, line) => `Line ${line + 1} of page ${i + 1} says that the harbour was built in three stages.`),
        ) +
        textAt(60, 300, `On page ${i + 1} the keeper wrote down number ${7000 + i}.`),
    })),
  );

/** What is marked on a page, and shown now. */
export const current = (page: Page): Locator => page.locator("g[data-current=true]");

/** Letters of the text layer whose middle lies on a current mark, in the order of the text layer. */
export const underMarks = (page: Page) =>
  page.evaluate(`(() => {
    const quads = [...document.querySelectorAll("g[data-current=true] polygon")].map((quad) => quad.getBoundingClientRect());
    let found = "";
    for (const span of document.querySelectorAll(".text-layer span:not(.markedContent)")) {
      const node = span.firstChild;
      for (let i = 0; i < (node?.length ?? 0); i++) {
        const range = document.createRange();
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const box = range.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        if (quads.some((quad) => x > quad.left && x < quad.right && y > quad.top && y < quad.bottom)) found += node.data[i];
      }
    }
    return found.normalize("NFKD").replace(/[^A-Za-z0-9]/g, "");
  })()`);
