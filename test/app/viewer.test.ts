/** The viewer by itself, in front of an app that holds a real PDF as the parser read it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { parseDocument } from "../../main/documents/import.ts";
import { makePdf, textAt } from "../unit/documents/make-pdf.ts";
import { appWithPdf, current, manyPages, underMarks } from "./one-pdf.ts";
import { isInView, openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

/** Whether a page's picture holds anything dark within a rectangle given as shares of the page. */
const inkAt = (page: Page, number: number, left: number, top: number, right: number, bottom: number) =>
  page.evaluate(`(() => {
    const canvas = document.querySelector('[aria-label="Page ${number}"] canvas');
    if (!canvas) return -1;
    const [x, y] = [Math.floor(${left} * canvas.width), Math.floor(${top} * canvas.height)];
    const { data } = canvas.getContext("2d").getImageData(x, y, Math.ceil(${right - left} * canvas.width), Math.ceil(${bottom - top} * canvas.height));
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) dark += data[i] < 128 && data[i + 3] > 128 ? 1 : 0;
    return dark;
  })()`) as Promise<number>;

test("1,000 pages open as pages; only those near the window are drawn, and a passage far away is marked where it stands", async () => {
  const fake = await appWithPdf(manyPages(1000), ["On page 912 the keeper wrote down number 7911.", "On page 3 the keeper wrote"]);
  window = await openTestWindow(fake.app);
  const { page } = window;
  await expect.poll(() => inkAt(page, 1, 0.1, 0.05, 0.4, 0.1)).toBeGreaterThan(50);

  await page.getByRole("button", { name: /^p 912/ }).click();
  await expect.poll(() => current(page).count()).toBe(1);
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("912");
  // The line stands 60 points from the left and 300 above the foot of a page of 600 by 800.
  await expect
    .poll(async () => {
      const sheet = (await page.getByRole("article", { name: "Page 912" }).boundingBox())!;
      const mark = (await current(page).boundingBox())!;
      const points = sheet.width / 600;
      return [(mark.x - sheet.x) / points, (mark.y + mark.height - sheet.y) / points].map(Math.round);
    })
    .toEqual([60, 502]);
  await expect.poll(() => isInView(page, current(page))).toBe(true);

  await page.keyboard.press("Alt+ArrowDown");
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("3");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("number 7499");
  await expect.poll(() => page.locator("g[data-kind=match]").count()).toBe(1);
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("500");
  await page.keyboard.press("Escape");

  // Scrolled through fast, page by page: what leaves is given up and freed.
  let canvases = 0;
  let sheets = 0;
  for (let i = 0; i < 40; i++) {
    await page.evaluate("document.querySelector('.pages').scrollBy(0, 2500)");
    canvases = Math.max(canvases, await page.locator("canvas").count());
    sheets = Math.max(sheets, await page.locator(".paper").count());
  }
  await expect.poll(async () => Number(await page.getByLabel("Go to page").inputValue())).toBeGreaterThan(550);
  await expect.poll(() => page.locator(".paper canvas").count()).toBeGreaterThan(0);
  expect(canvases).toBeLessThan(10);
  expect(sheets).toBeLessThan(10);
  expect(window.complaints).toEqual([]);
  expect(window.strays).toEqual([]);
});

test("a passage far away comes into view however many frames its page takes to be drawn", async () => {
  const fake = await appWithPdf(manyPages(1000), ["On page 912 the keeper wrote down number 7911."]);
  window = await openTestWindow(fake.app, { viewport: { width: 1280, height: 500 } });
  const { page } = window;
  // Frames as fast as they can be, which is slow drawing.
  await page.addInitScript(`{
    const { port1, port2 } = new MessageChannel();
    const waiting = new Map();
    let last = 0;
    port1.onmessage = ({ data }) => {
      const draw = waiting.get(data);
      waiting.delete(data);
      draw?.(performance.now());
    };
    window.requestAnimationFrame = (draw) => {
      waiting.set(++last, draw);
      port2.postMessage(last);
      return last;
    };
    window.cancelAnimationFrame = (frame) => waiting.delete(frame);
  }`);
  await page.reload();
  await page.locator(".paper canvas").first().waitFor();
  await page.getByRole("button", { name: /^p 912/ }).click();
  await expect.poll(() => current(page).count()).toBe(1);
  await expect.poll(() => isInView(page, current(page))).toBe(true);
});

test("a passage over a hyphen, a ligature and two columns is marked on its own letters, and the text view shows the same", async () => {
  const bytes = new Uint8Array(await readFile(join(import.meta.dirname, "../documents/harbour.pdf")));
  const parsed = await parseDocument("harbour.pdf", bytes.slice());
  const sentences = parsed.pages[0]!.text.match(/[A-Z][^.!?\n]{60,}[.!?]/g)!;
  const fake = await appWithPdf(bytes, sentences.slice(0, 4));
  window = await openTestWindow(fake.app);
  const { page } = window;
  for (const [i, sentence] of sentences.slice(0, 4).entries()) {
    await page.locator(".passage").nth(i).click();
    await expect.poll(() => current(page).locator("polygon").count()).toBeGreaterThan(0);
    // The letters of pdf.js's own text layer under the marks are those of the sentence.
    await expect.poll(() => underMarks(page)).toBe(sentence.normalize("NFKD").replace(/[^A-Za-z0-9]/g, ""));
  }
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await expect
    .poll(() =>
      page
        .locator("mark[data-current=true]")
        .allTextContents()
        .then((all) => all.join("")),
    )
    .toBe(sentences[3]);
  await page.getByRole("button", { name: "Pages", exact: true }).click();
  await expect.poll(() => page.locator(".paper canvas").count()).toBeGreaterThan(0);
  expect(window.complaints).toEqual([]);
});

test("pages are fitted, made larger and smaller, and keep their place", async () => {
  const fake = await appWithPdf(manyPages(60));
  window = await openTestWindow(fake.app);
  const { page } = window;
  const sheet = page.getByRole("article", { name: "Page 40", exact: true });
  await page.locator(".paper canvas").first().waitFor();
  await page.getByLabel("Go to page").fill("40");
  await page.keyboard.press("Enter");
  await sheet.locator("canvas").waitFor();
  const area = (await page.locator(".pages").boundingBox())!;
  const fitted = (await sheet.boundingBox())!;
  expect(fitted.width).toBeGreaterThan(area.width - 70);
  expect(fitted.width).toBeLessThan(area.width);
  await page.getByRole("button", { name: "Larger" }).click();
  await page.getByRole("button", { name: "Larger" }).click();
  await expect.poll(async () => (await sheet.boundingBox())!.width).toBeGreaterThan(fitted.width * 1.1);
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("40");
  await page.locator(".pages").focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("-");
  await expect.poll(async () => (await sheet.boundingBox())!.width).toBeLessThan(fitted.width * 0.9);
  await expect.poll(async () => (await sheet.boundingBox())!.y).toBeLessThan(area.y + area.height);
  // The other view begins where this one is, not where the last jump went.
  await page.evaluate("{ const box = document.querySelector('.pages'); box.scrollTo(0, 0.25 * box.scrollHeight); }");
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toMatch(/^1[56]$/);
  const last = await page.getByLabel("Go to page").inputValue();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await expect.poll(() => page.locator(".sheet").count()).toBeGreaterThan(0);
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe(last);
  await page.getByRole("button", { name: "Pages", exact: true }).click();
  await page.getByLabel("Go to page").fill("40");
  await page.keyboard.press("Enter");
  await sheet.locator("canvas").waitFor();
  await page.locator(".pages").focus();
  await page.keyboard.press("0");
  await expect.poll(async () => Math.round((await sheet.boundingBox())!.width)).toBe(Math.round(fitted.width));
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("40");
  // Pages that still move take nothing from somebody who is about to type.
  await page.getByLabel("Go to page").focus();
  await page.evaluate("{ const box = document.querySelector('.pages'); box.scrollTo(0, 0.25 * box.scrollHeight); }");
  await page.getByRole("article", { name: "Page 16", exact: true }).locator("canvas").waitFor();
  await page.keyboard.type("30");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("30");
});

/** A matrix of a font that pdf.js once took for code (CVE-2024-4367), and an ordinary font beside it. */
const codeFont = `/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /X << /Type /Font /Subtype /Type1 /BaseFont /CMBX12
  /FontMatrix [0.1 0 0 0.1 0 (0\\); globalThis.exploited = true; alert\\(3)] /FirstChar 65 /LastChar 65 /Widths [500]
  /FontDescriptor << /Type /FontDescriptor /FontName /CMBX12 /Flags 4 >> >> >>`;

test("a PDF with scripts, actions, a font that is code and links to elsewhere runs and asks for nothing", async () => {
  const pages = [
    {
      content: textAt(60, 700, "A quiet page") + textAt(60, 600, "A", { font: "X" }),
      resources: codeFont,
      annotations: [
        "<< /Type /Annot /Subtype /Link /Rect [0 0 600 800] /A << /S /URI /URI (https://evil.example/link) >> >>",
        "<< /Type /Annot /Subtype /Link /Rect [0 0 600 800] /A << /S /Launch /F (calc.exe) >> /AA << /PO << /S /JavaScript /JS (app.alert\\(1\\)) >> >> >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (typed) /Rect [60 600 200 620] /AA << /F << /S /JavaScript /JS (app.alert\\(2\\)) >> >> >>",
      ],
    },
  ];
  const opening = "/OpenAction << /S /JavaScript /JS (app.alert\\(4\\)) >> /AA << /WC << /S /URI /URI (https://evil.example/closed) >> >>";
  const hostile = makePdf(pages, opening);
  window = await openTestWindow((await appWithPdf(hostile)).app);
  const { page } = window;
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await expect.poll(() => inkAt(page, 1, 0.1, 0.1, 0.4, 0.14)).toBeGreaterThan(20);
  await page.locator(".paper").click();
  expect(await page.locator(".paper :is(a, input, textarea, button, iframe)").count()).toBe(0);
  expect(dialogs).toBe(0);
  expect(await page.evaluate("globalThis.exploited")).toBeUndefined();
  expect(window.strays).toEqual([]);
  expect(window.complaints).toEqual([]);
});

test("a PDF whose pages cannot be drawn is shown as text, and says so", async () => {
  const fake = await appWithPdf(manyPages(2));
  fake.app.requests.getFile = () => Promise.resolve(new TextEncoder().encode("%PDF-1.7 nothing"));
  window = await openTestWindow(fake.app);
  await window.page.getByText("cannot be drawn").waitFor();
  await window.page.getByText("On page 1 the keeper wrote").waitFor();
});

test("a page whose Chinese typeface is not in the file gets its character maps from our own files", async () => {
  const font =
    "/Font << /F3 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light " +
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >> ] >> /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
  const bytes = makePdf([{ content: `BT /F3 20 Tf 1 0 0 1 60 700 Tm <706F5854> Tj ET\n${textAt(60, 650, "Under it")}`, resources: font }]);
  const fake = await appWithPdf(bytes, ["\u706f\u5854"]);
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".passage").click();
  await expect.poll(() => page.locator(".text-layer").first().textContent()).toContain("\u706f\u5854");
  await expect.poll(() => inkAt(page, 1, 0.1, 0.17, 0.3, 0.2)).toBeGreaterThan(5);
  await expect.poll(() => current(page).locator("polygon").count()).toBe(1);
  expect(window.complaints).toEqual([]);
  expect(window.strays).toEqual([]);
});
