/** The router and the events over Electron's IPC. The only file that imports `ipcMain`. */
import { ipcMain, type WebContents } from "electron";
import { eventChannel, requestChannel } from "../preload/api.ts";
import type { App } from "./app.ts";
import { createRouter } from "./hosts/router.ts";
import { isTrustedSender } from "./hosts/security.ts";

/** Answers the requests of our own page, and of nothing else. */
export function serveRequests(app: App): void {
  const route = createRouter(app.requests);
  ipcMain.handle(requestChannel, (event, name: unknown, args: unknown) => {
    if (!isTrustedSender(event)) throw new Error("Refused");
    return route(name, args);
  });
}

/** Sends every event to a window until it is gone. */
export function sendEvents(app: App, contents: WebContents): void {
  const stop = app.on((name, payload) => {
    if (!contents.isDestroyed()) contents.send(eventChannel, name, payload);
  });
  contents.once("destroyed", stop);
}
