/** Which host runs the window: Electron where its binary can run, else the browser host. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type Host = { kind: "electron"; binary: string; reason: string } | { kind: "browser"; reason: string };

/** The choice and, in one line, why. Looks only; the electron package's own entry would start a download. */
export function chooseHost(): Host {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  } catch {
    return { kind: "browser", reason: "browser host (Electron is not installed)" };
  }
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = join(folder, "path.txt");
  const name = existsSync(pathFile) ? readFileSync(pathFile, "utf8").trim() : process.platform === "win32" ? "electron.exe" : "electron";
  const binary = override ? join(override, name) : join(folder, "dist", name);
  if (!existsSync(binary)) return { kind: "browser", reason: "browser host (Electron's binary is not on this machine)" };
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { kind: "browser", reason: "browser host (there is no display for Electron)" };
  }
  return { kind: "electron", binary, reason: "Electron" };
}
