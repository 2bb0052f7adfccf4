/** The real window: the app's own host on 127.0.0.1, and the machine's Chromium looking at it. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import type { App } from "../../main/app.ts";
import { startHost } from "../../main/hosts/server.ts";

export type TestWindow = {
  page: Page;
  browser: Browser;
  /** What the page complained of: errors, refused loads, violations of the content security policy. */
  complaints: string[];
  /** Requests that left for anywhere but the host. */
  strays: string[];
  close(): Promise<void>;
};

const chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The machine's Chromium, whose sandbox refuses to run for root. */
export function launchBrowser(...args: string[]): Promise<Browser> {
  const executablePath = chromiums.find((path) => existsSync(path));
  if (!executablePath) throw new Error("No Chromium was found: install the package chromium.");
  return chromium.launch({ executablePath, args: [...args, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])] });
}

/** Opens a window on `app`; the app stays the caller's to close. */
export async function openTestWindow(app: App, options: BrowserContextOptions = {}): Promise<TestWindow> {
  const host = await startHost(app);
  const window = await openWindowAt(host.url, options);
  return {
    ...window,
    async close() {
      await window.close();
      await host.close();
    },
  };
}

/** Opens a window on a host that runs already. */
export async function openWindowAt(url: string, options: BrowserContextOptions = {}): Promise<TestWindow> {
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  // Ends only what hangs, as all time limits here.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strays: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  context.on("request", (request) => {
    if (!/^(data:|blob:)/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin) strays.push(request.url());
  });
  await page.goto(url);
  return { page, browser, complaints, strays, close: () => browser.close() };
}

/** A PDF as a browser prints it: one page for every entry of `pages`, a paragraph for every line of it, with so wide a margin. */
export async function printPdf(browser: Browser, pages: readonly string[], margin = "0"): Promise<Uint8Array> {
  const page = await browser.newPage();
  const sheets = pages.map((text) => `<section style="break-after: page">${paragraphsOf(text)}</section>`).join("");
  await page.setContent(`<body style="font: 12pt/1.5 serif">${sheets}</body>`);
  const pdf = await page.pdf({ format: "A4", margin: { top: margin, right: margin, bottom: margin, left: margin } });
  await page.close();
  return pdf;
}

const paragraphsOf = (text: string): string =>
  text
    .split("\n")
    .map((line) => `<p>${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>`)
    .join("");

/** Lets files hang over the window, as a person dragging them does. Runs in the page. */
const dragOver = `(files) => {
  window.dragged = new DataTransfer();
  for (const { name, base64 } of files) {
    window.dragged.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
  }
  document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer: window.dragged, bubbles: true, cancelable: true }));
}`;
const drop = `document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: window.dragged, bubbles: true, cancelable: true }))`;

/** Drags files over the window, runs `meanwhile`, and drops them. */
export async function dropFiles(page: Page, files: { name: string; bytes: Uint8Array }[], meanwhile?: () => Promise<void>): Promise<void> {
  const dragged = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  await page.evaluate(`(${dragOver})(${JSON.stringify(dragged)})`);
  await meanwhile?.();
  await page.evaluate(drop);
}

/** Sentences of no consequence, to hide a fact among. */
export const harbourText = [
  "The harbour was built in three stages, of which the last was finished in the spring. Ships of up to forty metres can lie at the east quay.",
  "Coal and timber were carried by rail to the northern yard, where they were weighed and sold to the mills along the river.",
  "In the summer months the council met on the first Monday, and its minutes were read aloud before the doors of the town hall.",
  "The old lighthouse keeper wrote down the wind, the tide and the number of sails each evening for nearly thirty years.",
];

/** Asks in the window and waits until the answer is there, or failed. */
export async function askIn(page: Page, question: string): Promise<void> {
  const turns = await page.locator(".turn").count();
  await page.getByLabel("Question", { exact: true }).fill(question);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator(".turn[data-phase=done], .turn[data-phase=failed]").nth(turns).waitFor({ timeout: 240_000 });
}

/** Whether a mark lies wholly within the part of the pages that is in view; polled, since pages move until they are measured. */
export async function isInView(page: Page, mark: Locator): Promise<boolean> {
  const [at, area] = [await mark.boundingBox(), await page.locator(".pages").boundingBox()];
  return at !== null && at.y > area!.y && at.y + at.height < area!.y + area!.height;
}
