/**
 * The app without a window: what can be asked of it, and its parts put together. Documents are parsed in the parser child, everything of the
 * model happens in the engine child, and what people made is in the library.
 */
import { existsSync } from "node:fs";
import { type DocumentInfo, defaultSettings, type ExportedFile, type Requests } from "../preload/api.ts";
import { ReadingAhead } from "./ahead.ts";
import { type Answered, Asker, type AskOptions, type Inquiry } from "./asker.ts";
import { Recogniser } from "./documents/recognition.ts";
import { EngineError } from "./engine/errors.ts";
import { EngineKeeper } from "./engine/keeper.ts";
import { reportDamagedProfile } from "./engine/profile.ts";
import { openLibrary } from "./library/library.ts";
import { Calibrator } from "./models/calibrator.ts";
import { readMachine } from "./models/machine.ts";
import { Models } from "./models/models.ts";
import { capSnapshots, modelRequests, snapshotsOf } from "./models/requests.ts";
import { readQuality } from "./quality.ts";
import { loadSettings, saveSettings, settingsSchema } from "./settings.ts";
import { Shelf } from "./shelf.ts";
import { keepReadingSpeed } from "./speed.ts";
import { type EventListener, LiveState } from "./state.ts";
import { dataFolder } from "./system/folders.ts";
import { Talk } from "./talk.ts";

export type { EventListener } from "./state.ts";

/** What a host serves. */
export type App = {
  requests: Requests;
  /** For programs: documents and questions beside the window's conversation. */
  programs: Programs;
  /** Brings a document that the system asked for before the reader's eyes. */
  show(documentId: string): void;
  on(listener: EventListener): () => void;
  close(): Promise<void>;
};

export type Programs = {
  /** Adds a file; resolves when it can be asked about, or has failed. @throws EngineError when it was removed meanwhile */
  addDocument(name: string, bytes: Uint8Array): Promise<DocumentInfo>;
  /** @throws EngineError */
  ask(inquiry: Inquiry, options: AskOptions): Promise<Answered>;
  /** Tells a person what failed while nobody had asked for anything. */
  notice(error: unknown): void;
};

/** What a host with the system's own dialogs can do; a browser cannot. */
export type Desktop = {
  /** Shows a file in the system's file manager. */
  showInFolder(path: string): void;
  /** Asks where to save a file, and saves it there unless that is cancelled. */
  saveAs(file: ExportedFile): Promise<void>;
};

/** Starts the app with its library; the model loads in the background. @throws LibraryError, e.g. when another Folio has the library */
export async function createApp(desktop: Desktop | null = null): Promise<App> {
  const { settings, problem } = await loadSettings();
  const state = new LiveState(settings, await readMachine(), await readQuality(), desktop !== null);
  const library = await openLibrary(
    dataFolder(),
    (error) => state.notice(error),
    (id) => snapshotsOf(state).clear(id),
  );
  const known = library.notice ?? problem;
  if (known) state.notice(known);
  const models = await Models.open(state);
  const engine = new EngineKeeper({
    model: models.request,
    snapshotCapBytes: () => state.now.settings.snapshotCapBytes,
    onEnd: () => shelf.forgetGiven(),
    onStatus: (status) => state.set("engine", { engine: status }),
    onModel: (model) => {
      state.set("model", { model: model && { ...model, readingSpeed: library.documents.readingSpeed(model.sha256) } });
      if (model) shelf.showTokensOf(model.sha256);
      if (model) void reportDamagedProfile(model).then((damaged) => damaged && state.notice(damaged), console.error);
    },
  });
  const shelf = new Shelf(state, library, engine);
  const asker = new Asker(state, library, engine, shelf);
  const ahead = new ReadingAhead(state, asker);
  const talk = new Talk(state, library, asker, ahead);
  keepReadingSpeed(state, library);
  shelf.load(library.documents.lastModel);
  talk.load();
  const calibrator = new Calibrator(state, engine);
  const recogniser = new Recogniser();
  void models.refresh();
  // The first search waits for its process and for the disk, so it is made before anyone can ask for one. A later one tells what fails.
  void library.search("in").catch(() => {});

  const requests: Requests = {
    getState: async () => state.now,
    importFile: (name, bytes, source) =>
      shelf.add(name, bytes, source ?? null, (id) => {
        if (state.now.conversation === null) talk.begin([id]);
      }),
    checkSource: (id) => shelf.checkSource(id),
    addChangedSource: async (id) => {
      const { name, source, bytes } = await shelf.readSource(id);
      return await requests.importFile(name, bytes, source);
    },
    removeDocument: (id) => shelf.remove(id),
    restoreDocument: async (id) => shelf.restore(id),
    renameDocument: async (id, name) => shelf.rename(id, name),
    moveDocument: async (id, folder) => shelf.move(id, folder),
    showInFolder: async (id) => {
      const { source, copy } = library.documents.places(id);
      desktop?.showInFolder(source !== null && existsSync(source) ? source : copy);
    },
    search: (words) => library.search(words),
    getPages: async (id) => (await library.documents.text(id)).pages,
    getFile: (id) => library.documents.file(id),
    pin: async (id, start, end) => shelf.pin(id, start, end),
    unpin: async (id, start) => shelf.unpin(id, start),
    recognisePage: async (id, page, picture) => {
      ahead.stopFor(id);
      const { name = "" } = state.document(id) ?? {};
      const recognised = await recogniser.recognise(name, picture);
      talk.movePlaces(id, await shelf.addRecognised(id, page, recognised));
    },
    finishRecognition: async (id) => {
      await shelf.count(id);
      if (state.document(id)?.phase !== "ready") return;
      if (state.now.conversation === null) talk.begin([id]);
      else if (state.now.conversation.documentIds.includes(id)) void ahead.read();
    },
    openConversation: async (documentIds) => {
      state.set("opened", { opened: null });
      talk.begin(documentIds);
    },
    showConversation: async (id) => {
      state.set("opened", { opened: null });
      await talk.open(id);
    },
    addToConversation: async (id) => talk.addDocument(id),
    renameConversation: async (id, title) => talk.rename(id, title),
    removeConversation: async (id) => talk.remove(id),
    restoreConversation: async (id) => talk.restore(id),
    branch: async (turnId, question) => talk.branch(turnId, question),
    exportConversation: async (id, format, language) => {
      const conversation = library.conversations.get(id);
      // With what it needs for formulas and tables, only now that it is needed.
      const { exportConversation } = await import("./library/export.ts");
      const file = await exportConversation(library.conversations.info(id)!, conversation, format, language);
      if (!desktop) return file;
      await desktop.saveAs(file);
      return null;
    },
    changeExtent: async (extent) => talk.changeExtent(extent),
    countPrompt: (question) => talk.countPrompt(question),
    ask: async (question) => talk.ask(question),
    compare: async (turnId) => talk.compare(turnId),
    stop: async () => talk.stop(),
    changeSettings: async (changes) => {
      const parsed = settingsSchema.safeParse({ ...state.now.settings, ...changes });
      if (!parsed.success) throw new EngineError("bad-setting", "This setting cannot have that value: choose another one.");
      state.set("settings", { settings: parsed.data });
      await saveSettings(parsed.data);
      if (changes.snapshotCapBytes !== undefined) await capSnapshots(state, engine);
    },
    resetSettings: () => requests.changeSettings(defaultSettings),
    closeNotice: async () => state.set("notice", { notice: null }),
    ...modelRequests({ state, models, engine, talk, ahead, calibrator }),
  };
  return {
    requests,
    programs: {
      addDocument: (name, bytes) => shelf.addAndWait(name, bytes),
      ask: (inquiry, options) => asker.ask(inquiry, options),
      notice: (error) => state.notice(error),
    },
    show: (documentId) => state.set("opened", { opened: documentId }),
    on: (listener) => state.on(listener),
    async close() {
      calibrator.close();
      recogniser.close();
      await models.close();
      shelf.close();
      talk.close();
      asker.close();
      engine.close();
      await library.close();
    },
  };
}
