/**
 * A whole session with the host as it is started, in folders of its own: where it connects to, what its processes are told, what it leaves on the
 * disk, and who can read that. What must not be anywhere else is marked: a word in the document, one in the question, the keys.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultModelFile } from "../../main/engine/models.ts";
import { dropFiles, openWindowAt, printPdf } from "./window.ts";

const recorder = new URL("record-connections.mjs", import.meta.url).href;
const inDocument = "zanzibarquartz";
const inQuestion = "marmaladefjord";
const apiToken = "canary-of-the-api-token-1";
const pages = [
  `The harbour was built in three stages. ${inDocument} is the name of its master.\nShips of up to forty metres can lie at the east quay.`,
  "In the summer months the council met on the first Monday.\nThe special magic number for Springfield is 4821.",
];

let folder: string;
let host: ChildProcess;
/** Everything that the host and its children printed. */
let printed = "";
let url: string;
/** Command lines and environments of the host's children, while it worked. */
const children: string[] = [];
let strays: string[];
let complaints: string[];

const environment = (connections: string) => ({
  ...process.env,
  ...{ DISPLAY: "", WAYLAND_DISPLAY: "", FOLIO_MODEL: defaultModelFile(), FOLIO_API_TOKEN: apiToken },
  ...{ XDG_DATA_HOME: join(folder, "data"), XDG_CACHE_HOME: join(folder, "cache"), TMPDIR: join(folder, "tmp") },
  ...{ FOLIO_TEST_CONNECTIONS: connections },
});
const connections = async (name: string) =>
  (await readFile(join(folder, name), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { what: string; to: string });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-session-"));
  await mkdir(join(folder, "tmp"));
  await mkdir(join(folder, "data", "folio"), { recursive: true, mode: 0o755 });
  // Balanced mode writes what was read to the disk; a short answer is enough.
  await writeFile(join(folder, "data", "folio", "settings.json"), JSON.stringify({ maxAnswerTokens: 16, mode: "balanced" }), {
    mode: 0o644,
  });
  const env = environment(join(folder, "connections"));
  host = spawn(process.execPath, ["--import", recorder, "main/host.ts"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ready = Promise.withResolvers<string>();
  for (const stream of [host.stdout!, host.stderr!]) {
    stream.on("data", (data: Buffer) => {
      printed += data.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(printed);
      if (found) ready.resolve(found[0]);
    });
  }
  url = await ready.promise;
  await session();
  const ended = once(host, "exit");
  host.kill("SIGTERM");
  await ended;
});
afterAll(async () => {
  host?.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A document, a question, a search, an export, the models and the settings, the local server, a compressed and a full answer. */
async function session(): Promise<void> {
  const window = await openWindowAt(url, { acceptDownloads: true });
  const { page, browser } = window;
  const ask = async (question: string, turn: number) => {
    await page.getByLabel("Question", { exact: true }).fill(question);
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.locator(".turn:is([data-phase=done], [data-phase=failed])").nth(turn).waitFor({ timeout: 240_000 });
  };
  await dropFiles(page, [{ name: "Harbour.pdf", bytes: await printPdf(browser, pages) }]);
  await page.getByText(/2 pages · [\d,]+ tokens/).waitFor({ timeout: 240_000 });
  const server = { enabled: true, port: await freePort() };
  await rpc("changeSettings", { server });
  await ask(`What is the special magic number? ${inQuestion}`, 0);
  await noteChildren();
  expect((await fetch(`http://127.0.0.1:${server.port}/v1/models`, { headers: { authorization: `Bearer ${apiToken}` } })).status).toBe(200);
  await ask("Who is its master?", 1);
  expect(await page.locator(".turn[data-phase=done]").count()).toBe(2);
  await rpc("search", inDocument);
  const { conversations } = (await rpc("getState")) as { conversations: { id: string }[] };
  await rpc("exportConversation", conversations[0]!.id, "html");
  await rpc("refreshModels");
  await rpc("getSnapshotSizes");
  // Refused requests and damaged files are said somewhere too.
  await rpc("importFile", inDocument).catch(() => {});
  await dropFiles(page, [{ name: "damaged.pdf", bytes: Buffer.from(`%PDF-1.7 ${inDocument}`) }]);
  await page.getByText("is damaged").first().waitFor({ timeout: 60_000 });
  ({ strays, complaints } = window);
  await window.close();
}

async function rpc(name: string, ...args: unknown[]): Promise<unknown> {
  const { origin, hash } = new URL(url);
  const headers = { authorization: `Bearer ${hash.slice("#token=".length)}`, "content-type": "application/json" };
  const response = await fetch(`${origin}/rpc/${name}`, { method: "POST", headers, body: JSON.stringify({ args }) });
  return ((await response.json()) as { value: unknown }).value;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function noteChildren(): Promise<void> {
  const pids = (await readFile(`/proc/${host.pid}/task/${host.pid}/children`, "utf8")).split(" ").filter(Boolean);
  for (const pid of pids) {
    // A process that shut itself in shows its environment to nobody but root.
    for (const file of ["cmdline", "environ"]) children.push(await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => ""));
  }
  expect(children.join()).toContain("engine/process");
}

test("the window asked nobody but its host, and had nothing to complain of", () => {
  expect(strays).toEqual([]);
  expect(complaints).toEqual([]);
});

test("the host opened no connection at all, and looked up no name but its own address", async () => {
  const [first, ...others] = await connections("connections");
  expect(first!.what).toBe("started");
  // A server that is told its address looks even that up.
  expect(others.filter(({ what, to }) => !(what === "lookup" && to === "127.0.0.1"))).toEqual([]);
});

test("what records connections does record them", async () => {
  const file = join(folder, "control");
  const env = { ...process.env, FOLIO_TEST_CONNECTIONS: file };
  execFileSync(process.execPath, ["--import", recorder, "-e", "fetch('http://localhost:65123/').catch(() => {})"], { env });
  expect((await connections("control")).map(({ what }) => what)).toEqual(expect.arrayContaining(["started", "connect", "lookup"]));
});

test("the keys are in no command line and no child's environment", () => {
  const told = children.join("\n");
  expect(told).not.toContain(new URL(url).hash.slice("#token=".length));
  expect(told).not.toContain(apiToken);
});

test("words of documents and questions are in the library and in no other file, and were not printed", async () => {
  const words = [inDocument, inQuestion].map((word) => Buffer.from(word));
  const holders: string[] = [];
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((entry) => entry.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    if (words.some((word) => bytes.includes(word))) holders.push(relative(folder, file));
  }
  // The control: it is there where it must be.
  expect(holders).toContain(join("data", "folio", "library.sqlite"));
  expect(holders.filter((file) => !/^data\/folio\/(library\.sqlite(-wal)?|backups\/library-.*\.sqlite)$/.test(file))).toEqual([]);
  expect(names.some(({ name }) => name.endsWith(".kv"))).toBe(true);
  for (const word of [inDocument, inQuestion]) expect(printed).not.toContain(word);
  // The address for people, once; nothing else of what is secret.
  expect(printed.split(new URL(url).hash.slice("#token=".length))).toHaveLength(2);
  expect(printed).not.toContain(apiToken);
});

test("another user of this computer reads nothing of it", async () => {
  const data = join(folder, "data", "folio");
  expect((await stat(data)).mode & 0o077).toBe(0);
  expect((await stat(join(folder, "cache", "folio", "snapshots"))).mode & 0o077).toBe(0);
  if (process.getuid?.() !== 0) return;
  execFileSync("chmod", ["755", folder, join(folder, "data"), join(folder, "cache")]);
  for (const file of [join(data, "library.sqlite"), join(data, "settings.json")]) {
    expect(() => execFileSync("cat", [file], { uid: 65534, gid: 65534, stdio: "pipe" })).toThrow("Permission denied");
  }
});
