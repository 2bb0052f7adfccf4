/** What a person can do in the window: requests to main, and moves within the window. The only file that calls `FolioApi`. */

import type { DocumentInfo, EventName, Events, FolioApi, Settings } from "../preload/api.ts";
import { follow, problemOf } from "./events.ts";
import { type Dialog, useFolio } from "./store.ts";

const { getState: state, setState: set } = useFolio;
let api: FolioApi;

/** Runs a request; its failure becomes the message at the bottom of the window. */
async function attempt<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    set({ problem: problemOf(error) });
    return null;
  }
}

/** Mirrors main's state into the store and follows its events; call the result to stop. */
export async function connect(to: FolioApi): Promise<() => void> {
  api = to;
  const listen = <Name extends EventName>(name: Name) =>
    to.on(name, (payload: Events[Name]) => {
      const before = state();
      set(follow[name](before, payload, Date.now()));
      if (name === "document") noticeDocument(before.documents, payload as Events["document"]);
      if (name === "documentRemoved" && state().viewing === payload) void showDocument(firstReady());
    });
  const stops = (Object.keys(follow) as EventName[]).map((name) => listen(name));
  const initial = await attempt(to.getState());
  if (initial) {
    set({ ...initial, connected: true });
    const wanted = initial.conversation?.documentIds[0] ?? firstReady() ?? initial.documents[0]?.id ?? null;
    void showDocument(wanted);
    if (!initial.conversation) void openAlone(wanted);
  }
  return () => {
    for (const stop of stops) stop();
  };
}

const firstReady = (): string | null => state().documents.find((known) => known.phase === "ready")?.id ?? null;

/** A document that has just become ready is shown when it was dropped here or nothing is shown, and opened if nothing was asked yet. */
function noticeDocument(before: DocumentInfo[], changed: DocumentInfo) {
  if (state().viewing === null) set({ viewing: changed.id });
  if (changed.phase !== "ready" || before.find((known) => known.id === changed.id)?.phase === "ready") return;
  const awaited = state().awaited === changed.id;
  if (awaited) set({ awaited: null });
  if (awaited || state().viewing === changed.id) void showDocument(changed.id);
  if (awaited || state().conversation === null) void openAlone(changed.id);
}

/** Opens a conversation over one ready document, unless something was already asked in the present one. */
async function openAlone(documentId: string | null): Promise<void> {
  const { conversation, documents } = state();
  const ready = documents.some((known) => known.id === documentId && known.phase === "ready");
  if (!documentId || !ready || (conversation && conversation.turns.length > 0)) return;
  if (conversation?.documentIds.includes(documentId)) return;
  await attempt(api.openConversation([documentId]));
}

/** Files that main may be opening at the same time: it holds all their bytes. */
const openedAtOnce = 4;

/** Resolves once main has room for another file. */
function roomForFile(): Promise<void> {
  const hasRoom = () => state().documents.filter((known) => known.phase === "parsing").length < openedAtOnce;
  return new Promise((resolve) => {
    if (hasRoom()) return resolve();
    const stop = useFolio.subscribe(() => {
      if (!hasRoom()) return;
      stop();
      resolve();
    });
  });
}

/** Imports files one after another; the first one is shown when it is ready. */
export async function importFiles(arriving: readonly File[] | Promise<readonly File[]>): Promise<void> {
  const files = await attempt(Promise.resolve(arriving));
  if (files?.length === 0)
    set({ problem: { code: "nothing-to-add", message: "There is nothing in it that Folio can read: add documents or text." } });
  for (const [index, file] of files?.entries() ?? []) {
    await roomForFile();
    const id = await attempt(file.arrayBuffer().then((buffer) => api.importFile(file.name, new Uint8Array(buffer))));
    if (id === null || index > 0) continue;
    set({ awaited: id, viewing: id, pages: null, focus: null, tab: "document" });
    const known = state().documents.find((candidate) => candidate.id === id);
    if (known) noticeDocument([], known);
  }
}

/** Shows a document's text in the viewer. */
export async function showDocument(documentId: string | null): Promise<void> {
  set({ viewing: documentId });
  if (documentId === null || state().pages?.documentId === documentId) return;
  set({ pages: null });
  if (state().documents.find((known) => known.id === documentId)?.phase !== "ready") return;
  const list = await attempt(api.getPages(documentId));
  if (list && state().viewing === documentId) set({ pages: { documentId, list } });
}

/** A click in the library: shows the document, and asks about it as long as nothing was asked about another one. */
export async function chooseDocument(documentId: string): Promise<void> {
  closeDialog();
  set({ focus: null, tab: "document" });
  await Promise.all([showDocument(documentId), openAlone(documentId)]);
}

/** Begins a conversation over these documents; one with questions in it is closed only when `confirmed`. */
export async function newConversation(documentIds: string[], confirmed = false): Promise<void> {
  if (documentIds.length === 0) return;
  if (!confirmed && (state().conversation?.turns.length ?? 0) > 0) {
    set({ dialog: { kind: "newConversation", documentIds } });
    return;
  }
  set({ focus: null, tab: "conversation" });
  await attempt(api.openConversation(documentIds));
}

/** Forgets a document; asks first when questions rest on it. */
export async function removeDocument(documentId: string, confirmed = false): Promise<void> {
  const { conversation } = state();
  if (!confirmed && conversation && conversation.turns.length > 0 && conversation.documentIds.includes(documentId)) {
    set({ dialog: { kind: "remove", documentId } });
    return;
  }
  await attempt(api.removeDocument(documentId));
}

/** Asks what the question box holds; it is emptied only once main took the question. */
export async function ask(): Promise<void> {
  const question = state().draft.trim();
  if (question === "") return;
  set({ problem: null, focus: null, draft: "" });
  const id = await attempt(api.ask(question));
  if (id === null && state().draft === "") set({ draft: question });
}

export const stop = () => attempt(api.stop());

/** Shown at once, and taken back if main refuses. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const before = state().settings;
  set({ settings: { ...before, ...changes } });
  if ((await attempt(api.changeSettings(changes))) === null) set({ settings: before });
}

/** Puts text on the clipboard; resolves to whether that was allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const message = `This window may not use the clipboard. Select the text and copy it with ${navigator.platform.startsWith("Mac") ? "⌘C" : "Ctrl+C"}.`;
    set({ problem: { code: "no-clipboard", message } });
    return false;
  }
}

/** Exact prompt length; its failures are the caller's, since a count that is late must not raise a message. */
export const countPrompt = (question: string) => api.countPrompt(question);

/** Takes the reader to a passage: of an answer's evidence, or what a quote was found in. */
export async function goTo(turnId: string, { documentId, start, end }: { documentId: string; start: number; end: number }): Promise<void> {
  const turn = state().conversation?.turns.find((candidate) => candidate.id === turnId);
  const evidence = turn?.phase === "done" ? turn.evidence : [];
  const at = evidence.findIndex((passage) => passage.documentId === documentId && passage.start === start && passage.end === end);
  const visit = (state().focus?.visit ?? 0) + 1;
  set({ focus: { turnId, index: at < 0 ? null : at, documentId, start, end, visit }, tab: "document" });
  await showDocument(documentId);
}

/** The next (+1) or previous (-1) passage of the answer looked at, or of the latest one that has any; goes round at the ends. */
export async function stepEvidence(step: 1 | -1): Promise<void> {
  const { conversation, focus } = state();
  const withEvidence = conversation?.turns.filter((turn) => turn.phase === "done" && turn.evidence.length > 0) ?? [];
  const turn = withEvidence.find((candidate) => candidate.id === focus?.turnId) ?? withEvidence.at(-1);
  if (turn?.phase !== "done") return;
  const length = turn.evidence.length;
  const from = focus?.turnId === turn.id ? focus.index : null;
  const index = from === null ? (step === 1 ? 0 : length - 1) : (from + step + length) % length;
  await goTo(turn.id, turn.evidence[index]!);
}

/** A document's own bytes; failures are the caller's, who shows the text instead. */
export const getFile = (documentId: string) => api.getFile(documentId);

/** Shows a PDF as the text that the model read, or as its pages. */
export function showAsText(documentId: string, text: boolean): void {
  const others = state().asText.filter((id) => id !== documentId);
  set({ asText: text ? [...others, documentId] : others });
}

export const showScale = (scale: number): void => set({ scale });
export const setZoom = (zoom: number | null): void => set({ zoom });

export const openDialog = (dialog: Dialog): void => set({ dialog });
export const closeDialog = (): void => set({ dialog: null });
export const closeProblem = (): void => set({ problem: null });
export const setDraft = (draft: string): void => set({ draft });
export const showTab = (tab: "document" | "conversation"): void => set({ tab });
export const setFinding = (finding: boolean): void => set({ finding, ...(finding ? { tab: "document" as const } : {}) });
export const toggleGauge = (): void => set({ gaugeOpen: !state().gaugeOpen });
