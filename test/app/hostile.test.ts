/**
 * The browser host against a browser: what a foreign page can do to it, and what could get out of its window if a document or an answer
 * were ever rendered as HTML.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Host, startHost } from "../../main/hosts/server.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { launchBrowser } from "./window.ts";

/** All that a browser loads or sends by itself, once it is in a page. A page that goes elsewhere as a whole is stopped by Electron only. */
const payloads = [
  '<img src="URL/img">',
  '<img srcset="URL/srcset 1x">',
  '<picture><source srcset="URL/source"><img></picture>',
  '<svg><image href="URL/svg"/></svg>',
  '<svg><use href="URL/use#x"/></svg>',
  "<svg onload=\"fetch('URL/onload')\"></svg>",
  "<img src=x onerror=\"fetch('URL/onerror')\">",
  "<script>fetch('URL/script')</script>",
  '<script src="URL/script-source"></script>',
  '<script type="module" src="URL/module"></script>',
  "<style>@import 'URL/import';</style>",
  "<style>body{background:url(URL/css)}</style>",
  "<style>@font-face{font-family:x;src:url(URL/font)}body{font-family:x}</style>",
  '<div style="background:url(URL/inline)">x</div>',
  '<link rel="stylesheet" href="URL/sheet">',
  '<link rel="prefetch" href="URL/prefetch">',
  '<link rel="preload" as="image" href="URL/preload">',
  '<link rel="modulepreload" href="URL/modulepreload">',
  '<link rel="icon" href="URL/icon">',
  '<link rel="manifest" href="URL/manifest">',
  '<iframe src="URL/frame"></iframe>',
  '<iframe srcdoc="<img src=URL/srcdoc>"></iframe>',
  '<object data="URL/object"></object>',
  '<embed src="URL/embed">',
  '<video src="URL/video" poster="URL/poster" autoplay></video>',
  '<audio src="URL/audio" autoplay></audio>',
  '<video><track default src="URL/track"></video>',
  '<input type="image" src="URL/input">',
  '<table background="URL/table"><tr><td>x</td></tr></table>',
  '<form action="URL/form"><button>send</button></form>',
  '<base href="URL/base/"><img src="relative">',
];

let browser: Browser;
let host: Host;
let folder: string;
let origin: string;
let foreign: Server;
let foreignOrigin: string;
const fake = fakeApp();
/** Every request that reached the foreign server. */
const reached: string[] = [];

beforeAll(async () => {
  foreign = createServer((request, response) => {
    reached.push(request.url ?? "");
    response.writeHead(200, { "content-type": "text/html", "access-control-allow-origin": "*" }).end("<!doctype html><body>foreign");
  });
  await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
  foreignOrigin = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), "folio-hostile-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><body>Folio");
  await writeFile(join(folder, "payloads.html"), `<!doctype html><body>${payloads.join("\n").replaceAll("URL", foreignOrigin)}`);
  host = await startHost(fake.app, { rendererFolder: folder });
  origin = new URL(host.url).origin;
  browser = await launchBrowser("--host-resolver-rules=MAP *.example 127.0.0.1");
});
afterAll(async () => {
  await browser.close();
  await host.close();
  foreign.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  reached.length = 0;
  fake.calls.length = 0;
});

/** A page at `url` that knows the functions of hostile-page.js. */
async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(`{${await readFile(new URL("hostile-page.js", import.meta.url), "utf8")}}`);
  return page;
}

test("a page of another origin reads nothing and changes nothing, even with the key", async () => {
  const page = await open(foreignOrigin);
  const token = new URLSearchParams(new URL(host.url).hash.slice(1)).get("token");
  const results = await page.evaluate(`attackHost(${JSON.stringify(origin)}, ${JSON.stringify(token)})`);
  expect(results).toEqual({ get: "refused", post: "refused", events: "refused", socket: "refused", image: "refused", script: "refused" });
  expect(fake.calls).toEqual([]);
  await page.close();
});

test("a name that points here (DNS rebinding) is refused", async () => {
  const page = await browser.newPage();
  const url = `http://rebind.example:${new URL(origin).port}/`;
  const answered = page.waitForResponse(url);
  await page.goto(url).catch(() => {});
  expect((await answered).status()).toBe(421);
  await page.close();
});

test("a form of another page is refused", async () => {
  const page = await open(foreignOrigin);
  const answered = page.waitForResponse(`${origin}/rpc/stop`);
  await page.evaluate(`submitForm(${JSON.stringify(`${origin}/rpc/stop`)})`);
  expect((await answered).status()).toBe(403);
  expect(fake.calls).toEqual([]);
  await page.close();
});

test("HTML that calls home on its own, in every way there is: nothing gets out", async () => {
  const page = await browser.newPage();
  await page.goto(`${origin}/payloads.html`);
  await page.evaluate("document.querySelector('form button').click()");
  await page.waitForTimeout(1000);
  expect(reached).toEqual([]);
  expect(page.url()).toBe(`${origin}/payloads.html`);
  await page.close();
});

test("code in the window: text does not become nodes or code, and nothing is sent", async () => {
  const page = await open(host.url);
  const results = (await page.evaluate(`callHome(${JSON.stringify(foreignOrigin)})`)) as Record<string, string>;
  expect(Object.entries(results).filter(([, result]) => result !== "refused")).toEqual([]);
  expect(reached).toEqual([]);
  await page.close();
});

// The last one: its page may still be calling when it ends.
test("without the policy the same HTML does call home", async () => {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${origin}/payloads.html`, { waitUntil: "commit" });
  await expect.poll(() => new Set(reached).size).toBeGreaterThan(10);
  await page.close();
});
