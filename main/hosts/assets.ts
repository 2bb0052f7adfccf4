/** The window's files, held in memory and answered to whichever host asks: app:// in Electron, 127.0.0.1 in the browser host. */
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

export type Responder = (request: Request) => Promise<Response>;

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".pfb": "application/octet-stream",
  ".bcmap": "application/octet-stream",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Answers with the files that lie in `folder` now, and with nothing else: a path is looked up whole in a table, it never touches the disk.
 * The files are still being read when this resolves: the window asks for the first ones at once, and for most never.
 * Rejects when the folder cannot be read or holds a type of file that is not expected there.
 */
export async function loadAssets(folder: string): Promise<Responder> {
  const files = new Map<string, { body: Promise<Uint8Array<ArrayBuffer>>; type: string }>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const type = types[extname(file)];
    if (!type) throw new Error(`Unexpected file among the window's: ${file}`);
    const body = readFile(file).then((read) => Uint8Array.from(read));
    // Who asks for it hears of it.
    body.catch(() => {});
    files.set(`/${relative(folder, file).split(sep).join("/")}`, { body, type });
  }
  if (!files.has("/index.html")) throw new Error(`The window was not built: ${folder} holds no index.html`);

  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Method not allowed", { allow: "GET, HEAD" });
    const { pathname } = new URL(request.url);
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (!file) return plain(404, "Not found");
    const body = await file.body;
    const headers = { ...securityHeaders(), "content-type": file.type, "content-length": String(body.length) };
    return new Response(request.method === "HEAD" ? null : body, { headers });
  };
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { ...securityHeaders(), "content-type": "text/plain; charset=utf-8", ...headers } });
}

/** Sent with every answer of both hosts. Nothing is cached: the next Folio on this port may be another one. */
export function securityHeaders(): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=(), payment=()",
    "cache-control": "no-store",
  };
}

/** The wall against whatever a document or an answer may hold: nothing is loaded from or sent to anywhere but Folio itself. */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // React sets positions and sizes on elements.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // The one exception is that pdf.js's two scripts may run as workers (`renderer/pdf.ts`).
    "trusted-types folio-pdf",
  ].join("; ");
}
