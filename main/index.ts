/** Electron's entry: one sandboxed window over the app, its own scheme instead of files, and nothing allowed that is not needed. */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  BrowserWindow,
  dialog,
  app as electron,
  Menu,
  type MenuItemConstructorOptions,
  protocol,
  session,
  shell,
  type WebContents,
} from "electron";
import { type App, createApp, type Desktop } from "./app.ts";
import { loadAssets } from "./assets.ts";
import { importPaths } from "./files.ts";
import { sendEvents, serveRequests } from "./ipc.ts";
import { externalTarget, isOwnUrl, isPermitted, isRequestAllowed, webPreferences, windowUrl } from "./security.ts";
import { followServerSetting } from "./serve.ts";

protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
electron.enableSandbox();
electron.on("web-contents-created", (_, contents) => confine(contents));

const files = process.argv
  .slice(electron.isPackaged ? 1 : 2)
  .filter((argument) => !argument.startsWith("-"))
  .map((file) => resolve(file));

// A second start hands its files to the first one and ends.
if (electron.requestSingleInstanceLock({ files })) void electron.whenReady().then(start);
else electron.quit();

async function start(): Promise<void> {
  const respond = await loadAssets(join(import.meta.dirname, "..", "renderer"));
  protocol.handle("app", (request) => (isOwnUrl(request.url) ? respond(request) : new Response(null, { status: 403 })));
  confineSession();
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu()));
  const app = await createApp(desktop).catch((error: unknown) => {
    dialog.showErrorBox("Folio cannot open its library", error instanceof Error ? error.message : String(error));
    electron.exit(1);
    throw error;
  });
  serveRequests(app);
  const programs = followServerSetting(app);
  let window = openWindow(app);
  electron.on("activate", () => {
    if (window.isDestroyed()) window = openWindow(app);
  });
  electron.on("second-instance", (_, __, ___, data) => {
    if (window.isDestroyed()) window = openWindow(app);
    if (window.isMinimized()) window.restore();
    window.focus();
    void importPaths(app, (data as { files: string[] }).files);
  });
  electron.on("open-file", (event, path) => {
    event.preventDefault();
    void importPaths(app, [path]);
  });
  closeWithElectron(() => Promise.allSettled([programs.close(), app.close()]));
  await importPaths(app, files);
}

const desktop: Desktop = {
  showInFolder: (path) => shell.showItemInFolder(path),
  async saveAs({ name, text }) {
    const { filePath, canceled } = await dialog.showSaveDialog({ defaultPath: join(electron.getPath("documents"), name) });
    if (!canceled && filePath) await writeFile(filePath, text);
  },
};

function openWindow(app: App): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 640,
    minHeight: 480,
    show: false,
    webPreferences: webPreferences(join(import.meta.dirname, "..", "preload", "index.cjs")),
  });
  sendEvents(app, window.webContents);
  window.once("ready-to-show", () => window.show());
  window.webContents.on("render-process-gone", () => window.reload());
  void window.loadURL(windowUrl);
  return window;
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
    message: "Open this address in your browser?",
    detail: target,
    buttons: ["Cancel", "Open"],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) await shell.openExternal(target);
}

/** Quitting waits for the app to close, but not longer than three seconds. */
function closeWithElectron(close: () => Promise<unknown>): void {
  electron.on("window-all-closed", () => process.platform === "darwin" || electron.quit());
  electron.once("before-quit", (event) => {
    event.preventDefault();
    const limit = new Promise((resolve) => setTimeout(resolve, 3000));
    void Promise.race([close(), limit]).finally(() => electron.exit());
  });
}

function menu(): MenuItemConstructorOptions[] {
  const mac: MenuItemConstructorOptions[] = process.platform === "darwin" ? [{ role: "appMenu" }] : [];
  const view: MenuItemConstructorOptions[] = [
    { role: "resetZoom" },
    { role: "zoomIn" },
    { role: "zoomOut" },
    { type: "separator" },
    { role: "togglefullscreen" },
  ];
  return [...mac, { role: "fileMenu" }, { role: "editMenu" }, { label: "View", submenu: view }, { role: "windowMenu" }];
}
