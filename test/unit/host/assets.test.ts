import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentSecurityPolicy, loadAssets, type Responder } from "../../../main/hosts/assets.ts";

let root: string;
let respond: Responder;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "folio-assets-"));
  await mkdir(join(root, "web", "assets"), { recursive: true });
  await writeFile(join(root, "secret.txt"), "secret");
  await writeFile(join(root, "web", "index.html"), "<!doctype html>");
  await writeFile(join(root, "web", "assets", "main-1a2b.js"), "export {};");
  respond = await loadAssets(join(root, "web"));
});
afterAll(() => rm(root, { recursive: true }));

const get = (path: string, init?: RequestInit) => respond(new Request(new URL(path, "http://127.0.0.1:1"), init));

test("files are answered with their type and the security headers", async () => {
  for (const [path, type, body] of [
    ["/", "text/html; charset=utf-8", "<!doctype html>"],
    ["/index.html?x=1", "text/html; charset=utf-8", "<!doctype html>"],
    ["/assets/main-1a2b.js", "text/javascript; charset=utf-8", "export {};"],
  ] as const) {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-security-policy")).toBe(contentSecurityPolicy());
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.text()).toBe(body);
  }
});

test.each([
  "/secret.txt",
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/../../secret.txt",
  "/assets\\..\\..\\secret.txt",
  "//secret.txt",
  "/assets",
  "/assets/",
  "/assets/main-1a2b.js/",
  "/INDEX.HTML",
  "/index.html%00.js",
  "/etc/passwd",
])("%s is not there", async (path) => {
  const response = await respond(new Request(`http://127.0.0.1:1${path}`));
  expect(response.status).toBe(404);
  expect(response.headers.get("content-security-policy")).toBe(contentSecurityPolicy());
});

test("only reading is possible", async () => {
  expect((await get("/", { method: "POST" })).status).toBe(405);
  const head = await get("/", { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("15");
  expect(await head.text()).toBe("");
});

test("a file added later is not there, a window that was not built is an error", async () => {
  await writeFile(join(root, "web", "late.js"), "");
  expect((await get("/late.js")).status).toBe(404);
  await expect(loadAssets(join(root, "web", "assets"))).rejects.toThrow("not built");
});

test("the policy lets nothing out", () => {
  const policy = contentSecurityPolicy();
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toMatch(/https?:|wss?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  for (const directive of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'"]) {
    expect(policy).toContain(directive);
  }
});
