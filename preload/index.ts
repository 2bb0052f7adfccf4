/** The bridge into the sandboxed window: the contract's requests as named functions and `on`, nothing of Electron. */
import { contextBridge, ipcRenderer, webUtils } from "electron";
import { type EventName, type Events, eventChannel, type PreloadApi, requestChannel, requestNames } from "./api.ts";

type Listener = (payload: never) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(eventChannel, (_, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload as never);
});

function on<Name extends EventName>(name: Name, listener: (payload: Events[Name]) => void): () => void {
  const all = listeners.get(name) ?? new Set<Listener>();
  listeners.set(name, all);
  all.add(listener);
  return () => void all.delete(listener);
}

const requests = requestNames.map((name) => [name, (...args: unknown[]) => ipcRenderer.invoke(requestChannel, name, args)]);
contextBridge.exposeInMainWorld("folio", {
  ...Object.fromEntries(requests),
  on,
  pathOf: (file: File) => webUtils.getPathForFile(file),
} as PreloadApi);
