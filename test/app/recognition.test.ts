/** Scans: pictures of pages go in, and their text is recognised, kept page by page, found, marked and answered from. */
import type { Browser } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { lines, makePdf, type PageSource, picturePage } from "../unit/documents/make-pdf.ts";
import { dropFiles, openTestWindow, type TestWindow } from "./window.ts";

let home: DataFolder;
let app: App;
let window: TestWindow;
beforeEach(async () => {
  home = await ownDataFolder();
  app = await createApp();
  window = await openTestWindow(app);
});
afterEach(async () => {
  await window.close();
  await app.close();
  await home.restore();
});

const poll = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 120_000 });
const only = async () => (await app.requests.getState()).documents[0];

/** What a scanner makes of a printed page: a picture, somewhat askew and grey. */
async function scan(browser: Browser, text: string): Promise<PageSource> {
  const page = await browser.newPage({ viewport: { width: 900, height: 1200 }, deviceScaleFactor: 1.5 });
  const paragraphs = text.split("\n").map((line) => `<p>${line}</p>`);
  await page.setContent(
    `<body style="margin: 0; background: #eceae4"><div style="padding: 90px; rotate: 0.4deg; color: #333; font: 22px/1.5 serif">${paragraphs.join("")}</div>`,
  );
  const bytes = await page.screenshot({ type: "jpeg", quality: 70 });
  await page.close();
  return picturePage({ bytes, width: 1350, height: 1800 });
}

const harbour = `The harbour log
On the fourteenth of March the keeper wrote that the lamp of Gull Rock had burned 412 litres of paraffin since the new year.
The inspector found the stairs in good repair, and ordered two barrels of oil for the winter.`;
const german = `Vermerk über die Prüfung
Der Wärter hat die Größe des Leuchtfeuers gemessen und für genügend befunden.`;

test("a scan is offered recognition; its text is then shown, found, marked on the page and open to questions", async () => {
  const { page, browser } = window;
  await dropFiles(page, [{ name: "Log.pdf", bytes: makePdf([await scan(browser, harbour), await scan(browser, german)]) }]);
  await page.getByText("This is a scan: pictures of pages").waitFor();
  expect((await only())?.phase).toBe("scanned");
  await page.locator(".paper canvas").first().waitFor();
  await page.getByRole("button", { name: "Recognise the text" }).click();
  await page.getByRole("progressbar", { name: "Recognising text" }).waitFor();
  await page.getByText("The text of 2 pages was recognised from pictures").waitFor({ timeout: 120_000 });

  const known = (await only())!;
  expect(known).toMatchObject({ phase: "ready", emptyPages: [], recognised: [1, 2] });
  const pages = await app.requests.getPages(known.id);
  expect(pages[0]!.text.replace(/\s+/g, " ")).toContain("the lamp of Gull Rock had burned 412 litres of paraffin");
  expect(pages[1]!.text).toContain("Größe des Leuchtfeuers");
  expect((await app.requests.search("paraffin")).pages).toMatchObject([{ documentId: known.id, page: 1 }]);
  await poll(async () => (await app.requests.getState()).conversation?.documentIds).toEqual([known.id]);

  // The word is marked where it stands in the picture, and the line can be selected there.
  await page.keyboard.press("Control+f");
  await page.keyboard.type("paraffin");
  const mark = page.locator("g[data-kind=match] polygon");
  const line = page.locator(".recognised-text text", { hasText: "paraffin" });
  await poll(() => mark.count()).toBe(1);
  // Every letter typed marks anew.
  await poll(async () => {
    const [box, around] = [await mark.boundingBox(), await line.boundingBox()];
    if (!box || !around) return "not drawn";
    if (box.y <= around.y - 4 || box.y + box.height >= around.y + around.height + 4) return "beside its line";
    return box.width < around.width / 3 ? "on its word" : "too wide";
  }).toBe("on its word");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await page.getByText("recognised from a picture").first().waitFor();
  expect(window.complaints).toEqual([]);
  expect(window.strays).toEqual([]);
});

test("pages without text among others are recognised alone; what is done survives a cancel and a restart", async () => {
  const { page, browser } = window;
  const typed = { content: lines(50, 700, ["This page was typed: the pier is 240 metres long."]) };
  const picture = await scan(browser, harbour);
  await dropFiles(page, [{ name: "Mixed.pdf", bytes: makePdf([picture, typed, picture, picture]) }]);
  await page.getByText("3 pages have no text").waitFor();
  await page.getByRole("button", { name: "Recognise the text" }).click();
  await page.getByText("page 2 of 3").waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await poll(async () => ((await only()) as { recognised: number[] }).recognised.includes(1)).toBe(true);
  const { id } = (await only())!;
  await window.close();
  await app.close();

  app = await createApp();
  window = await openTestWindow(app);
  const known = (await only()) as { recognised: number[]; emptyPages: number[] };
  expect(known.recognised).toContain(1);
  expect(known.emptyPages.at(-1)).toBe(4);
  const pages = await app.requests.getPages(id);
  expect(pages[0]!.text).toContain("harbour log");
  expect(pages[1]!.text).toBe("This page was typed: the pier is 240 metres long.");
  await window.page.getByRole("button", { name: "Recognise the text" }).waitFor();
});
