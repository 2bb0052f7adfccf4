import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AskOptions, Inquiry } from "../../../main/asker.ts";
import { EngineError } from "../../../main/engine/errors.ts";
import { type Loopback, randomKey } from "../../../main/hosts/loopback.ts";
import { startApiServer } from "../../../main/programs/server.ts";
import type { DocumentInfo } from "../../../preload/api.ts";
import { fakeApp } from "./fake-app.ts";

const key = randomKey();
let fake: ReturnType<typeof fakeApp>;
let server: Loopback;
let asked: [Inquiry, AskOptions][];
let added: [string, Uint8Array][];

const ready = (id: string, name: string): DocumentInfo => ({
  ...{ id, name, fileBytes: 3, folder: "", addedAt: 1_700_000_000_000, phase: "ready" },
  ...{ pages: 2, characters: 30, tokens: 7, emptyPages: [], recognised: [], pins: [], notes: [] },
});

const answered = {
  ...{ answer: "4821.", phase: "done" as const, stopReason: "end" as const, promptTokens: 40, answerTokens: 3, notice: null },
  cache: {
    ...{ policy: "phrase" as const, mode: "fast" as const, budgetTokens: 4, fullBytes: 100, readingBytes: 100, answeringBytes: 10 },
    ...{ peakBytes: 110, computeBytes: 1, protectedTokens: 5, keptPerLayer: [4, 4], openingTokens: 3 },
  },
  timing: { readMs: 1, restoreMs: 0, questionMs: 1, selectMs: 1, gatherMs: 1, firstTokenMs: 3, decodeTokensPerSecond: 50 },
  evidence: [{ documentId: "a", page: 2, start: 10, end: 20, text: "The number", score: 1 }],
};

beforeEach(async () => {
  fake = fakeApp();
  asked = [];
  added = [];
  fake.state.documents = [ready("a", "harbour.txt"), ready("b", "lamps.txt")];
  fake.app.programs.addDocument = (name, bytes) => {
    added.push([name, bytes]);
    const id = createHash("sha256").update(bytes).digest("hex");
    return Promise.resolve(ready(id, name));
  };
  fake.app.programs.ask = (inquiry, options) => {
    asked.push([inquiry, options]);
    for (const text of ["48", "21."]) options.onText(text);
    return Promise.resolve(answered);
  };
  server = await startApiServer(fake.app, { port: 0, key });
});
afterEach(() => server.close());

const call = (path: string, { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(`${server.origin}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...headers } });
const chat = (body: unknown) =>
  call("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const file = (id: string) => ({ type: "file", file: { file_id: id } });
const about = (id: string, text: string) => ({ role: "user", content: [file(id), { type: "text", text }] });

type Failure = { error: { message: string; type: string; param: string | null; code: string } };
async function failure(response: Response): Promise<Failure["error"]> {
  const { error } = (await response.json()) as Failure;
  expect(error.message).toMatch(/^.{10,200}[.]$/);
  return error;
}

/** What raw bytes get, to its end. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.origin).port), "127.0.0.1", () => socket.write(text));
    let data = "";
    socket.on("data", (chunk) => {
      data += chunk;
      socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(data));
  });
}

test("without the key nothing is answered, not even whether there is something", async () => {
  const wrong = ["", "Bearer ", `Bearer ${key}x`, `Bearer ${key.slice(1)}`, `bearer ${key}`, key, `Bearer ${"A".repeat(43)}`];
  for (const authorization of wrong) {
    for (const [method, path] of [
      ["GET", "/v1/models"],
      ["GET", "/nothing"],
      ["POST", "/v1/chat/completions"],
      ["POST", "/v1/files?filename=a.txt"],
      ["DELETE", "/v1/files/a"],
      ["OPTIONS", "/v1/models"],
    ] as const) {
      const response = await call(path, { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(await failure(response)).toMatchObject({ type: "authentication_error", code: "invalid_api_key" });
    }
  }
  expect([fake.calls, asked, added]).toEqual([[], [], []]);
});

test("foreign names, pages and requests are refused, with the key as well", async () => {
  const authority = new URL(server.origin).host;
  for (const headers of [
    "Host: evil.example",
    `Host: localhost:${new URL(server.origin).port}`,
    `Host: ${authority}\r\nHost: evil.example`,
    `Host: ${authority}\r\nOrigin: https://evil.example`,
    `Host: ${authority}\r\nOrigin: null`,
    `Host: ${authority}\r\nSec-Fetch-Site: cross-site`,
  ]) {
    const told = await raw(`GET /v1/models HTTP/1.1\r\n${headers}\r\nAuthorization: Bearer ${key}\r\n\r\n`);
    expect(told).toMatch(/^HTTP\/1\.1 4(21|03|00) /);
    expect(told).not.toContain('"data"');
  }
});

test("bodies have a length, a type and bounds", async () => {
  const authority = new URL(server.origin).host;
  const post = (path: string, headers: string) =>
    raw(`POST ${path} HTTP/1.1\r\nHost: ${authority}\r\nAuthorization: Bearer ${key}\r\n${headers}\r\n\r\n`);
  const json = "Content-Type: application/json";
  expect(await post("/v1/chat/completions", "Content-Type: text/plain\r\nContent-Length: 2")).toContain(" 415 ");
  expect(await post("/v1/chat/completions", `${json}\r\nTransfer-Encoding: chunked`)).toContain(" 411 ");
  expect(await post("/v1/chat/completions", `${json}\r\nContent-Length: 99999999`)).toContain("POST /v1/files");
  expect(await post("/v1/files?filename=a", "Content-Type: application/octet-stream\r\nContent-Length: 9999999999")).toContain(" 413 ");
  for (const body of ["", "{", '"a"', "[]", "null", "\ud800"]) {
    const response = await call("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body });
    expect(response.status).toBe(400);
    expect((await failure(response)).type).toBe("invalid_request_error");
  }
});

test("models, and paths that are not there", async () => {
  expect(await (await call("/v1/models")).json()).toEqual({ object: "list", data: [] });
  const response = await call("/v1/embeddings", { method: "POST" });
  expect(response.status).toBe(404);
  expect((await failure(response)).message).toContain("POST /v1/embeddings");
});

test("files are listed, shown, added in both ways, and removed as the window does", async () => {
  const list = (await (await call("/v1/files")).json()) as { data: { id: string }[] };
  expect(list.data.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(await (await call("/v1/files/a")).json()).toMatchObject({
    ...{ id: "a", object: "file", bytes: 3, filename: "harbour.txt", created_at: 1_700_000_000, status: "processed" },
    folio: { pages: 2, tokens: 7 },
  });

  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new File(["one"], "Größe.txt"));
  expect(await (await call("/v1/files", { method: "POST", body: form })).json()).toMatchObject({ filename: "Größe.txt" });
  const headers = { "content-type": "application/octet-stream" };
  expect((await call("/v1/files?filename=b%2Fc.txt", { method: "POST", headers, body: "two" })).status).toBe(200);
  expect(added.map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
    ["Größe.txt", "one"],
    ["b/c.txt", "two"],
  ]);
  expect((await call("/v1/files", { method: "POST", headers, body: "two" })).status).toBe(400);
  const empty = new FormData();
  empty.set("file", "no file");
  expect((await call("/v1/files", { method: "POST", body: empty })).status).toBe(400);
  expect((await call("/v1/files", { method: "POST", headers: { "content-type": "multipart/form-data" }, body: "x" })).status).toBe(400);

  expect(await (await call("/v1/files/a", { method: "DELETE" })).json()).toEqual({ id: "a", object: "file", deleted: true });
  expect(fake.calls).toEqual([["removeDocument", "a"]]);
  expect((await call("/v1/files/c", { method: "DELETE" })).status).toBe(404);
});

test("a file that cannot be read is refused with its own sentence", async () => {
  const error = { code: "document-damaged", text: "“{name}” is damaged and cannot be opened.", values: { name: "a.pdf" } };
  fake.app.programs.addDocument = (name) =>
    Promise.resolve({ id: "c", name, fileBytes: 3, folder: "", addedAt: 0, phase: "failed", error });
  const response = await call("/v1/files?filename=a.pdf", {
    ...{ method: "POST", body: "x", headers: { "content-type": "application/octet-stream" } },
  });
  expect(response.status).toBe(400);
  expect(await failure(response)).toMatchObject({ code: error.code, message: "“a.pdf” is damaged and cannot be opened." });
});

test("a question: documents in order, history, the system's words in front, and everything else in the answer", async () => {
  const inline = `data:text/plain;base64,${Buffer.from("inline").toString("base64")}`;
  const response = await chat({
    model: "whatever",
    messages: [
      { role: "system", content: "Answer in one word." },
      { role: "user", content: [file("b")] },
      about("a", "Who?"),
      { role: "assistant", content: "Anna." },
      {
        role: "user",
        content: [
          { type: "file", file: { filename: "c.txt", file_data: inline } },
          { type: "text", text: "When?" },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "In May." }] },
      about("a", " Which number? "),
    ],
    temperature: 0.5,
    max_completion_tokens: 9,
    user: "ignored",
  });
  expect(response.status).toBe(200);
  const [[inquiry, options]] = asked as [[Inquiry, AskOptions]];
  const inlineId = createHash("sha256").update("inline").digest("hex");
  expect(inquiry).toEqual({
    documentIds: ["b", "a", inlineId],
    extent: { kind: "whole" },
    history: [
      { question: "Who?", answer: "Anna." },
      { question: "When?", answer: "In May." },
    ],
    question: "Answer in one word.\n\nWhich number?",
  });
  expect(options).toMatchObject({ temperature: 0.5, maxAnswerTokens: 9 });
  expect(added[0]?.[0]).toBe("c.txt");
  expect(await response.json()).toMatchObject({
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "4821." }, finish_reason: "stop" }],
    usage: { prompt_tokens: 40, completion_tokens: 3, total_tokens: 43 },
    folio: {
      cache: { answeringBytes: 10 },
      timing: { firstTokenMs: 3 },
      evidence: [{ file_id: "a", document: "harbour.txt", page: 2, start: 10, end: 20, text: "The number" }],
    },
  });
});

/** The events of a stream, as they came. */
async function events(response: Response): Promise<string[]> {
  const text = await response.text();
  expect(text.endsWith("\n\n")).toBe(true);
  return text
    .split("\n\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^data: /, ""));
}

test("a streamed answer comes in pieces, ends with its evidence, and with its length for who asks for that", async () => {
  const body = { messages: [about("a", "Which?")], stream: true };
  for (const include of [false, true]) {
    const response = await chat({ ...body, stream_options: { include_usage: include } });
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const lines = await events(response);
    expect(lines.pop()).toBe("[DONE]");
    const chunks = lines.map((line) => JSON.parse(line) as { choices: { delta: { content?: string }; finish_reason: string | null }[] });
    if (include) expect(chunks.pop()).toMatchObject({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 3 } });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("4821.");
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, "stop"]);
    expect(chunks.at(-1)).toMatchObject({ object: "chat.completion.chunk", folio: { evidence: [{ file_id: "a" }] } });
  }
});

const tooLong =
  "This conversation is {tokens} tokens long, but {model} reads at most {limit}: choose the pages to read, read in windows, or use a model with a longer context.";
test.each([
  [
    new EngineError("too-long", tooLong, { tokens: 9000, model: "Tiny", limit: 8176 }),
    /is 9,000 tokens long.*8,176/,
    400,
    "context_length_exceeded",
  ],
  [new EngineError("no-model", "No model is loaded: choose one in settings."), /^No model is loaded/, 503, "no-model"],
] as const)("what fails before the first words has a status, streamed or not: %s", async (error, message, status, told) => {
  fake.app.programs.ask = () => Promise.reject(error);
  for (const stream of [false, true]) {
    const response = await chat({ messages: [about("a", "Which?")], stream });
    expect(response.status).toBe(status);
    expect(await failure(response)).toMatchObject({ code: told, message: expect.stringMatching(message) });
  }
});

test("what fails in the middle of a stream is its last event", async () => {
  fake.app.programs.ask = (_, { onText }) => {
    onText("48");
    return Promise.reject(new EngineError("engine-stopped", "The engine is not running: ask again in a moment."));
  };
  const lines = await events(await chat({ messages: [about("a", "Which?")], stream: true }));
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ error: { code: "engine-stopped", type: "server_error" } });
  expect(lines).not.toContain("[DONE]");
});

test.each([true, false])("a client that goes away stops its answer: streamed %s", async (stream) => {
  const began = Promise.withResolvers<AbortSignal>();
  fake.app.programs.ask = (_, { signal, onText }) => {
    if (stream) onText("48");
    began.resolve(signal);
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve({ ...answered, stopReason: "stopped" })));
  };
  const leave = new AbortController();
  const body = JSON.stringify({ messages: [about("a", "Which?")], stream });
  const headers = { "content-type": "application/json" };
  const response = call("/v1/chat/completions", { method: "POST", headers, body, signal: leave.signal }).catch(() => null);
  const signal = await began.promise;
  const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
  leave.abort();
  await aborted;
  await response;
  expect((await call("/v1/models")).status).toBe(200);
});

const ask = [about("a", "Which?")];
test.each([
  ["no messages", {}, "messages"],
  ["none in them", { messages: [] }, "messages"],
  ["no document", { messages: [{ role: "user", content: "Hello" }] }, "messages"],
  ["no question", { messages: [{ role: "user", content: [file("a")] }] }, "messages"],
  ["the last word is the assistant's", { messages: [...ask, { role: "assistant", content: "A." }] }, "messages"],
  ["the first one too", { messages: [{ role: "assistant", content: "Hi." }, ...ask] }, "messages.0"],
  ["a tool's message", { messages: [...ask, { role: "tool", content: "x" }] }, "messages.1.role"],
  ["a file of the system", { messages: [{ role: "system", content: [file("a")] }, ...ask] }, "messages.0"],
  ["a file without anything", { messages: [{ role: "user", content: [{ type: "file", file: {} }] }] }, "messages.0.content"],
  [
    "a file that is no base64",
    { messages: [{ role: "user", content: [{ type: "file", file: { filename: "a.txt", file_data: "data:;base64,a*b" } }] }] },
    "messages.0.content",
  ],
  ["several answers", { messages: ask, n: 2 }, "n"],
  ["tools", { messages: ask, tools: [{ type: "function" }] }, "tools"],
  ["stop words", { messages: ask, stop: ["."] }, "stop"],
  ["a form of answer", { messages: ask, response_format: { type: "json_object" } }, "response_format"],
  ["too hot", { messages: ask, temperature: 3 }, "temperature"],
  ["no length", { messages: ask, max_tokens: 0 }, "max_tokens"],
])("refused with what is wrong: %s", async (_, body, param) => {
  const response = await chat(body);
  expect(response.status).toBe(400);
  expect((await failure(response)).param).toBe(param);
  expect(asked).toEqual([]);
});

test("pictures are refused; a file that is not there is not found; what means nothing is left alone", async () => {
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AA" } };
  const refused = await failure(await chat({ messages: [{ role: "user", content: [file("a"), picture] }] }));
  expect(refused.message).toContain("no pictures");
  expect((await chat({ messages: [about("c", "Which?")] })).status).toBe(404);
  const idle = { n: 1, tools: [], stop: null, response_format: { type: "text" }, logprobs: false, seed: 1, top_p: 1 };
  expect((await chat({ messages: ask, ...idle })).status).toBe(200);
});
