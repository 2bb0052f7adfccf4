/** Electron's entry: one sandboxed window over the app, its own scheme instead of files, and nothing allowed that is not needed. */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BrowserWindow, dialog, app as electron, Menu, protocol, screen, session, shell, type WebContents } from "electron";
import type { Settings } from "../preload/api.ts";
import { languageOf, say } from "../preload/language.ts";
import { type Language, sentence } from "../preload/sentences.ts";
import { type App, createApp, type Desktop } from "./app.ts";
import { EngineError } from "./engine/errors.ts";
import { importPaths } from "./files.ts";
import { loadAssets } from "./hosts/assets.ts";
import { menuIn, type WindowKey } from "./hosts/menu.ts";
import { placeOn, savedPlace, savePlace, smallest } from "./hosts/place.ts";
import { externalTarget, isOwnUrl, isPermitted, isRequestAllowed, webPreferences, windowUrl } from "./hosts/security.ts";
import { sendEvents, serveRequests } from "./ipc.ts";
import { saidBy } from "./plain-error.ts";
import { followServerSetting } from "./programs/serve.ts";

protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
electron.enableSandbox();
electron.on("web-contents-created", (_, contents) => confine(contents));

const files = process.argv
  .slice(electron.isPackaged ? 1 : 2)
  .filter((argument) => !argument.startsWith("-"))
  .map((file) => resolve(file));

// The system may name files before there is anything to open them with: a drop on the icon starts Folio.
let openFiles = (paths: readonly string[]): void => void files.push(...paths);
electron.on("open-file", (event, path) => {
  event.preventDefault();
  openFiles([path]);
});
electron.on("second-instance", (_, __, ___, data) => openFiles((data as { files: string[] }).files));

// A second start hands its files to the first one and ends.
if (electron.requestSingleInstanceLock({ files })) void electron.whenReady().then(start);
else electron.quit();

async function start(): Promise<void> {
  const respond = await loadAssets(join(import.meta.dirname, "..", "renderer"));
  protocol.handle("app", (request) => (isOwnUrl(request.url) ? respond(request) : new Response(null, { status: 403 })));
  confineSession();
  showMenu("system");
  const app = await createApp(desktop).catch((error: unknown) => {
    dialog.showErrorBox(say(language, sentence("Folio cannot open its library")), say(language, saidBy(error)));
    electron.exit(1);
    throw error;
  });
  showMenu((await app.requests.getState()).settings.language);
  app.on((name, payload) => name === "settings" && showMenu((payload as Settings).language));
  serveRequests(app);
  const programs = followServerSetting(app);
  let window = openWindow(app);
  const show = () => {
    if (window.isDestroyed()) window = openWindow(app);
    if (window.isMinimized()) window.restore();
    window.focus();
  };
  electron.on("activate", show);
  openFiles = (paths) => {
    show();
    void importPaths(app, paths);
  };
  closeWithElectron(() => {
    remember(window);
    return Promise.allSettled([programs.close(), app.close()]);
  });
  await importPaths(app, files);
}

/** What the menu and the system's dialogs speak. */
let language: Language = "en";

function showMenu(setting: Settings["language"]): void {
  language = languageOf(setting, electron.getPreferredSystemLanguages());
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuIn(language, pressKey)));
}

/** What a menu's item does: the window hears its own key, whichever way it comes. */
function pressKey({ key, shift = false }: WindowKey): void {
  const command = process.platform === "darwin" ? "meta" : "control";
  const modifiers: ("meta" | "control" | "shift")[] = shift ? [command, "shift"] : [command];
  const contents = (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents;
  contents?.sendInputEvent({ type: "keyDown", keyCode: key, modifiers });
  contents?.sendInputEvent({ type: "keyUp", keyCode: key, modifiers });
}

const desktop: Desktop = {
  showInFolder: (path) => shell.showItemInFolder(path),
  async saveAs({ name, text }) {
    const { filePath, canceled } = await dialog.showSaveDialog({ defaultPath: join(electron.getPath("documents"), name) });
    if (canceled || !filePath) return;
    await writeFile(filePath, text).catch(() => {
      throw new EngineError("bad-path", "{file} could not be saved: choose another folder, or make room on the disk.", { file: filePath });
    });
  },
};

function openWindow(app: App): BrowserWindow {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  const { maximized, ...place } = placeOn(
    [main, ...others].map(({ workArea }) => workArea),
    savedPlace(),
  );
  const window = new BrowserWindow({
    ...place,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    webPreferences: webPreferences(join(import.meta.dirname, "..", "preload", "index.cjs")),
  });
  sendEvents(app, window.webContents);
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.once("close", () => remember(window));
  window.webContents.on("render-process-gone", () => window.reload());
  void window.loadURL(windowUrl);
  return window;
}

/** The next window opens where this one was. */
function remember(window: BrowserWindow): void {
  if (!window.isDestroyed()) savePlace({ ...window.getNormalBounds(), maximized: window.isMaximized() });
}

/** No page but our own, no other window, no frame of another kind. */
function confine(contents: WebContents): void {
  contents.on("will-navigate", (event) => isOwnUrl(event.url) || event.preventDefault());
  contents.on("will-redirect", (event) => isOwnUrl(event.url) || event.preventDefault());
  contents.on("will-frame-navigate", (event) => isOwnUrl(event.url) || event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void offerLink(url);
    return { action: "deny" };
  });
}

function confineSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => answer(isPermitted(permission, contents.getURL())));
  defaultSession.setPermissionCheckHandler((_, permission, origin) => isPermitted(permission, `${origin}/`));
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.setDisplayMediaRequestHandler((_, answer) => answer({}));
  defaultSession.setSpellCheckerEnabled(false);
  defaultSession.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isRequestAllowed(details.url) }));
  defaultSession.on("will-download", (event) => event.preventDefault());
}

/** A link leaves the app only after a person has seen all of it. */
async function offerLink(text: string): Promise<void> {
  const target = externalTarget(text);
  if (!target) return;
  const { response } = await dialog.showMessageBox({
    type: "question",
    message: say(language, sentence("Open this address in your browser?")),
    detail: target,
    buttons: [say(language, sentence("Cancel")), say(language, sentence("Open"))],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) await shell.openExternal(target);
}

/** Quitting waits for `close`, but not longer than three seconds. */
function closeWithElectron(close: () => Promise<unknown>): void {
  electron.on("window-all-closed", () => process.platform === "darwin" || electron.quit());
  electron.once("before-quit", (event) => {
    event.preventDefault();
    const limit = new Promise((resolve) => setTimeout(resolve, 3000));
    void Promise.race([close(), limit]).finally(() => electron.exit());
  });
}
