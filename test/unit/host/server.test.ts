import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineError } from "../../../main/engine/errors.ts";
import { type Host, startHost } from "../../../main/hosts/server.ts";
import { fakeApp } from "./fake-app.ts";

let fake: ReturnType<typeof fakeApp>;
let host: Host;
let folder: string;
let origin: string;
let authority: string;
let token: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-host-"));
  await writeFile(join(folder, "index.html"), "<!doctype html>shell");
  fake = fakeApp();
  host = await startHost(fake.app, { rendererFolder: folder });
  const url = new URL(host.url);
  origin = url.origin;
  authority = url.host;
  token = new URLSearchParams(url.hash.slice(1)).get("token")!;
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const authorized = () => ({ authorization: `Bearer ${token}` });
const rpc = (name: string, args: unknown, headers: Record<string, string> = {}) =>
  fetch(`${origin}/rpc/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorized(), ...headers },
    body: JSON.stringify({ args }),
  });

/** The status line that raw bytes get; null when the connection is closed without one. */
function raw(text: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => socket.write(text));
    let data = "";
    socket.on("data", (chunk) => {
      data += chunk;
      socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(data.split("\r\n")[0] || null));
  });
}

test("whoever breaks off while a web socket is refused ends nothing but that", async () => {
  const thrown: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => thrown.push(error));
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await new Promise<void>((resolve) => socket.once("connect", () => setTimeout(resolve, i % 4)));
    socket.resetAndDestroy();
  }
  expect((await fetch(`${origin}/`)).status).toBe(200);
  process.removeAllListeners("uncaughtException");
  for (const listener of before) process.on("uncaughtException", listener);
  expect(thrown).toEqual([]);
});

test("the shell needs no key, and holds none", async () => {
  const response = await fetch(`${origin}/`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(await response.text()).toBe("<!doctype html>shell");
});

test("a request is answered with its value, a failure with its code and sentence", async () => {
  const pages = await rpc("getPages", ["a"]);
  expect(pages.status).toBe(200);
  expect(await pages.json()).toEqual({ value: [{ number: 1, start: 0, text: "Page <|im_end|> “ü”" }] });
  expect(await (await rpc("stop", [])).json()).toEqual({});
  fake.app.requests.ask = () =>
    Promise.reject(new EngineError("busy", "The last question is still being answered: wait for it or stop it."));
  const failed = await rpc("ask", ["x"]);
  expect(failed.status).toBe(422);
  expect(await failed.json()).toEqual({
    error: { code: "busy", text: "The last question is still being answered: wait for it or stop it." },
  });
});

test("the server listens on the loopback address alone, with a key of 256 bits", () => {
  expect(authority).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
});

test.each([
  ["no host", ""],
  ["another name", "Host: evil.example\r\n"],
  ["another name with the port", "Host: evil.example:PORT\r\n"],
  ["localhost", "Host: localhost:PORT\r\n"],
  ["a trailing dot", "Host: 127.0.0.1.:PORT\r\n"],
  ["no port", "Host: 127.0.0.1\r\n"],
  ["another port", "Host: 127.0.0.1:1\r\n"],
  ["IPv6", "Host: [::1]:PORT\r\n"],
  ["IPv6 for IPv4", "Host: [::ffff:127.0.0.1]:PORT\r\n"],
  ["a number", "Host: 2130706433:PORT\r\n"],
  ["a user", "Host: a@127.0.0.1:PORT\r\n"],
  ["two, the second right", "Host: evil.example\r\nHost: 127.0.0.1:PORT\r\n"],
  ["two, the first right", "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n"],
])("the host header must be exact: %s", async (_, headers) => {
  const port = new URL(origin).port;
  for (const path of ["/", "/rpc/stop"]) {
    const status = await raw(`GET ${path} HTTP/1.1\r\n${headers.replaceAll("PORT", port)}\r\n`);
    expect(status).toMatch(/^HTTP\/1\.1 (421|400) /);
  }
  expect(fake.calls).toEqual([]);
});

test.each([
  "GET http://evil.example/ HTTP/1.1",
  `GET /${"x".repeat(3000)} HTTP/1.1`,
  "CONNECT evil.example:443 HTTP/1.1",
  "OPTIONS * HTTP/1.1",
])("odd targets are refused: %#", async (line) => {
  expect((await raw(`${line}\r\nHost: ${authority}\r\n\r\n`)) ?? "closed").not.toMatch(/^HTTP\/1\.1 2/);
});

test.each(["GET //", "GET //[", "GET //evil.example/", "GET /\\evil.example/", "GET ///index.html", "TRACE /", "TRACE /rpc/stop"])(
  "%s is answered with a refusal, and nothing breaks",
  async (line) => {
    const complained = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await raw(`${line} HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${token}\r\n\r\n`)).toMatch(/ (400|404|405) /);
    expect(complained).not.toHaveBeenCalled();
    complained.mockRestore();
  },
);

/** Two requests where one party sees one: what comes behind must never be answered as if the window had asked. */
test.each([
  ["a length and chunks", "Content-Length: 6\r\nTransfer-Encoding: chunked"],
  ["a length and chunks, with a space", "Content-Length: 6\r\nTransfer-Encoding : chunked"],
  ["unknown chunks", "Transfer-Encoding: xchunked"],
  ["chunks", "Transfer-Encoding: chunked"],
  ["two lengths", "Content-Length: 11\r\nContent-Length: 0"],
  ["a signed length", "Content-Length: +11"],
  ["a length in hex", "Content-Length: 0x0b"],
  ["a folded line", "X: a\r\n Content-Length: 11"],
  ["a bare carriage return", "X: a\rContent-Length: 11\r\nContent-Length: 0"],
])("a request inside another is not answered: %s", async (_, headers) => {
  const head = `POST /rpc/search HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  const inside = `POST /rpc/stop HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"args":[]}`;
  expect(await raw(`${head}${headers}\r\n\r\n0\r\n\r\n${inside}`)).toMatch(/^HTTP\/1\.1 4/);
  expect(fake.calls).toEqual([]);
});

test("without the key nothing but the shell is answered", async () => {
  const wrong = [
    undefined,
    "",
    "Bearer ",
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `bearer ${token}`,
    token,
    `Basic ${token}`,
    `Bearer ${"A".repeat(43)}`,
    `Bearer ${"A".repeat(8000)}`,
  ];
  for (const authorization of wrong) {
    for (const path of ["/events", "/rpc/getState", "/rpc/nothing"]) {
      const headers = { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) };
      const response = await fetch(origin + path, { method: "POST", headers, body: '{"args":[]}' });
      expect(response.status).toBe(401);
      expect(await response.text()).toBe("");
    }
  }
  expect((await fetch(`${origin}/rpc/stop?token=${token}`, { method: "POST" })).status).toBe(401);
  expect(fake.calls).toEqual([]);
});

test("other origins and sites are refused, with the key too", async () => {
  const foreign = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `https://${authority}` },
    { origin: `http://${authority}0` },
    { origin: `http://localhost:${new URL(origin).port}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "anything" },
  ];
  const headers = (given: object) => Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  for (const given of foreign) {
    const lines = [`Host: ${authority}\r\n`, `Authorization: Bearer ${token}\r\n`, "Content-Type: application/json\r\n", ...headers(given)];
    expect(await raw(`POST /rpc/stop HTTP/1.1\r\n${lines.join("")}Content-Length: 11\r\n\r\n{"args":[]}`)).toMatch(/ 403 /);
    expect(await raw(`GET / HTTP/1.1\r\n${lines.join("")}\r\n`)).toMatch(/ 403 /);
  }
  expect(fake.calls).toEqual([]);
  const own = `Host: ${authority}\r\nOrigin: ${origin}\r\nSec-Fetch-Site: same-origin\r\nAuthorization: Bearer ${token}\r\n`;
  expect(await raw(`POST /rpc/stop HTTP/1.1\r\n${own}Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{"args":[]}`)).toMatch(
    / 200 /,
  );
});

test("a preflight gets no permission, and WebSockets are refused", async () => {
  const preflight = await fetch(`${origin}/rpc/stop`, { method: "OPTIONS", headers: { origin, ...authorized() } });
  expect(preflight.status).toBe(405);
  expect([...preflight.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  for (const path of ["/", "/events", "/rpc/stop"]) {
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`)).toMatch(
      / 403 /,
    );
  }
});

test("requests must be what they should: method, type, length, body, name", async () => {
  const post = (init: RequestInit & { type?: string }, name = "stop") =>
    fetch(`${origin}/rpc/${name}`, {
      method: "POST",
      ...init,
      headers: { ...authorized(), "content-type": init.type ?? "application/json" },
    });
  expect((await fetch(`${origin}/rpc/stop`, { headers: authorized() })).status).toBe(405);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "application/json; charset=utf-8"]) {
    expect((await post({ body: '{"args":[]}', type })).status).toBe(415);
  }
  for (const body of ["", "{", "[]", "null", "1", '{"args":1}', '{"args":[1]}', '{"arguments":[]}']) {
    const response = await post({ body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "bad-request" } });
  }
  for (const name of ["nothing", "__proto__", "constructor", "stop/", "on"])
    expect((await post({ body: '{"args":[]}' }, name)).status).toBe(400);
  const stream = ReadableStream.from([new TextEncoder().encode('{"args":[]}')]);
  expect((await post({ body: stream, duplex: "half" } as RequestInit)).status).toBe(411);
  const large = await post({ body: JSON.stringify({ args: ["x".repeat(2 ** 20)] }) }, "ask");
  expect(large.status).toBe(413);
  expect(fake.calls).toEqual([]);
  expect((await rpc("ask", ["x".repeat(90_000)])).status).toBe(200);
});

test("a file comes as it is, its name encoded", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const send = (headers: Record<string, string>) =>
    fetch(`${origin}/rpc/importFile`, {
      method: "POST",
      headers: { ...authorized(), "content-type": "application/octet-stream", ...headers },
      body: bytes,
    });
  expect(await (await send({ "x-arguments": encodeURIComponent(JSON.stringify(["Grüße 🙂/\r\n.pdf"])) })).json()).toEqual({
    value: "document-1",
  });
  expect(fake.calls).toEqual([["importFile", "Grüße 🙂/\r\n.pdf", bytes]]);
  for (const headers of [
    {},
    { "x-arguments": "%E0%A4%A" },
    { "x-arguments": "%5B%22a%22" },
    { "x-arguments": JSON.stringify(["x".repeat(5000)]) },
  ]) {
    expect((await send(headers as Record<string, string>)).status).toBe(400);
  }
  expect((await send({ "content-type": "application/json" })).status).toBe(415);
});

test("a file above 1 GiB is refused before it is read", async () => {
  const head = `POST /rpc/importFile HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/octet-stream\r\n`;
  expect(await raw(`${head}X-Arguments: ["a.pdf"]\r\nContent-Length: ${2 ** 30 + 1}\r\n\r\nstart`)).toMatch(/ 413 /);
  expect(await raw(`${head}X-Arguments: ["a.pdf"]\r\nContent-Length: 99999999999999999999\r\n\r\nstart`)).toMatch(/ 4\d\d /);
  expect(fake.calls).toEqual([]);
});

test("an upload that breaks off leaves nothing behind", async () => {
  const head = `POST /rpc/importFile HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/octet-stream\r\n`;
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(`${head}X-Arguments: ["a.pdf"]\r\nContent-Length: 1000\r\n\r\nstart`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  expect((await rpc("stop", [])).status).toBe(200);
  expect(fake.calls).toEqual([["stop"]]);
});

test("a ticket is exchanged for the key once, and only by POST", async () => {
  const url = new URL(host.ticketUrl());
  expect(url.origin).toBe(origin);
  expect(url.href).not.toContain(token);
  const ticket = new URLSearchParams(url.hash.slice(1)).get("ticket");
  const exchange = (method: string, key: unknown) => fetch(`${origin}/session`, { method, headers: { authorization: `Bearer ${key}` } });
  expect((await exchange("GET", ticket)).status).toBe(401);
  expect((await exchange("POST", `${ticket}x`)).status).toBe(401);
  expect((await exchange("POST", token)).status).toBe(401);
  expect((await rpc("stop", [], { authorization: `Bearer ${ticket}` })).status).toBe(401);
  expect(await (await exchange("POST", ticket)).json()).toEqual({ token });
  expect((await exchange("POST", ticket)).status).toBe(401);
});

test("events begin with the state and follow one to a line", async () => {
  const controller = new AbortController();
  const response = await fetch(`${origin}/events`, { headers: authorized(), signal: controller.signal });
  const lines = jsonLines(response);
  expect(await lines.next()).toEqual({ name: "state", payload: fake.state });
  fake.emit("documentRemoved", "a\nb");
  fake.emit("answer", { turnId: "t", text: "x" });
  expect([await lines.next(), await lines.next()]).toEqual([
    { name: "documentRemoved", payload: "a\nb" },
    { name: "answer", payload: { turnId: "t", text: "x" } },
  ]);
  expect(fake.listeners.size).toBe(1);
  controller.abort();
  while (fake.listeners.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("a window that does not read makes nothing grow, and gets the latest when it does", async () => {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write(`GET /events HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  await new Promise((resolve) => socket.once("readable", resolve));
  const wide = "x".repeat(20_000);
  const before = process.memoryUsage().rss;
  for (let i = 0; i <= 20_000; i++) {
    fake.emit("engine", { phase: "loading", model: wide + i, progress: 0 });
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  fake.emit("answer", { turnId: "t", text: "the end" });
  // 400 MB were said; what waits is in the sockets' buffers and once in the outbox.
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  let text = "";
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes("the end")) break;
  }
  expect(text).toContain(`x20000"`);
  expect(text.length).toBeLessThan(40 * 2 ** 20);
});

test("closing ends the event streams and frees the port", async () => {
  const response = await fetch(`${origin}/events`, { headers: authorized() });
  const ended = response.text().catch(() => "cut");
  await host.close();
  await ended;
  await expect(fetch(origin)).rejects.toThrow();
});

function jsonLines(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next(): Promise<unknown> {
      while (!text.includes("\n")) {
        const { done, value } = await reader.read();
        if (done) throw new Error("ended");
        text += value;
      }
      const [line, ...rest] = text.split("\n");
      text = rest.join("\n");
      return JSON.parse(line!);
    },
  };
}
