/** Electron's entry against a stand-in: what `main/index.ts` switches on, registers and refuses before and while its one window is there. */
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { savedPlace } from "../../../main/hosts/place.ts";
import { fakeApp } from "./fake-app.ts";

type Listener = (...args: unknown[]) => unknown;
const electron = vi.hoisted(() => ({
  calls: [] as string[],
  listeners: new Map<string, Listener>(),
  schemes: [] as unknown[],
  protocols: new Map<string, (request: Request) => Promise<Response>>(),
  session: new Map<string, Listener>(),
  windows: [] as { options: Record<string, unknown>; url: string; shown: string[]; closing: Listener }[],
  answers: [] as number[],
  asked: [] as { detail: string; defaultId: number }[],
  opened: [] as string[],
}));

/** Like Electron's emitter of a window's contents, and nothing else of it. */
class Contents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  send() {}
  isDestroyed() {
    return false;
  }
}

vi.mock("electron", () => {
  const mainScreen = { id: 1, workArea: { x: 0, y: 0, width: 1000, height: 760 } };
  const remember = (name: string) => (handler: Listener) => electron.session.set(name, handler);
  return {
    app: {
      enableSandbox: () => electron.calls.push("enableSandbox"),
      on: (name: string, listener: Listener) => electron.listeners.set(name, listener),
      once: (name: string, listener: Listener) => electron.listeners.set(name, listener),
      isPackaged: true,
      requestSingleInstanceLock: () => electron.calls.push("lock") > 0,
      whenReady: () => {
        electron.calls.push("ready");
        return Promise.resolve();
      },
      quit: () => {},
      exit: () => {},
      getPreferredSystemLanguages: () => ["en"],
      getPath: () => "/tmp",
    },
    BrowserWindow: class {
      webContents = new Contents();
      url = "";
      options: Record<string, unknown>;
      shown: string[] = [];
      closing: Listener = () => {};
      constructor(options: Record<string, unknown>) {
        this.options = options;
        electron.listeners.get("web-contents-created")!({}, this.webContents);
        electron.windows.push(this);
      }
      once(name: string, listener: Listener) {
        if (name === "close") this.closing = listener;
      }
      isMinimized = () => true;
      restore = () => this.shown.push("restored");
      focus = () => this.shown.push("focused");
      maximize = () => this.shown.push("maximized");
      isMaximized = () => true;
      getNormalBounds = () => ({ x: 30, y: 40, width: 900, height: 700 });
      loadURL(url: string) {
        this.url = url;
        return Promise.resolve();
      }
      isDestroyed = () => false;
    },
    dialog: {
      showMessageBox: (options: { detail: string; defaultId: number }) => {
        electron.asked.push(options);
        return Promise.resolve({ response: electron.answers.shift() ?? 0 });
      },
      showErrorBox: (_: string, text: string) => {
        throw new Error(text);
      },
    },
    ipcMain: { handle: () => {} },
    Menu: { setApplicationMenu: () => {}, buildFromTemplate: () => ({}) },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => electron.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => electron.protocols.set(scheme, handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: remember("request"),
        setPermissionCheckHandler: remember("check"),
        setDevicePermissionHandler: remember("device"),
        setDisplayMediaRequestHandler: remember("display"),
        setSpellCheckerEnabled: (enabled: boolean) => electron.calls.push(`spellcheck ${enabled}`),
        webRequest: { onBeforeRequest: remember("web") },
        on: (name: string, listener: Listener) => electron.session.set(name, listener),
      },
    },
    screen: { getPrimaryDisplay: () => mainScreen, getAllDisplays: () => [mainScreen] },
    shell: { openExternal: (url: string) => Promise.resolve(electron.opened.push(url)), showItemInFolder: () => {} },
  };
});
const stage = fakeApp();
vi.mock("../../../main/app.ts", () => ({
  createApp: () => {
    // On a Mac a drop on the icon comes before there is anything to open it with.
    electron.listeners.get("open-file")!({ preventDefault() {} }, early);
    return Promise.resolve(stage.app);
  },
}));
vi.mock("../../../main/hosts/assets.ts", async (original) => ({
  ...(await original<typeof import("../../../main/hosts/assets.ts")>()),
  loadAssets: () => Promise.resolve(() => Promise.resolve(new Response("shell"))),
}));

const early = join(import.meta.dirname, "fake-app.ts");
const dataHome = mkdtempSync(join(tmpdir(), "folio-electron-"));
vi.stubEnv("XDG_DATA_HOME", dataHome);
vi.stubEnv("APPDATA", dataHome);
vi.stubEnv("HOME", dataHome);
afterAll(() => rmSync(dataHome, { recursive: true }));

let contents: Contents;
const own = "app://folio/index.html";
const foreign = ["https://evil.example/", "app://folio.evil/", "app:folio/", "file:///etc/passwd", "data:text/html,x", "about:blank"];

beforeAll(async () => {
  process.argv = ["folio"];
  await import("../../../main/index.ts");
  await vi.waitFor(() => expect(electron.windows[0]?.url).toBe(own));
  contents = (electron.windows[0] as unknown as { webContents: Contents }).webContents;
});
beforeEach(() => {
  for (const list of [electron.asked, electron.opened, electron.answers]) list.length = 0;
});

/** Whether a handler called `preventDefault`. */
function prevented(emit: (event: unknown) => void, more: object = {}): boolean {
  const event = { ...more, preventDefault: vi.fn() };
  emit(event);
  return event.preventDefault.mock.calls.length > 0;
}

test("the sandbox is on for everything, before anything is ready; one scheme is privileged", () => {
  expect(electron.calls.slice(0, 3)).toEqual(["enableSandbox", "lock", "ready"]);
  expect(electron.calls).toContain("spellcheck false");
  expect(electron.schemes).toEqual([{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
  expect([...electron.protocols.keys()]).toEqual(["app"]);
  expect(electron.windows).toHaveLength(1);
  expect(electron.windows[0]!.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
});

test("the scheme answers for our own name alone", async () => {
  const respond = electron.protocols.get("app")!;
  expect((await respond({ url: own } as Request)).status).toBe(200);
  for (const url of ["app://folio.evil/", "app://evil/index.html", "app://x@folio/"]) {
    expect((await respond({ url } as Request)).status).toBe(403);
  }
});

test.each(["will-navigate", "will-redirect", "will-frame-navigate"])("%s goes nowhere but to our own page", (name) => {
  expect(prevented((event) => contents.emit(name, event), { url: own })).toBe(false);
  for (const url of foreign) expect(prevented((event) => contents.emit(name, event), { url })).toBe(true);
});

test("no page is embedded, nothing is downloaded", () => {
  expect(prevented((event) => contents.emit("will-attach-webview", event))).toBe(true);
  expect(prevented((event) => electron.session.get("will-download")!(event))).toBe(true);
});

test("no window is opened; a plain address is shown in full, and opened only when a person says so", async () => {
  for (const [response, opened] of [
    [0, []],
    [1, ["https://example.com/a"]],
  ] as const) {
    electron.answers.push(response);
    expect(contents.openHandler!({ url: "https://example.com/a" })).toEqual({ action: "deny" });
    await vi.waitFor(() => expect(electron.asked.at(-1)).toMatchObject({ detail: "https://example.com/a", defaultId: 0 }));
    await new Promise((resolve) => setTimeout(resolve));
    expect(electron.opened).toEqual(opened);
  }
});

test.each([
  ...["file:///etc/passwd", "\\\\server\\share", "smb://server/share", "ms-msdt:/id", "search-ms:query=x", "javascript:alert(1)"],
  ...["data:text/html,x", "https://user:pass@example.com/", "vscode://file/x", "app://folio/index.html", ""],
])("%j is not even offered", async (url) => {
  electron.answers.push(1);
  expect(contents.openHandler!({ url })).toEqual({ action: "deny" });
  await new Promise((resolve) => setTimeout(resolve));
  expect([electron.asked, electron.opened]).toEqual([[], []]);
});

test("permissions, devices, screens and requests are refused", () => {
  const from = { getURL: () => own };
  const answer = vi.fn();
  electron.session.get("request")!(from, "geolocation", answer);
  electron.session.get("request")!(from, "clipboard-sanitized-write", answer);
  electron.session.get("request")!({ getURL: () => "https://evil.example/" }, "clipboard-sanitized-write", answer);
  expect(answer.mock.calls).toEqual([[false], [true], [false]]);
  expect(electron.session.get("check")!(null, "media", "app://folio")).toBe(false);
  expect(electron.session.get("check")!(null, "clipboard-sanitized-write", "app://folio")).toBe(true);
  expect(electron.session.get("device")!({})).toBe(false);
  const display = vi.fn();
  electron.session.get("display")!({}, display);
  expect(display).toHaveBeenCalledWith({});
  const web = vi.fn();
  for (const url of [own, "https://evil.example/", "ws://127.0.0.1/", "file:///etc/passwd"]) electron.session.get("web")!({ url }, web);
  expect(web.mock.calls).toEqual([[{ cancel: false }], [{ cancel: true }], [{ cancel: true }], [{ cancel: true }]]);
});

const imported = () => stage.calls.filter(([name]) => name === "importFile").map(([, name]) => name);

test("files that the system names are opened, also those from before the library was, and the window comes to the front", async () => {
  await vi.waitFor(() => expect(imported()).toEqual(["fake-app.ts"]));
  electron.listeners.get("second-instance")!({}, [], "/", { files: [join(import.meta.dirname, "menu.test.ts")] });
  await vi.waitFor(() => expect(imported()).toEqual(["fake-app.ts", "menu.test.ts"]));
  expect(electron.windows[0]!.shown).toEqual(["restored", "focused"]);
});

test("the window is no larger than the screen, and its place is remembered when it closes", () => {
  expect(electron.windows[0]!.options).toMatchObject({ width: 1000, height: 760 });
  electron.windows[0]!.closing();
  expect(savedPlace()).toEqual({ x: 30, y: 40, width: 900, height: 700, maximized: true });
});
