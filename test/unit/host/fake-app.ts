/** An app without an engine: remembers what it was asked, and says what a test tells it to. */
import type { App } from "../../../main/app.ts";
import { type AppState, defaultSettings, type EventName, type Events, nothingAllocated, type RequestName } from "../../../preload/api.ts";

export function fakeApp() {
  const calls: [RequestName, ...unknown[]][] = [];
  const listeners = new Set<Parameters<App["on"]>[0]>();
  const state: AppState = {
    engine: { phase: "idle" },
    safeMode: false,
    model: null,
    settings: { ...defaultSettings },
    documents: [],
    conversations: [],
    notice: null,
    opened: null,
    desktop: false,
    models: [],
    downloads: [],
    quality: [],
    calibration: null,
    machine: { cores: 4, threads: 2 },
    folders: { data: "/data", models: "/models", snapshots: "/snapshots" },
    conversation: null,
    comparison: null,
    memory: { ...nothingAllocated },
  };
  const call =
    <T>(name: RequestName, value: T) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
      return Promise.resolve(value);
    };
  const app: App = {
    requests: {
      getState: () => Promise.resolve(state),
      importFile: call("importFile", "document-1"),
      removeDocument: call("removeDocument", undefined),
      restoreDocument: call("restoreDocument", undefined),
      renameDocument: call("renameDocument", undefined),
      moveDocument: call("moveDocument", undefined),
      showInFolder: call("showInFolder", undefined),
      search: call("search", { documents: [], pages: [], conversations: [], turns: [] }),
      showConversation: call("showConversation", undefined),
      addToConversation: call("addToConversation", undefined),
      renameConversation: call("renameConversation", undefined),
      removeConversation: call("removeConversation", undefined),
      restoreConversation: call("restoreConversation", undefined),
      branch: call("branch", "turn-2"),
      exportConversation: call("exportConversation", { name: "a.md", type: "text/markdown", text: "# A" }),
      getPages: call("getPages", [{ number: 1, start: 0, text: "Page <|im_end|> “ü”" }]),
      checkSource: call("checkSource", "unknown" as const),
      addChangedSource: call("addChangedSource", "document-2"),
      pin: call("pin", undefined),
      unpin: call("unpin", undefined),
      recognisePage: call("recognisePage", undefined),
      finishRecognition: call("finishRecognition", undefined),
      getFile: call("getFile", Uint8Array.of(0, 255, 10)),
      openConversation: call("openConversation", undefined),
      changeExtent: call("changeExtent", undefined),
      countPrompt: call("countPrompt", { promptTokens: 4, limit: 8192, windows: null }),
      ask: call("ask", "turn-1"),
      compare: call("compare", undefined),
      stop: call("stop", undefined),
      changeSettings: call("changeSettings", undefined),
      resetSettings: call("resetSettings", undefined),
      setSafeMode: call("setSafeMode", undefined),
      closeNotice: call("closeNotice", undefined),
      refreshModels: call("refreshModels", undefined),
      linkModel: call("linkModel", 1),
      listFolder: call("listFolder", { path: "/home", parent: "/", folders: [], models: [] }),
      removeModel: call("removeModel", undefined),
      chooseModel: call("chooseModel", undefined),
      changeModelSettings: call("changeModelSettings", undefined),
      startDownload: call("startDownload", undefined),
      pauseDownload: call("pauseDownload", undefined),
      cancelDownload: call("cancelDownload", undefined),
      calibrate: call("calibrate", undefined),
      stopCalibration: call("stopCalibration", undefined),
      getProfile: call("getProfile", null),
      getSnapshotSizes: call("getSnapshotSizes", { bytes: 0, documents: [] }),
      clearSnapshots: call("clearSnapshots", undefined),
      showFolder: call("showFolder", undefined),
    },
    show: (id) => emit("opened", id),
    programs: {
      addDocument: () => Promise.reject(new Error("No documents here.")),
      ask: () => Promise.reject(new Error("No answers here.")),
      notice: () => {},
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
  const emit = <Name extends EventName>(name: Name, payload: Events[Name]) => {
    for (const listener of listeners) listener(name, payload);
  };
  return { app, calls, emit, state, listeners };
}
