/**
 * Electron's adapters against a stand-in for Electron, since its binary is not everywhere: what they register, refuse and expose. How
 * Electron itself behaves is not tested here.
 */
import { EventEmitter } from "node:events";
import { beforeEach, expect, test, vi } from "vitest";
import { eventChannel, type PreloadApi, requestChannel, requestNames } from "../../../preload/api.ts";
import { connectPreload } from "../../../renderer/bridge.ts";
import { fakeApp } from "./fake-app.ts";

type Handler = (event: unknown, ...args: unknown[]) => unknown;
const fake = vi.hoisted(() => ({ handlers: new Map<string, Handler>(), exposed: new Map<string, unknown>() }));
const ipcRenderer = vi.hoisted(() => ({ on: vi.fn(), invoke: vi.fn() }));
vi.mock("electron", () => ({
  ipcMain: {
    handle: (channel: string, handler: Handler) => {
      if (fake.handlers.has(channel)) throw new Error("registered twice");
      fake.handlers.set(channel, handler);
    },
  },
  ipcRenderer,
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => fake.exposed.set(name, api) },
}));

const own = { senderFrame: { url: "app://folio/index.html", parent: null } };

beforeEach(() => {
  fake.handlers.clear();
  vi.resetModules();
});

async function serve() {
  const { serveRequests, sendEvents } = await import("../../../main/ipc.ts");
  const stage = fakeApp();
  serveRequests(stage.app);
  return { ...stage, sendEvents, ask: fake.handlers.get(requestChannel)! };
}

test("one channel answers our own page and refuses every other sender before routing", async () => {
  const { ask, calls } = await serve();
  expect([...fake.handlers.keys()]).toEqual([requestChannel]);
  expect(await ask(own, "stop", [])).toEqual({ value: undefined });
  for (const senderFrame of [null, { ...own.senderFrame, parent: {} }, { url: "https://evil.example/", parent: null }]) {
    expect(() => ask({ senderFrame }, "stop", [])).toThrow("Refused");
  }
  expect(await ask(own, "quit", [])).toMatchObject({ error: { code: "bad-request" } });
  expect(await ask(own, "ask", ["x", { extra: true }])).toMatchObject({ error: { code: "bad-request" } });
  expect(await ask(own, "ask", ["x".repeat(64 * 2 ** 20)])).toMatchObject({ error: { code: "bad-request" } });
  expect(await ask(own, "recognisePage", ["d", 1, new Uint8Array(64 * 2 ** 20 + 1)])).toMatchObject({ error: { code: "bad-request" } });
  expect(calls).toEqual([["stop"]]);
});

test("events go to a window until it is gone", async () => {
  const { sendEvents, app, emit, listeners } = await serve();
  const contents = Object.assign(new EventEmitter(), { send: vi.fn(), isDestroyed: () => false });
  sendEvents(app, contents as never);
  emit("documentRemoved", "a");
  expect(contents.send).toHaveBeenCalledWith(eventChannel, "documentRemoved", "a");
  contents.emit("destroyed");
  expect(listeners.size).toBe(0);
});

async function preload(): Promise<PreloadApi> {
  await import("../../../preload/index.ts");
  return fake.exposed.get("folio") as PreloadApi;
}

test("the window finds the contract's functions and nothing of Electron", async () => {
  const api = await preload();
  expect([...fake.exposed.keys()]).toEqual(["folio"]);
  expect(Object.keys(api).toSorted()).toEqual([...requestNames, "on", "pathOf"].toSorted());
  for (const value of Object.values(api)) expect(value).toBeTypeOf("function");
});

test("requests go out by name, answers come back as values and errors", async () => {
  const api = connectPreload(await preload());
  ipcRenderer.invoke.mockResolvedValueOnce({ value: { promptTokens: 1, limit: 2 } });
  expect(await api.countPrompt("x")).toEqual({ promptTokens: 1, limit: 2 });
  expect(ipcRenderer.invoke).toHaveBeenCalledWith(requestChannel, "countPrompt", ["x"]);
  ipcRenderer.invoke.mockResolvedValueOnce({ error: { code: "busy", text: "Wait." } });
  await expect(api.ask("x")).rejects.toMatchObject({ name: "busy", message: "Wait." });
});

test("listeners get the payload alone, for their event alone", async () => {
  const api = connectPreload(await preload());
  const [channel, deliver] = ipcRenderer.on.mock.lastCall as [string, Handler];
  expect(channel).toBe(eventChannel);
  const heard = vi.fn();
  const stop = api.on("documentRemoved", heard);
  deliver({ sender: "secret" }, "documentRemoved", "a");
  deliver({ sender: "secret" }, "settings", {});
  deliver({ sender: "secret" }, "__proto__", {});
  expect(heard.mock.calls).toEqual([["a"]]);
  stop();
  deliver({}, "documentRemoved", "b");
  expect(heard).toHaveBeenCalledTimes(1);
});
