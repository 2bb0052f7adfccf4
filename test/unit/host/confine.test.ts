/** What child processes can do that look at strangers' models and documents. */
import { once } from "node:events";
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Child, spawnChild } from "../../../main/system/child.ts";

let reached = 0;
const reply: RequestListener = (_, response) => response.end("reached");
const servers: Server[] = [];
const children: Child[] = [];
let port: number;
let folder: string;
let pipe: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-confine-"));
  pipe = join(folder, "socket");
  for (const place of [{ port: 0, host: "127.0.0.1" }, { path: pipe }]) {
    const server = createServer(reply).on("connection", () => reached++);
    servers.push(server);
    await once(server.listen(place), "listening");
  }
  port = (servers[0]!.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  reached = 0;
  await writeFile(join(folder, "kept.txt"), "kept");
  await writeFile(join(folder, "extra.txt"), "extra");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

function spawn(module: string, confined: boolean): Child {
  const child = spawnChild(new URL(module, import.meta.url), { serviceName: "test", confined });
  children.push(child);
  return child;
}

const told = (child: Child) => new Promise<unknown>((resolve) => child.onMessage(resolve));

async function tryToEscape(how: { confined: boolean; mayWrite: boolean }): Promise<{ outcomes: Record<string, string>; rings: number }> {
  const child = spawn("./children/escape.ts", how.confined);
  const answer = told(child);
  child.send({ ...how, port, pipe, folder });
  return (await answer) as { outcomes: Record<string, string>; rings: number };
}

const ways = ["tcp", "pipe", "server", "datagram", "name", "fetch", "program", "earlier thread", "later thread"];
const reading = ["read a file"];
const writing = [
  ...["write a file", "append to a file", "shorten a file", "touch a file", "make a folder", "link a file"],
  ...["rename a file", "remove a file"],
];
const all = (names: readonly string[], outcome: string) => Object.fromEntries(names.map((name) => [name, outcome]));

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("an ordinary child gets out in every way that is tried", async () => {
    const { outcomes } = await tryToEscape({ confined: false, mayWrite: true });
    expect(outcomes).toEqual(all([...ways, ...reading, ...writing], "done"));
    expect(reached).toBeGreaterThan(4);
    for (const name of ["new.txt", "renamed.txt", "link", "made"]) await rm(join(folder, name), { recursive: true });
  });

  test("one that is shut in reaches nothing and starts nothing, with all its threads, and still works with files", async () => {
    const { outcomes, rings } = await tryToEscape({ confined: true, mayWrite: true });
    expect(outcomes).toEqual({ ...all(ways, "refused"), ...all([...reading, ...writing], "done") });
    expect([reached, rings]).toEqual([0, 0]);
    for (const name of ["new.txt", "renamed.txt", "link", "made"]) await rm(join(folder, name), { recursive: true });
  });

  test("one that may not write changes no file", async () => {
    const { outcomes, rings } = await tryToEscape({ confined: true, mayWrite: false });
    expect(outcomes).toEqual({ ...all([...ways, ...writing], "refused"), ...all(reading, "done") });
    expect([reached, rings]).toEqual([0, 0]);
    expect(await readFile(join(folder, "kept.txt"), "utf8")).toBe("kept");
    expect((await stat(join(folder, "kept.txt"))).mtimeMs).toBeGreaterThan(0);
  });

  // Started as Electron starts it: nothing but the module itself shuts it in.
  test.each(["main/engine/process.ts", "main/documents/parser.ts", "main/documents/recogniser.ts"])(
    "%s shuts itself in before it hears of any file",
    async (module) => {
      const child = spawn(`../../../${module}`, false);
      const status = () => readFile(`/proc/${child.pid()}/status`, "utf8");
      await expect.poll(status, { timeout: 30_000 }).toMatch(/^NoNewPrivs:\t1\nSeccomp:\t2$/m);
    },
  );

  // Only root may look into a process that has shut itself in.
  test.runIf(process.getuid?.() === 0)("the engine leaves the working folder: stock libraries would look for others there", async () => {
    const child = spawn("../../../main/engine/process.ts", true);
    await expect.poll(() => readlink(`/proc/${child.pid()}/cwd`), { timeout: 30_000 }).toBe("/");
  });
});

test("no key or token of ours reaches a child: not by its environment, not by its command line", async () => {
  const secrets = {
    FOLIO_API_TOKEN: "canary-1",
    HF_TOKEN: "canary-2",
    AWS_SECRET_ACCESS_KEY: "canary-3",
    NODE_OPTIONS: "--title=canary-4",
  };
  Object.assign(process.env, secrets);
  try {
    const child = spawn("./children/environment.ts", false);
    const answered = told(child);
    child.send("tell");
    const text = JSON.stringify(await answered);
    expect(text).not.toContain("canary");
    expect(text).toContain('"PATH"');
  } finally {
    for (const name of Object.keys(secrets)) delete process.env[name];
  }
});
