/** The truth that windows mirror: the state, and who is told of its changes. */
import { totalmem } from "node:os";
import { availableMemory } from "node:process";
import {
  type AppError,
  type AppState,
  type Conversation,
  type DocumentInfo,
  type EventName,
  type Events,
  type Machine,
  nothingAllocated,
  type QualityStep,
  type Settings,
  type Turn,
} from "../preload/api.ts";
import { sentence } from "../preload/sentences.ts";
import { asLibraryError } from "./library/errors.ts";
import { PlainError } from "./plain-error.ts";
import { dataFolder, modelsFolder, snapshotsFolder } from "./system/folders.ts";

export type EventListener = <Name extends EventName>(name: Name, payload: Events[Name]) => void;

export class LiveState {
  readonly now: AppState;
  readonly #listeners = new Set<EventListener>();

  constructor(settings: Settings, machine: Machine, quality: QualityStep[], desktop: boolean) {
    this.now = {
      engine: { phase: "starting" },
      safeMode: false,
      model: null,
      settings,
      documents: [],
      conversations: [],
      conversation: null,
      comparison: null,
      memory: { ...nothingAllocated, systemFreeBytes: availableMemory(), systemTotalBytes: totalmem() },
      models: [],
      downloads: [],
      calibration: null,
      machine,
      quality,
      folders: { data: dataFolder(), models: modelsFolder(), snapshots: snapshotsFolder() },
      notice: null,
      opened: null,
      desktop,
    };
  }

  on(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit<Name extends EventName>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners) listener(name, payload);
  }

  set<Name extends keyof AppState & EventName>(name: Name, change: Pick<AppState, Name>): void {
    Object.assign(this.now, change);
    this.emit(name, (change as Pick<AppState & Events, Name>)[name]);
  }

  document(id: string): DocumentInfo | null {
    return this.now.documents.find((known) => known.id === id) ?? null;
  }

  showDocument(document: DocumentInfo): void {
    const at = this.now.documents.findIndex(({ id }) => id === document.id);
    if (at >= 0) this.now.documents[at] = document;
    else this.now.documents.push(document);
    this.emit("document", document);
  }

  hideDocument(id: string): void {
    this.now.documents = this.now.documents.filter((document) => document.id !== id);
    this.emit("documentRemoved", id);
  }

  /** Puts a turn in its place in `conversation`, and tells of it if that is the open one. */
  showTurn(conversation: Conversation, turn: Turn): void {
    const open = this.now.conversation;
    // One that was left and opened again meanwhile was read from the library anew.
    const { turns } = open?.id === conversation.id ? open : conversation;
    const at = turns.findIndex(({ id }) => id === turn.id);
    if (at >= 0) turns[at] = turn;
    else turns.push(turn);
    if (turns === open?.turns) this.emit("turn", turn);
  }

  /** Tells a person what failed while nobody had asked for anything. */
  notice(error: unknown): void {
    this.set("notice", { notice: plainError(error) });
  }
}

/** Expected failures keep their sentence; anything else is logged and becomes one. */
export function plainError(thrown: unknown): AppError {
  const error = asLibraryError(thrown);
  if (error instanceof PlainError) return error.told;
  console.error(error);
  return { code: "unexpected", ...sentence("Something unexpected went wrong. Nothing was lost: try again.") };
}
