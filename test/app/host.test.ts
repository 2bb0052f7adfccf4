/** The browser host as `npm start` runs it, without a display: what it prints, what it serves, and that nothing of it stays behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultModelFile } from "../../main/engine/models.ts";
import type { AppState } from "../../preload/api.ts";
import { connectBrowserHost } from "../../renderer/bridge.ts";
import { childrenOf, isAlive } from "../processes.ts";

let folder: string;
let host: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-run-"));
});
afterEach(async () => {
  host.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** Starts it, with a model that is not there, and resolves to the address that it prints. */
const start = (...files: string[]) => startWith(join(folder, "none.gguf"), files);

async function startWith(model: string, files: string[]): Promise<string> {
  const env = { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", XDG_DATA_HOME: folder, FOLIO_MODEL: model };
  host = spawn(process.execPath, ["main/host.ts", ...files], { env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: host.stdout! })) {
    const url = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(line);
    if (url) return url[0];
  }
  throw new Error("The host ended without an address");
}

const ended = () => new Promise<number | null>((resolve) => host.once("exit", resolve));

function connect(url: string) {
  return connectBrowserHost({
    location: new URL(url),
    history: { replaceState: () => {} },
    sessionStorage: { getItem: () => null, setItem: () => {} },
  });
}

test("files named at the start are opened, and every signal ends it all in order", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const url = await start("test/documents/harbour.pdf", join(folder, "missing.pdf"));
    expect((await fetch(url)).status).toBe(200);
    const documents = (state: AppState) => state.documents.map(({ name }) => name);
    const api = connect(url);
    const names = new Set(documents(await api.getState()));
    await new Promise<void>((resolve) => {
      api.on("document", ({ name }) => names.add(name) && resolve());
      if (names.size > 0) resolve();
    });
    expect([...names]).toEqual(["harbour.pdf"]);
    const exit = ended();
    host.kill(signal);
    expect(await exit).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  }
});

test.runIf(process.platform === "linux")("killed without warning, it leaves no process behind", async () => {
  await start();
  const children = childrenOf(host.pid!);
  expect(children.length).toBeGreaterThan(0);
  const exit = ended();
  host.kill("SIGKILL");
  await exit;
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});

test("started twice, the second says one sentence and ends; the first goes on, and is alone with the library", async () => {
  const url = await start();
  const second = spawn(process.execPath, ["main/host.ts"], {
    env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", XDG_DATA_HOME: folder, FOLIO_MODEL: join(folder, "none.gguf") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const output of [second.stdout, second.stderr]) output.on("data", (text: Buffer) => (said += text));
  expect(await new Promise((resolve) => second.once("close", resolve))).toBe(1);
  expect(said).toBe("Folio is open already with this library: go on in that window, or close it first.\n");
  expect((await fetch(url)).status).toBe(200);
});

/** The real model, in the middle of reading a long document. */
async function startReading(): Promise<void> {
  const file = join(folder, "long.txt");
  await writeFile(file, `${Math.random()}\n\n${"The clerks count the boats, the nets and the barrels of salt.\n".repeat(500)}`);
  const api = connect(await startWith(defaultModelFile(), [file]));
  const reading = new Promise<void>((resolve) => {
    api.on("engine", ({ phase }) => phase === "reading" && resolve());
    void api.getState().then(({ engine: { phase } }) => phase === "reading" && resolve());
  });
  await reading;
}

// Whatever hangs after three seconds is ended with code 1.
test("quitting while a document is read ends in order, and so in less than three seconds", async () => {
  await startReading();
  const children = childrenOf(host.pid!);
  const exit = ended();
  host.kill("SIGTERM");
  expect(await exit).toBe(0);
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});

test.runIf(process.platform === "linux")("killed while a document is read, it leaves no process behind", async () => {
  await startReading();
  const children = childrenOf(host.pid!);
  expect(children.length).toBeGreaterThan(0);
  const exit = ended();
  host.kill("SIGKILL");
  await exit;
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});
