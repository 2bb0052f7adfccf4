/**
 * The app without a window: owns the truth that windows mirror. Requests come in, events with what changed go out.
 * Documents are parsed in the parser child, everything of the model happens in the engine child.
 */
import { randomUUID } from "node:crypto";
import { totalmem } from "node:os";
import { availableMemory } from "node:process";
import type { AppError, AppState, DocumentInfo, EventName, Events, MemoryReport, Requests, Settings, Turn } from "../preload/api.ts";
import { cleanName, DocumentError, type ParsedDocument, parseDocument } from "./documents/import.ts";
import { defaultThreads } from "./engine/client.ts";
import { EngineError } from "./engine/errors.ts";
import { EngineKeeper } from "./engine/keeper.ts";
import { defaultModelFile } from "./engine/models.ts";
import type { PastTurn } from "./engine/prompt.ts";
import type { TurnResult } from "./engine/turn.ts";
import { loadSettings, saveSettings, settingsSchema } from "./settings.ts";

export type EventListener = <Name extends EventName>(name: Name, payload: Events[Name]) => void;

/** What a host serves. */
export type App = {
  requests: Requests;
  on(listener: EventListener): () => void;
  close(): Promise<void>;
};

/** Starts the app; the model loads in the background. */
export async function createApp(): Promise<App> {
  return new FolioApp(await loadSettings());
}

class FolioApp implements App {
  readonly #state: AppState;
  readonly #listeners = new Set<EventListener>();
  readonly #texts = new Map<string, ParsedDocument>();
  readonly #files = new Map<string, Uint8Array>();
  readonly #imports = new Map<string, AbortController>();
  readonly #engine: EngineKeeper;
  /** Aborts what the engine reads or answers now; a question may wait while its document is still being read ahead. */
  readonly #current = new Set<AbortController>();

  constructor(settings: Settings) {
    this.#state = { engine: { phase: "starting" }, model: null, settings, documents: [], conversation: null, memory: nothingAllocated() };
    this.#engine = new EngineKeeper({
      file: defaultModelFile(),
      threads: defaultThreads(),
      texts: () => [...this.#texts].map(([documentId, { text }]) => ({ documentId, text })),
      onStatus: (engine) => this.#set("engine", { engine }),
      onModel: (model) => this.#set("model", { model }),
    });
  }

  readonly requests: Requests = {
    getState: () => Promise.resolve(this.#state),
    importFile: (name, bytes) => {
      const id = randomUUID();
      const controller = new AbortController();
      this.#imports.set(id, controller);
      void this.#import(id, cleanName(name), bytes, controller.signal).finally(() => this.#imports.delete(id));
      return Promise.resolve(id);
    },
    removeDocument: async (id) => {
      this.#imports.get(id)?.abort();
      this.#texts.delete(id);
      this.#files.delete(id);
      this.#state.documents = this.#state.documents.filter((document) => document.id !== id);
      this.#emit("documentRemoved", id);
      if (this.#state.conversation?.documentIds.includes(id)) {
        this.#abortCurrent();
        this.#set("conversation", { conversation: null });
      }
      await this.#engine.removeDocument(id);
    },
    getPages: (id) => {
      const document = this.#texts.get(id);
      return document ? Promise.resolve(document.pages) : Promise.reject(gone());
    },
    getFile: (id) => {
      const bytes = this.#files.get(id);
      return bytes ? Promise.resolve(bytes) : Promise.reject(gone());
    },
    openConversation: (documentIds) => {
      if (documentIds.length === 0 || documentIds.some((id) => !this.#texts.has(id))) return Promise.reject(gone());
      const open = this.#state.conversation;
      if (open && open.turns.length === 0 && open.documentIds.join() === documentIds.join()) return Promise.resolve();
      this.#abortCurrent();
      this.#set("conversation", { conversation: { id: randomUUID(), documentIds, turns: [] } });
      void this.#read(documentIds);
      return Promise.resolve();
    },
    countPrompt: async (question) => {
      const { documentIds, turns } = this.#conversation();
      return await this.#engine.call<"countPrompt">({ op: "countPrompt", documentIds, history: pastTurns(turns), question });
    },
    ask: (question) => {
      const conversation = this.#conversation();
      if (conversation.turns.some((turn) => turn.phase === "waiting" || turn.phase === "answering")) {
        return Promise.reject(new EngineError("busy", "The last question is still being answered: wait for it or stop it."));
      }
      const turn: Turn = { id: randomUUID(), question: question.trim(), answer: "", phase: "waiting" };
      conversation.turns.push(turn);
      this.#emit("turn", turn);
      void this.#answer(conversation, turn);
      return Promise.resolve(turn.id);
    },
    stop: () => {
      this.#abortCurrent();
      return Promise.resolve();
    },
    changeSettings: async (changes) => {
      const parsed = settingsSchema.safeParse({ ...this.#state.settings, ...changes });
      if (!parsed.success) throw new EngineError("bad-setting", "This setting cannot have that value: choose another one.");
      this.#set("settings", { settings: parsed.data });
      await saveSettings(parsed.data);
    },
  };

  on(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    for (const controller of this.#imports.values()) controller.abort();
    this.#engine.close();
    await Promise.resolve();
  }

  async #import(id: string, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const base = { id, name, fileBytes: bytes.length };
    this.#showDocument({ ...base, phase: "parsing", pagesDone: 0, pagesTotal: 0 });
    try {
      const document = await parseDocument(name, bytes, {
        signal,
        onProgress: (pagesDone, pagesTotal) => this.#showDocument({ ...base, phase: "parsing", pagesDone, pagesTotal }),
      });
      signal.throwIfAborted();
      this.#texts.set(id, document);
      this.#files.set(id, bytes);
      const counted = { pages: document.pages.length, characters: document.text.length };
      this.#showDocument({ ...base, phase: "counting", ...counted });
      const tokens = await this.#engine.call<"addDocument">({ op: "addDocument", documentId: id, text: document.text });
      signal.throwIfAborted();
      this.#showDocument({ ...base, phase: "ready", ...counted, tokens, emptyPages: document.emptyPages });
      if (this.#state.conversation === null) await this.requests.openConversation([id]);
    } catch (error) {
      if (!signal.aborted) this.#showDocument({ ...base, phase: "failed", error: plainError(error) });
    }
  }

  /** Reads ahead, so that the first question finds the document read. */
  async #read(documentIds: string[]): Promise<void> {
    const controller = this.#begin();
    try {
      await this.#engine.call<"read">(
        { op: "read", documentIds, readingKv: this.#state.settings.readingKv },
        this.#hooks(controller.signal),
      );
    } catch (error) {
      // What prevents reading is said when a question is asked; stopping is no failure.
      if (!(error instanceof EngineError)) console.error(error);
    } finally {
      this.#end(controller);
    }
  }

  async #answer(conversation: NonNullable<AppState["conversation"]>, turn: Turn): Promise<void> {
    const controller = this.#begin();
    const { settings } = this.#state;
    const history = pastTurns(conversation.turns.filter((past) => past !== turn));
    let answer = "";
    const show = (shown: Turn) => {
      const at = conversation.turns.findIndex(({ id }) => id === shown.id);
      if (at >= 0) conversation.turns[at] = shown;
      if (this.#state.conversation === conversation) this.#emit("turn", shown);
    };
    const base = { id: turn.id, question: turn.question };
    try {
      const request = {
        documentIds: conversation.documentIds,
        history,
        question: turn.question,
        policy: settings.policy,
        budget: settings.budget,
        window: "question" as const,
        mode: settings.mode,
        readingKv: settings.readingKv,
        answeringKv: settings.answeringKv,
        maxAnswerTokens: settings.maxAnswerTokens,
        temperature: 0,
      };
      const result = await this.#engine.call<"ask">(
        { op: "ask", request },
        {
          ...this.#hooks(controller.signal, turn.id),
          onText: (text) => {
            if (answer === "") show({ ...base, answer, phase: "answering" });
            answer += text;
            const shown = conversation.turns.find(({ id }) => id === turn.id);
            if (shown) shown.answer = answer;
            if (this.#state.conversation === conversation) this.#emit("answer", { turnId: turn.id, text });
          },
        },
      );
      show({ ...base, ...this.#doneTurn(conversation, result) });
    } catch (error) {
      const stopped = error instanceof EngineError && error.code === "stopped";
      show({
        ...base,
        answer,
        phase: "failed",
        error: stopped ? { code: "stopped", message: "Stopped before the answer began." } : plainError(error),
      });
    } finally {
      this.#end(controller);
    }
  }

  #doneTurn(conversation: NonNullable<AppState["conversation"]>, result: TurnResult) {
    const { details: _, evidence, ...done } = result;
    return {
      phase: "done" as const,
      ...done,
      evidence: evidence.map(({ documentIndex, start, end, score }) => {
        const documentId = conversation.documentIds[documentIndex]!;
        const document = this.#texts.get(documentId);
        const page = document?.pages.findLast((candidate) => candidate.start <= start)?.number ?? 1;
        return { documentId, page, start, end, text: document?.text.slice(start, end) ?? "", score };
      }),
    };
  }

  #begin(): AbortController {
    const controller = new AbortController();
    this.#current.add(controller);
    return controller;
  }

  #end(controller: AbortController): void {
    this.#current.delete(controller);
    if (this.#current.size === 0) this.#engine.idle();
  }

  #abortCurrent(): void {
    for (const controller of this.#current) controller.abort();
  }

  #hooks(signal: AbortSignal, turnId = "") {
    return {
      signal,
      onStatus: (status: Extract<AppState["engine"], { phase: "reading" | "answering" }>) =>
        this.#set("engine", { engine: status.phase === "answering" ? { ...status, turnId } : status }),
      onMemory: (memory: MemoryReport) => this.#set("memory", { memory }),
    };
  }

  #conversation() {
    const { conversation } = this.#state;
    if (conversation === null) throw new EngineError("nothing-to-read", "There is no document to ask about: add one first.");
    return conversation;
  }

  #showDocument(document: DocumentInfo): void {
    const at = this.#state.documents.findIndex(({ id }) => id === document.id);
    if (at >= 0) this.#state.documents[at] = document;
    else this.#state.documents.push(document);
    this.#emit("document", document);
  }

  #set<Name extends keyof AppState & EventName>(name: Name, change: Pick<AppState, Name>): void {
    Object.assign(this.#state, change);
    this.#emit(name, change[name] as Events[Name]);
  }

  #emit<Name extends EventName>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners) listener(name, payload);
  }
}

/** Finished exchanges as history; a stopped answer counts with what was said, one without words does not. */
function pastTurns(turns: readonly Turn[]): PastTurn[] {
  return turns.filter(({ answer }) => answer.trim() !== "").map(({ question, answer }) => ({ question, answer }));
}

/** Expected failures keep their sentence; anything else is logged and becomes one. */
function plainError(error: unknown): AppError {
  if (error instanceof EngineError || error instanceof DocumentError) return { code: error.code, message: error.message };
  console.error(error);
  return { code: "unexpected", message: "Something unexpected went wrong. Nothing was lost: try again." };
}

function gone(): EngineError {
  return new EngineError("nothing-to-read", "This document is not there any more: add it again.");
}

function nothingAllocated(): MemoryReport {
  return {
    weightsBytes: 0,
    readingPlace: "none",
    readingBytes: 0,
    answeringBytes: 0,
    computeBytes: 0,
    fullBytes: 0,
    promptTokens: 0,
    keptTokens: 0,
    keptPerLayer: [],
    processBytes: 0,
    systemFreeBytes: availableMemory(),
    systemTotalBytes: totalmem(),
  };
}
