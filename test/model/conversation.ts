/** A real app, without a window, that tests ask questions of: the starter model, short answers. */
import { type App, createApp } from "../../main/app.ts";
import type { AppState, Turn } from "../../preload/api.ts";
import { childrenOf } from "../processes.ts";

/** Resolves once `found` says so of the app's state; looks at every change. */
export function until(app: App, found: (state: AppState) => boolean): Promise<AppState> {
  return new Promise((resolve) => {
    const look = async () => {
      const state = await app.requests.getState();
      if (!found(state)) return;
      stop();
      resolve(state);
    };
    const stop = app.on(() => void look());
    void look();
  });
}

/** Starts the app, and adds a document of this text unless it is there; resolves when questions can be asked of it. */
export async function openApp(name: string, text: string): Promise<{ app: App; documentId: string }> {
  const app = await createApp();
  const documentId = await app.requests.importFile(name, new TextEncoder().encode(text));
  await until(
    app,
    ({ documents, engine }) => engine.phase === "idle" && documents.some(({ id, phase }) => id === documentId && phase === "ready"),
  );
  await app.requests.openConversation([documentId]);
  return { app, documentId };
}

export const turnOf = (state: AppState, id: string): Turn | undefined => state.conversation?.turns.find((turn) => turn.id === id);
export const isSettled = (turn: Turn | undefined): turn is Extract<Turn, { phase: "done" | "failed" }> =>
  turn?.phase === "done" || turn?.phase === "failed";

/** The engine's process; this app's own, as long as only one runs in this process. */
export const engines = (): number[] => childrenOf(process.pid, "engine/process.ts");
