/** Opening the browser host's address in something that looks like an app: Chromium's app window, else the default browser. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** An app window that is known to be open, with `closed` for when it is not any more; or something that was merely asked to open. */
export type OpenedWindow = { kind: "app"; browser: string; closed: Promise<void>; close(): void } | { kind: "browser" };

/** Null when there is no display or nothing to open it with. */
export async function openWindow(url: string): Promise<OpenedWindow | null> {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return null;
  const browser = chromiumPaths().find((path) => existsSync(path));
  if (browser) return openAppWindow(browser, url);
  return (await openWithSystem(url)) ? { kind: "browser" } : null;
}

/** Opens an address or a folder with what the system has for it; resolves to whether there is something. */
export function openWithSystem(target: string): Promise<boolean> {
  const [command, ...args] = systemOpener(target);
  return started(spawn(command!, args, { stdio: "ignore", detached: true }));
}

/** The window has a profile of its own for as long as it lives: no extensions, no other tabs, no traces. */
async function openAppWindow(browser: string, url: string): Promise<OpenedWindow | null> {
  const profile = await mkdtemp(join(tmpdir(), "folio-window-"));
  const args = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    "--window-size=1280,800",
    // With this Chromium ends when the other end of the pipe does, so that it never outlives us.
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    // Chromium's sandbox refuses to run for root.
    ...(process.getuid?.() === 0 ? ["--no-sandbox", "--test-type"] : []),
  ];
  const child = spawn(browser, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const closed = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    .then(() => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }))
    .catch(() => {});
  if (!(await started(child))) return null;
  return { kind: "app", browser, closed, close: () => void child.kill() };
}

function started(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once("spawn", () => resolve(true));
    child.once("error", () => resolve(false));
  });
}

function chromiumPaths(): string[] {
  switch (process.platform) {
    case "darwin":
      return ["Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"].map(
        (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
      );
    case "win32": {
      const roots = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA].filter(
        (root) => root !== undefined,
      );
      const programs = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
      return programs.flatMap((program) => roots.map((root) => join(root, program)));
    }
    default: {
      const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser"];
      return names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
    }
  }
}

function systemOpener(url: string): string[] {
  switch (process.platform) {
    case "darwin":
      return ["open", url];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler", url];
    default:
      return ["xdg-open", url];
  }
}
