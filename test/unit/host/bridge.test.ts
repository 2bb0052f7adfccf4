import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineError } from "../../../main/engine/errors.ts";
import { type Host, startHost } from "../../../main/hosts/server.ts";
import type { DocumentInfo, EventName } from "../../../preload/api.ts";
import { connectBrowserHost } from "../../../renderer/bridge.ts";
import { fakeApp } from "./fake-app.ts";

let fake: ReturnType<typeof fakeApp>;
let host: Host;
let folder: string;
/** The server's end of the last event stream, for cutting it. */
let eventSocket: IncomingMessage["socket"] | undefined;

const remember = (message: unknown) => {
  const { request } = message as { request: IncomingMessage };
  if (request.url === "/events") eventSocket = request.socket;
};

beforeEach(async () => {
  subscribe("http.server.request.start", remember);
  folder = await mkdtemp(join(tmpdir(), "folio-bridge-"));
  await writeFile(join(folder, "index.html"), "shell");
  fake = fakeApp();
  host = await startHost(fake.app, { rendererFolder: folder });
});
afterEach(async () => {
  unsubscribe("http.server.request.start", remember);
  await host.close();
  await rm(folder, { recursive: true });
});

/** What a browser gives the bridge: an address, a history, a storage for the tab. */
function page(url: string, storage = new Map<string, string>()) {
  const location = new URL(url);
  return {
    location,
    storage,
    history: {
      replaceState(_: null, __: string, to: string) {
        location.href = to;
      },
    },
    sessionStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
    },
  };
}

const ready = (id: string): DocumentInfo => ({
  id,
  name: `${id}.txt`,
  fileBytes: 1,
  folder: "",
  addedAt: 0,
  phase: "counting",
  pages: 1,
  characters: 1,
});
const later = () => new Promise((resolve) => setTimeout(resolve, 10));

test("requests reach the app, failures keep their code and sentence", async () => {
  const api = connectBrowserHost(page(host.url));
  expect(await api.getState()).toEqual(fake.state);
  expect(await api.countPrompt("Who?")).toEqual({ promptTokens: 4, limit: 8192, windows: null });
  expect(await api.stop()).toBeUndefined();
  expect(await api.importFile("Grüße \ud800.txt", new Uint8Array([1, 2]))).toBe("document-1");
  expect(fake.calls.at(-1)).toEqual(["importFile", "Grüße \ufffd.txt", new Uint8Array([1, 2])]);
  expect(await api.getFile("d")).toEqual(Uint8Array.of(0, 255, 10));
  fake.app.requests.ask = () =>
    Promise.reject(new EngineError("busy", "The last question is still being answered: wait for it or stop it."));
  await expect(api.ask("x")).rejects.toMatchObject({
    name: "busy",
    message: "The last question is still being answered: wait for it or stop it.",
  });
});

test("the key leaves the address bar and survives a reload", async () => {
  const first = page(host.url);
  await connectBrowserHost(first).getState();
  expect(first.location.href).toBe(`${first.location.origin}/`);
  const reloaded = page(first.location.href, first.storage);
  expect(await connectBrowserHost(reloaded).getState()).toEqual(fake.state);
});

test("a ticket works once, then the tab has the key itself", async () => {
  const url = host.ticketUrl();
  const first = page(url);
  expect(await connectBrowserHost(first).getState()).toEqual(fake.state);
  expect(first.location.href).toBe(`${first.location.origin}/`);
  expect(await connectBrowserHost(page(first.location.href, first.storage)).getState()).toEqual(fake.state);
  await expect(connectBrowserHost(page(url)).getState()).rejects.toMatchObject({ name: "no-key" });
});

test("without a key it says what to do", async () => {
  for (const url of [new URL("/", host.url).href, new URL("/#token=wrong", host.url).href]) {
    const api = connectBrowserHost(page(url));
    await expect(api.getState()).rejects.toMatchObject({ name: "no-key", message: expect.stringContaining("open the one") });
    await expect(api.stop()).rejects.toMatchObject({ name: "no-key" });
  }
});

test("events arrive after the state that they follow on, until the listener is taken away", async () => {
  const api = connectBrowserHost(page(host.url));
  const seen: unknown[] = [];
  const stop = api.on("documentRemoved", (id) => seen.push(id));
  const state = api.getState();
  await state.then(() => seen.push("state"));
  fake.emit("documentRemoved", "a");
  fake.emit("documentRemoved", "ü\n2");
  while (seen.length < 3) await later();
  expect(seen).toEqual(["state", "a", "ü\n2"]);
  stop();
  fake.emit("documentRemoved", "b");
  fake.emit("settings", fake.state.settings);
  await new Promise<void>((resolve) => api.on("settings", () => resolve()));
  expect(seen).toHaveLength(3);
});

test("when the host goes, the window is told; when it is back, it hears what it missed", async () => {
  fake.state.documents = [ready("kept"), ready("lost")];
  const port = Number(new URL(host.url).port);
  const key = new URLSearchParams(new URL(host.url).hash.slice(1)).get("token")!;
  const api = connectBrowserHost(page(host.url));
  await api.getState();
  const seen: [EventName, unknown][] = [];
  for (const name of ["engine", "document", "documentRemoved", "conversation"] as const)
    api.on(name, (payload) => seen.push([name, payload]));

  await host.close();
  while (seen.length === 0) await later();
  expect(seen.shift()).toEqual(["engine", { phase: "restarting", error: expect.objectContaining({ code: "host-gone" }) }]);
  await expect(api.stop()).rejects.toMatchObject({ name: "host-gone" });

  fake.state.documents = [ready("kept"), ready("new")];
  host = await startHost(fake.app, { rendererFolder: folder, port });
  // Another start has another key: the old window must not go on with it.
  expect(host.url).not.toContain(key);
  while (seen.at(-1)?.[1] === undefined || !JSON.stringify(seen.at(-1)).includes("no-key")) await later();
});

test("a connection that breaks off is renewed, and the state told again", async () => {
  fake.state.documents = [ready("kept"), ready("lost")];
  const api = connectBrowserHost(page(host.url));
  await api.getState();
  const seen: [EventName, unknown][] = [];
  for (const name of ["engine", "documents"] as const) api.on(name, (payload) => seen.push([name, payload]));
  fake.state.documents = [ready("kept"), ready("new")];
  eventSocket?.destroy();
  while (seen.length < 3) await later();
  expect(seen).toEqual([
    ["engine", { phase: "restarting", error: expect.objectContaining({ code: "host-gone" }) }],
    ["documents", [ready("kept"), ready("new")]],
    ["engine", { phase: "idle" }],
  ]);

  const missed = ["safeMode", "models", "downloads", "calibration", "comparison"] as const;
  const told = new Map<EventName, unknown>();
  for (const name of missed) api.on(name, (payload) => told.set(name, payload));
  fake.state.safeMode = true;
  fake.state.downloads = [{ modelId: "m", done: 2, total: 4, phase: "paused" }];
  eventSocket?.destroy();
  while (seen.length < 6) await later();
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(missed.map((name) => [name, fake.state[name]])));
});
