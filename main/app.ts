/**
 * The app without a window: what can be asked of it, and its parts put together. Documents are parsed in the parser child, everything of the
 * model happens in the engine child, and what people made is in the library.
 */
import type { Requests } from "../preload/api.ts";
import { defaultThreads } from "./engine/client.ts";
import { EngineError } from "./engine/errors.ts";
import { EngineKeeper } from "./engine/keeper.ts";
import { defaultModelFile } from "./engine/models.ts";
import { dataFolder } from "./folders.ts";
import { openLibrary } from "./library/library.ts";
import { loadSettings, saveSettings, settingsSchema } from "./settings.ts";
import { Shelf } from "./shelf.ts";
import { keepReadingSpeed } from "./speed.ts";
import { type EventListener, LiveState } from "./state.ts";
import { Talk } from "./talk.ts";

export type { EventListener } from "./state.ts";

/** What a host serves. */
export type App = {
  requests: Requests;
  on(listener: EventListener): () => void;
  close(): Promise<void>;
};

/** Starts the app with its library; the model loads in the background. @throws LibraryError, e.g. when another Folio has the library */
export async function createApp(): Promise<App> {
  const state = new LiveState(await loadSettings());
  const library = await openLibrary(dataFolder(), (error) => state.notice(error));
  if (library.notice) state.notice(library.notice);
  const engine = new EngineKeeper({
    file: defaultModelFile(),
    threads: defaultThreads(),
    onCrash: () => shelf.forgetGiven(),
    onStatus: (status) => state.set("engine", { engine: status }),
    onModel: (model) => {
      state.set("model", { model: model && { ...model, readingSpeed: library.documents.readingSpeed(model.sha256) } });
      if (model) shelf.showTokensOf(model.sha256);
    },
  });
  const shelf = new Shelf(state, library, engine);
  const talk = new Talk(state, library, engine, shelf);
  keepReadingSpeed(state, library);
  shelf.load(library.documents.lastModel);
  talk.load();

  const requests: Requests = {
    getState: async () => state.now,
    importFile: (name, bytes, source) =>
      shelf.add(name, bytes, source ?? null, (id) => {
        if (state.now.conversation === null) talk.begin([id]);
      }),
    removeDocument: (id) => shelf.remove(id),
    restoreDocument: async (id) => shelf.restore(id),
    getPages: async (id) => (await library.documents.text(id)).pages,
    getFile: (id) => library.documents.file(id),
    openConversation: async (documentIds) => talk.begin(documentIds),
    countPrompt: (question) => talk.countPrompt(question),
    ask: async (question) => talk.ask(question),
    stop: async () => talk.stop(),
    changeSettings: async (changes) => {
      const parsed = settingsSchema.safeParse({ ...state.now.settings, ...changes });
      if (!parsed.success) throw new EngineError("bad-setting", "This setting cannot have that value: choose another one.");
      state.set("settings", { settings: parsed.data });
      await saveSettings(parsed.data);
    },
    closeNotice: async () => state.set("notice", { notice: null }),
  };
  return {
    requests,
    on: (listener) => state.on(listener),
    async close() {
      shelf.close();
      talk.close();
      engine.close();
      library.close();
    },
  };
}
