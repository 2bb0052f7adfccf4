/**
 * Draws the app's icon in the sizes and formats that systems want, from renderer/icon.svg: `node scripts/run.mjs scripts/icons.ts`, whenever that changes. Needs a
 * Chromium. What it makes is kept in resources/icons.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const sizes = [16, 32, 48, 64, 128, 256, 512, 1024] as const;
type Size = (typeof sizes)[number];
const root = join(import.meta.dirname, "..");
const folder = join(root, "resources", "icons");

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!executablePath) throw new Error("No Chromium was found: install the package chromium.");
const svg = await readFile(join(root, "renderer", "icon.svg"), "utf8");
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
const page = await browser.newPage();
const pngs = new Map<Size, Buffer>();
for (const size of sizes) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  pngs.set(size, await page.screenshot({ omitBackground: true }));
}
await browser.close();

await mkdir(folder, { recursive: true });
for (const size of [16, 32, 48, 64, 128, 256, 512] as const) await writeFile(join(folder, `${size}x${size}.png`), pngs.get(size)!);
await writeFile(join(folder, "icon.ico"), ico([16, 32, 48, 64, 128, 256]));
await writeFile(join(folder, "icon.icns"), icns({ icp4: 16, icp5: 32, ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }));

/** Windows' format: a head, an entry of 16 bytes for each picture, the pictures as PNG. A side of 256 is written as 0. */
function ico(of: Size[]): Buffer {
  const head = Buffer.alloc(6 + 16 * of.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(of.length, 4);
  let at = head.length;
  for (const [i, size] of of.entries()) {
    const { length } = pngs.get(size)!;
    head.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0], 6 + 16 * i);
    head.writeUInt32LE(length, 14 + 16 * i);
    head.writeUInt32LE(at, 18 + 16 * i);
    at += length;
  }
  return Buffer.concat([head, ...of.map((size) => pngs.get(size)!)]);
}

/** macOS' format: pieces of a name, a length and a PNG, the whole as such a piece. */
function icns(of: Record<string, Size>): Buffer {
  const piece = (name: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(name, "latin1");
    head.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([head, content]);
  };
  return piece("icns", Buffer.concat(Object.entries(of).map(([name, size]) => piece(name, pngs.get(size)!))));
}
