/** Downloads against a server on this machine that breaks, lies, stalls and sends wrong bytes. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type * as Promises from "node:fs/promises";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { download, type Progress, type Source } from "../../../main/models/download.ts";

/** What the disk says to everything that is written; null when it takes it. */
let refusal: string | null = null;
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof Promises>();
  const open = async (...args: Parameters<typeof real.open>) => {
    const handle = await real.open(...args);
    const refused = () => Promise.reject(Object.assign(new Error(`${refusal}: write`), { code: refusal, syscall: "write" }));
    return refusal === null ? handle : Object.assign(handle, { write: refused });
  };
  return { ...real, open };
});

const bytes = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(bytes).digest("hex");

let folder: string;
let file: string;
let server: Server;
let source: Source;
let asked: (string | undefined)[];
let answer: (request: IncomingMessage, response: ServerResponse, from: number) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-download-"));
  file = join(folder, "model.gguf");
  asked = [];
  answer = honest;
  refusal = null;
  server = createServer((request, response) => {
    asked.push(request.headers.range);
    answer(request, response, Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  source = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`, bytes: bytes.length, sha256 };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function head(response: ServerResponse, from: number, total = bytes.length): void {
  const length = total - from;
  if (from === 0) response.writeHead(200, { "content-length": length });
  else response.writeHead(206, { "content-length": length, "content-range": `bytes ${from}-${total - 1}/${total}` });
}

function honest(_: IncomingMessage, response: ServerResponse, from: number): void {
  head(response, from);
  response.end(bytes.subarray(from));
}

/** Sends so many bytes of what was asked for, and ends the connection. */
function cutting(after: number) {
  return (_: IncomingMessage, response: ServerResponse, from: number) => {
    head(response, from);
    response.write(bytes.subarray(from, from + after), () => setTimeout(() => response.destroy(), 20));
  };
}

const seen: Progress[] = [];
function fetchIt(signal = new AbortController().signal): Promise<void> {
  seen.length = 0;
  return download(source, file, { signal, onProgress: (progress) => seen.push(progress), retryMs: [5, 5, 5], stallMs: 300 });
}
const isWhole = async () => (await readFile(file)).equals(bytes) && !existsSync(`${file}.part`);

test("a file comes whole, and is told of on its way", async () => {
  await fetchIt();
  expect(await isWhole()).toBe(true);
  expect(asked).toEqual([undefined]);
  expect(seen.at(-1)).toMatchObject({ phase: "running", done: bytes.length, secondsLeft: 0 });
});

test("a connection that breaks again and again is continued where it broke, as often as it brings anything", async () => {
  answer = cutting(400_000);
  await fetchIt();
  expect(await isWhole()).toBe(true);
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true);
  expect(seen.some(({ phase }) => phase === "waiting")).toBe(true);
});

test("a pause keeps what came; the next start goes on from there, also in another process", async () => {
  const controller = new AbortController();
  answer = (_, response, from) => {
    head(response, from);
    response.write(bytes.subarray(from, 1_000_000), () => setTimeout(() => controller.abort(), 100));
  };
  await expect(fetchIt(controller.signal)).rejects.toThrow();
  expect(existsSync(file)).toBe(false);
  const kept = (await readFile(`${file}.part`)).length;
  expect(kept).toBeGreaterThan(0);

  answer = honest;
  await fetchIt();
  expect(asked.at(-1)).toBe(`bytes=${kept}-`);
  expect(await isWhole()).toBe(true);
  expect(seen[0]).toMatchObject({ phase: "checking" });
});

test("a server that knows no ranges sends everything again", async () => {
  await writeFile(`${file}.part`, bytes.subarray(0, 1_000_000));
  answer = (request, response) => honest(request, response, 0);
  await fetchIt();
  expect(await isWhole()).toBe(true);
});

test("a server that sends another piece than it was asked for is not believed", async () => {
  await writeFile(`${file}.part`, bytes.subarray(0, 1_000_000));
  let lies = 2;
  answer = (request, response, from) => {
    if (lies-- <= 0) return honest(request, response, from);
    response.writeHead(206, { "content-range": `bytes 500000-${bytes.length - 1}/${bytes.length}` });
    response.end(bytes.subarray(500_000));
  };
  await fetchIt();
  expect(await isWhole()).toBe(true);
});

test("wrong bytes under a right range are found by the checksum, and the file is fetched anew from its beginning", async () => {
  await writeFile(`${file}.part`, bytes.subarray(0, 1_000_000));
  answer = (request, response, from) => {
    if (from === 0) return honest(request, response, 0);
    head(response, from);
    response.end(randomBytes(bytes.length - from));
  };
  await fetchIt();
  expect(asked).toEqual(["bytes=1000000-", undefined]);
  expect(await isWhole()).toBe(true);
});

test("a part that was damaged on the disk is found and fetched anew", async () => {
  await writeFile(`${file}.part`, Buffer.alloc(bytes.length, 1));
  await fetchIt();
  expect(await isWhole()).toBe(true);
  // A disk reads thousands of pieces a second; nobody wants to hear of each.
  expect(seen.filter(({ phase }) => phase === "checking").length).toBeLessThan(3);
});

test("wrong bytes in one piece are thrown away and said, never ready", async () => {
  answer = (_, response) => {
    head(response, 0);
    response.end(randomBytes(bytes.length));
  };
  await expect(fetchIt()).rejects.toThrow(/not the file that it should be/);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(`${file}.part`)).toBe(false);
});

test("a file of another size is refused before it is fetched", async () => {
  let closed = false;
  answer = (_, response) => {
    response.on("close", () => {
      closed = true;
    });
    head(response, 0, 5_000_000);
    response.write("x");
  };
  await expect(fetchIt()).rejects.toThrow(/another file/);
  // What is not wanted is not left waiting in an open connection.
  await expect.poll(() => closed, { timeout: 2000 }).toBe(true);
});

test("a body without end is cut off at the expected size", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "transfer-encoding": "chunked" });
    const more = () => response.write(Buffer.alloc(200_000)) && setImmediate(more);
    response.on("drain", more);
    more();
  };
  await expect(fetchIt()).rejects.toThrow(/another file/);
  expect(existsSync(file)).toBe(false);
});

test("a server that refuses to go on is asked for everything", async () => {
  await writeFile(`${file}.part`, bytes.subarray(0, 1_000_000));
  answer = (request, response, from) => {
    if (from > 0) return response.writeHead(416).end();
    honest(request, response, from);
  };
  await fetchIt();
  expect(asked).toEqual(["bytes=1000000-", undefined]);
  expect(await isWhole()).toBe(true);
});

test("a busy server is asked again; one that refuses is not", async () => {
  let busy = 2;
  answer = (request, response, from) => {
    if (busy-- > 0) return response.writeHead(503).end();
    honest(request, response, from);
  };
  await fetchIt();
  expect(await isWhole()).toBe(true);
  await rm(file);

  asked = [];
  answer = (_, response) => void response.writeHead(404).end();
  await expect(fetchIt()).rejects.toThrow(/answered 404/);
  expect(asked.length).toBe(1);
});

test("what the disk refuses is not blamed on the connection, and not fetched again", async () => {
  for (const [code, says] of [
    ["ENOSPC", /not enough room/],
    ["EDQUOT", /not enough room/],
    ["EFBIG", /EFBIG/],
  ] as const) {
    asked = [];
    refusal = code;
    await expect(fetchIt()).rejects.toThrow(says);
    expect(asked.length).toBe(1);
  }
});

test("a server that stalls, or is not there, is given up after some attempts, with what to do", async () => {
  answer = (_, response, from) => {
    head(response, from);
    response.write(bytes.subarray(0, 1));
    answer = (_request, silent, at) => head(silent, at);
  };
  await expect(fetchIt()).rejects.toThrow(/go on later: what has come stays/);
  source = { ...source, url: "http://127.0.0.1:1/model.gguf" };
  await expect(fetchIt()).rejects.toThrow(/cannot be reached.*go on later/);
});
