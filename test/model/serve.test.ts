/** Questions over the local server, as a program asks them, with the real model; and the command that serves. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type Loopback, randomKey } from "../../main/hosts/loopback.ts";
import { startApiServer } from "../../main/programs/server.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { essay, fact, question } from "./fixtures.ts";

const key = randomKey();
const cli = join(import.meta.dirname, "../../main/cli.ts");
let home: DataFolder;
let app: App;
let server: Loopback;

beforeAll(async () => {
  home = await ownDataFolder();
  app = await createApp();
  server = await startApiServer(app, { port: 0, key });
});

afterAll(async () => {
  await server?.close();
  await app?.close();
  await home.restore();
});

const call = (path: string, init: { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {}) =>
  fetch(`${server.origin}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
const chat = (body: object, signal?: AbortSignal) =>
  call("/v1/chat/completions", {
    ...{ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
    ...(signal && { signal }),
  });
async function upload(name: string, text: string): Promise<string> {
  const headers = { "content-type": "application/octet-stream" };
  const response = await call(`/v1/files?filename=${name}`, { method: "POST", headers, body: text });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}
const about = (ids: string[], text: string) => ({
  role: "user",
  content: [...ids.map((id) => ({ type: "file", file: { file_id: id } })), { type: "text", text }],
});

type Completion = {
  model: string;
  choices: { message: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number };
  folio: {
    cache: { answeringBytes: number; fullBytes: number };
    timing: { firstTokenMs: number };
    evidence: { file_id: string; document: string; page: number; start: number; end: number; text: string }[];
  };
};
const complete = async (body: object) => (await (await chat(body)).json()) as Completion;

let harbour: string;

test("a file is added, asked about, and answered with its passages", async () => {
  harbour = await upload("harbour.txt", essay(fact));
  const listed = (await (await call("/v1/files")).json()) as { data: { id: string; folio: { tokens: number } }[] };
  expect(listed.data).toMatchObject([{ id: harbour, status: "processed", filename: "harbour.txt" }]);
  expect(listed.data[0]!.folio.tokens).toBeGreaterThan(100);
  const models = (await (await call("/v1/models")).json()) as { data: { id: string }[] };

  const done = await complete({ messages: [about([harbour], question)], max_tokens: 24 });
  expect(done.model).toBe(models.data[0]!.id);
  expect(done.choices[0]!.message.content).toContain("4821");
  expect(done.usage.prompt_tokens).toBeGreaterThan(listed.data[0]!.folio.tokens);
  expect(done.usage.completion_tokens).toBeGreaterThan(0);
  expect(done.folio.cache.answeringBytes).toBeGreaterThan(0);
  expect(done.folio.timing.firstTokenMs).toBeGreaterThan(0);
  const passage = done.folio.evidence.find(({ text }) => text.includes("4821"))!;
  expect(passage).toMatchObject({ file_id: harbour, document: "harbour.txt", page: 1 });
  expect(essay(fact).slice(passage.start, passage.end)).toBe(passage.text);
});

test("the same question streamed gives the same words, and its history is part of the prompt", async () => {
  const first = await complete({ messages: [about([harbour], question)], max_tokens: 24 });
  const words = first.choices[0]!.message.content;
  const response = await chat({
    ...{ messages: [about([harbour], question)], max_tokens: 24 },
    ...{ stream: true, stream_options: { include_usage: true } },
  });
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: "));
  expect(events.pop()).toBe("data: [DONE]");
  const chunks = events.map((event) => JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[]; usage?: object });
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(words);
  expect(chunks.length).toBeGreaterThan(4);
  expect(chunks.at(-1)!.usage).toMatchObject(first.usage);

  const later = await complete({
    messages: [about([harbour], question), { role: "assistant", content: words }, { role: "user", content: "Who mended the bridge?" }],
    max_tokens: 16,
  });
  expect(later.usage.prompt_tokens).toBeGreaterThan(first.usage.prompt_tokens + 10);
});

test("a file in the message itself, and a limit that is reached", async () => {
  const text = essay("The old ferry was called Petrel.");
  const file = { filename: "ferry.txt", file_data: `data:text/plain;base64,${Buffer.from(text).toString("base64")}` };
  const content = [
    { type: "file", file },
    { type: "text", text: "What was the old ferry called?" },
  ];
  const done = await complete({ messages: [{ role: "user", content }], max_tokens: 1 });
  expect(done.usage.completion_tokens).toBe(1);
  expect(done.choices[0]!.finish_reason).toBe("length");
});

test("what is too long is refused with the numbers, streamed or not", async () => {
  const long = await upload("long.txt", `${essay(fact)}\n\n`.repeat(50));
  for (const stream of [false, true]) {
    const response = await chat({ messages: [about([long], question)], stream });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe("context_length_exceeded");
    expect(error.message).toMatch(/\d+,\d{3} tokens long.*at most \d,\d{3}/);
  }
});

test("a client that goes away stops the answer, and the next one is answered", async () => {
  const stop = new AbortController();
  const messages = [about([harbour], "Tell the whole story of the town at great length.")];
  const response = await chat({ messages, stream: true, max_tokens: 4000 }, stop.signal);
  const reader = response.body!.getReader();
  await reader.read();
  stop.abort();
  await reader.read().catch(() => {});
  const next = await complete({ messages: [about([harbour], question)], max_tokens: 24 });
  expect(next.choices[0]!.message.content).toContain("4821");
  expect((await app.requests.getState()).engine).toEqual({ phase: "idle" });
});

test("the window's conversation and programs do not take each other's documents away", async () => {
  const other = await upload("other.txt", essay("The night watch of Springfield counted nine lamps."));
  const stream = await chat({ messages: [about([harbour], "Tell the whole story of the town.")], stream: true, max_tokens: 100 });
  const reader = stream.body!.getReader();
  await reader.read();
  // While the first is answered, the second is the next in line, and the window's would take the second's documents away.
  const second = complete({ messages: [about([other, harbour], question)], max_tokens: 24 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await app.requests.openConversation([other]);
  const turn = await app.requests.ask("How many lamps did the night watch count?");
  while (!(await reader.read()).done);
  const answered = await second;
  expect(answered.choices[0]!.message.content).not.toBe("");
  await app.requests.countPrompt("And now?");
  const settled = async () => {
    const found = (await app.requests.getState()).conversation!.turns.find(({ id }) => id === turn)!;
    return found.phase === "done" || found.phase === "failed" ? found : null;
  };
  await vi.waitUntil(settled, { timeout: 120_000 });
  expect(await settled()).toMatchObject({ phase: "done" });
  expect((await app.requests.getState()).conversation!.documentIds).toEqual([other]);
});

test("a removed file is not there for programs, and the window can bring it back", async () => {
  expect((await call(`/v1/files/${harbour}`, { method: "DELETE" })).status).toBe(200);
  expect((await chat({ messages: [about([harbour], question)] })).status).toBe(404);
  await app.requests.restoreDocument(harbour);
  expect((await call(`/v1/files/${harbour}`)).status).toBe(200);
});

test("the command says when another Folio has the library", async () => {
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [cli, "serve", "--port", "0"], (error, _, stderr) => resolve({ code: error?.code, stderr })),
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/^folio: Folio is open already with this library.*\n$/);
});

test("the command serves until it is interrupted, with a key that only its user can read", async () => {
  const own = await mkdtemp(join(tmpdir(), "folio-serve-"));
  const env = { ...process.env, XDG_DATA_HOME: own };
  const child = spawn(process.execPath, [cli, "serve", "--port", "0"], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const address = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec((await lines.next()).value as string)![0];
    const where = join(own, "folio", "api-key");
    expect((await lines.next()).value).toBe(`The key is in ${where}`);
    expect((await stat(where)).mode & 0o777).toBe(0o600);
    const kept = (await readFile(where, "utf8")).trim();
    expect(Buffer.from(kept, "base64url")).toHaveLength(32);
    expect((await fetch(`${address}/models`)).status).toBe(401);
    expect((await fetch(`${address}/files`, { headers: { authorization: `Bearer ${kept}` } })).status).toBe(200);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
    await expect(fetch(`${address}/models`)).rejects.toThrow();
  } finally {
    child.kill("SIGKILL");
    await rm(own, { recursive: true, force: true });
  }
});
