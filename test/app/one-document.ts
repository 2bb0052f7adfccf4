/** One long document, and an app that has it and says otherwise what a test tells it. */
import type { DocumentInfo, Page as DocumentPage, Evidence, Turn } from "../../preload/api.ts";
import { fakeApp } from "../unit/host/fake-app.ts";

const sentence = "The harbour was built in three stages, of which the last was finished in the spring of that year. ";

/** Pages of which each ends with a number of its own. */
export function longDocument(count: number): DocumentPage[] {
  let start = 0;
  return Array.from({ length: count }, (_, i) => {
    const text = `Section ${i + 1}\n\n${sentence.repeat(12).trim()}\n\nOn page ${i + 1} the keeper wrote down number ${7000 + i}.`;
    const page = { number: i + 1, start, text };
    start += text.length + 2;
    return page;
  });
}

/** The last sentence of one of these pages. */
export function passage(pages: readonly DocumentPage[], number: number): Evidence {
  const page = pages[number - 1]!;
  const at = page.text.indexOf("On page");
  const start = page.start + at;
  return { documentId: "d", page: number, start, end: page.start + page.text.length, text: page.text.slice(at), score: 1 };
}

/** An app with one ready document, and a conversation about it. */
export function appWith(pages: DocumentPage[], turns: Turn[]) {
  const fake = fakeApp();
  const known: DocumentInfo = {
    id: "d",
    name: "Lighthouse.pdf",
    fileBytes: 1,
    folder: "",
    addedAt: 0,
    phase: "ready",
    pages: pages.length,
    characters: 1,
    tokens: 7012,
    emptyPages: [],
    recognised: [],
    pins: [],
    notes: [],
  };
  fake.state.documents = [known];
  fake.state.conversation = { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns };
  fake.app.requests.getPages = () => Promise.resolve(pages);
  return fake;
}
