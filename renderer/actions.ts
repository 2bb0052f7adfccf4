/** What a person can do in the window: requests to main, and moves within the window. The only file that holds `FolioApi`. */

import type { DocumentInfo, EventName, Events, Extent, FolioApi, Pin, Settings } from "../preload/api.ts";
import { follow, problemOf } from "./events.ts";
import { t } from "./language.ts";
import { type Dialog, type Folio, isBroken, useFolio } from "./store.ts";

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

/** Asks main for something on behalf of another file of actions; null when it failed, which the window says. */
export const request = <T>(ask: (to: FolioApi) => Promise<T>): Promise<T | null> => attempt(ask(api));

/** Mirrors main's state into the store and follows its events; call the result to stop. */
export async function connect(to: FolioApi): Promise<() => void> {
  api = to;
  const listen = <Name extends EventName>(name: Name) =>
    to.on(name, (payload: Events[Name]) => {
      const before = state();
      set(follow[name](before, payload, Date.now()));
      if (name === "document") noticeDocument(before.documents, payload as Events["document"]);
      if (name === "documents") noticeDocuments(before.documents, payload as Events["documents"]);
      if (name === "opened" && payload !== null) lookAt(payload as string);
      if (name === "documentRemoved" && state().viewing === payload) void showDocument(firstReady());
    });
  const stops = (Object.keys(follow) as EventName[]).map((name) => listen(name));
  const stopAll = () => {
    for (const stop of stops) stop();
  };
  const initial = await attempt(to.getState());
  if (initial) {
    set({ ...initial, connected: true });
    if (initial.opened !== null) {
      lookAt(initial.opened);
      return stopAll;
    }
    const wanted = initial.conversation?.documentIds[0] ?? firstReady() ?? initial.documents[0]?.id ?? null;
    void showDocument(wanted);
    if (!initial.conversation) void openAlone(wanted);
  }
  return stopAll;
}

const firstReady = (): string | null => state().documents.find((known) => known.phase === "ready")?.id ?? null;

/** A document that has just become ready is shown when it was dropped here or nothing is shown; one dropped here is opened if nothing was asked yet. */
function noticeDocument(before: DocumentInfo[], changed: DocumentInfo) {
  if (state().viewing === null) set({ viewing: changed.id });
  const old = before.find((known) => known.id === changed.id);
  if (hasPages(changed) && state().viewing === changed.id && recognisedOf(old) !== recognisedOf(changed)) void fetchPages(changed.id);
  if (!hasPages(changed) || old?.phase === changed.phase) return;
  const awaited = state().awaited === changed.id;
  if (awaited) set({ awaited: null });
  if (awaited || state().viewing === changed.id) void showDocument(changed.id);
  // Main itself opens the first one of all.
  if (awaited) void openAlone(changed.id);
}

/** The same of a whole list: of those that a person waits for or looks at, which may be gone. */
function noticeDocuments(before: DocumentInfo[], changed: DocumentInfo[]) {
  const { viewing, awaited } = state();
  for (const document of changed) if (document.id === viewing || document.id === awaited) noticeDocument(before, document);
  if (!changed.some((known) => known.id === viewing)) void showDocument(firstReady());
}

/** What can be looked at in the viewer. */
export const hasPages = (known: DocumentInfo | undefined): known is Extract<DocumentInfo, { phase: "ready" | "scanned" }> =>
  known?.phase === "ready" || known?.phase === "scanned";
const recognisedOf = (known: DocumentInfo | undefined): number => (hasPages(known) ? known.recognised.length : 0);

/** Opens a conversation over one ready document, unless something was already asked in the present one. */
async function openAlone(documentId: string | null): Promise<void> {
  const { conversation, documents } = state();
  const ready = documents.some((known) => known.id === documentId && known.phase === "ready");
  if (!documentId || !ready || (conversation && conversation.turns.length > 0)) return;
  if (conversation?.documentIds.includes(documentId)) return;
  await attempt(api.openConversation([documentId]));
}

/** Shows a document that has just arrived as soon as there is something to see of it. */
export function lookAt(id: string) {
  set({ awaited: id, viewing: id, pages: null, focus: null, tab: "document" });
  const known = state().documents.find((candidate) => candidate.id === id);
  if (known) noticeDocument([], known);
}

/** Shows a document's text in the viewer. */
export async function showDocument(documentId: string | null): Promise<void> {
  set({ viewing: documentId });
  if (documentId === null || state().pages?.documentId === documentId) return;
  set({ pages: null });
  if (hasPages(state().documents.find((known) => known.id === documentId))) await fetchPages(documentId);
}

async function fetchPages(documentId: string): Promise<void> {
  const list = await attempt(api.getPages(documentId));
  if (list && state().viewing === documentId) set({ pages: { documentId, list } });
}

/** A click in the library: shows the document, and asks about it as long as nothing was asked about another one. */
export async function chooseDocument(documentId: string): Promise<void> {
  closeDialog();
  // Who goes elsewhere is not fetched back when the awaited one is ready.
  set({ focus: null, tab: "document", ...(state().awaited !== documentId && { awaited: null }) });
  await Promise.all([showDocument(documentId), openAlone(documentId)]);
}

/** Begins a conversation over these documents; the present one stays in the list. */
export async function newConversation(documentIds: string[]): Promise<void> {
  if (documentIds.length === 0) return;
  closeDialog();
  set({ focus: null, tab: "conversation" });
  await attempt(api.openConversation(documentIds));
}

/** Opens a conversation of the list, with its first document that is still there. */
export async function showConversation(conversationId: string, turnId: string | null = null): Promise<void> {
  closeDialog();
  set({ focus: null, tab: "conversation" });
  await attempt(api.showConversation(conversationId));
  const { conversation, conversations, documents, viewing } = state();
  // Main's event may come after its reply: until then the list knows more.
  const shown = conversations.find(({ id }) => id === conversationId) ?? conversation;
  const there = shown?.documentIds.filter((id) => documents.some((known) => known.id === id)) ?? [];
  if (there[0] && (viewing === null || !there.includes(viewing))) await showDocument(there[0]);
  seekTurn(turnId);
}

/** Brings a turn of the open conversation into view, as soon as it is drawn. */
export const seekTurn = (turnId: string | null): void => set({ soughtTurn: turnId });

export const addToConversation = (documentId: string) => attempt(api.addToConversation(documentId));
export const renameConversation = (id: string, title: string) => attempt(api.renameConversation(id, title));

export const setSafeMode = (on: boolean) => attempt(api.setSafeMode(on));
export const closeNotice = () => attempt(api.closeNotice());
/** Failures are the caller's: a search is asked at every key. */
export const search = (words: string) => api.search(words);

export async function removeConversation(id: string): Promise<void> {
  const info = state().conversations.find((known) => known.id === id);
  const open = state().conversation?.id === id;
  if (!info || (await attempt(api.removeConversation(id))) === null) return;
  tell(t("Deleted “{name}”.", { name: info.title }), async () => {
    if ((await attempt(api.restoreConversation(id))) !== null && open) await showConversation(id);
  });
}

/** One question at a time: a second Enter comes before main has heard of the first. */
let branching = false;

/** Asks in the place of a turn; what was there stays in a conversation of its own. Resolves to whether main took it. */
export async function branch(turnId: string, question: string): Promise<boolean> {
  if (branching) return false;
  branching = true;
  const { conversation } = state();
  const last = conversation?.turns.at(-1);
  // A last question without an answer is asked in its place. (Main's event may come after its reply: what it will show is not known yet.)
  const inPlace = last?.id === turnId && last.answer.trim() === "";
  set({ problem: null, focus: null });
  const taken = (await attempt(api.branch(turnId, question))) !== null;
  branching = false;
  if (taken && conversation && !inPlace) {
    const before = conversation.id;
    tell(t("Goes on in a new conversation. The one before is as it was."), () => showConversation(before), t("Go back"));
  }
  return taken;
}

/** Says what was done, for some seconds, with a way back. */
export function tell(text: string, undo: (() => Promise<unknown>) | null = null, undoWord = t("Undo")) {
  // The drawer would lie over it.
  if (state().dialog?.kind === "library") closeDialog();
  set({ toast: { text, undo, undoWord, number: (state().toast?.number ?? 0) + 1 } });
}
export const closeToast = (): void => set({ toast: null });

/** Counts up over all visits: what was looked at in between may have been forgotten. */
let visits = 0;

/** Takes the reader to a page on which these words were found, and shows them there. */
export async function goToPage(documentId: string, page: number, words: string): Promise<void> {
  closeDialog();
  const place = { documentId, page, words, visit: ++visits };
  set({ focus: null, tab: "document", place, ...(words !== "" && { finding: true, findQuery: words }) });
  await showDocument(documentId);
}

/** Asks what the question box holds; a question that main does not take comes back into it. */
export async function ask(): Promise<void> {
  const question = state().draft.trim();
  if (question === "") return;
  set({ problem: null, focus: null, draft: "" });
  const id = await attempt(api.ask(question));
  if (id === null && state().draft === "") set({ draft: question });
}

/** Shows a turn's answer beside one from the full cache, which is made unless it is there already. */
export function compare(turnId: string): void {
  const { comparison } = state();
  openDialog({ kind: "compare", turnId });
  if (comparison?.turnId !== turnId || isBroken(comparison.full)) void compareAgain(turnId);
}
export async function compareAgain(turnId: string): Promise<void> {
  const begun = (await attempt(api.compare(turnId))) !== null;
  const { dialog } = state();
  // Closed meanwhile: nobody looks at what is answered.
  if (begun && !(dialog?.kind === "compare" && dialog.turnId === turnId)) await stop();
}

export const stop = () => attempt(api.stop());

/** Shown at once, and taken back if main refuses. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const { settings } = state();
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, settings[name as keyof Settings]]));
  set({ settings: { ...settings, ...changes } });
  if ((await attempt(api.changeSettings(changes))) === null) set({ settings: { ...state().settings, ...before } });
}

/** What the open conversation's model is given from now on. */
export const changeExtent = (extent: Extent) => attempt(api.changeExtent(extent));
/** A document's pages; failures are the caller's. */
export const getPages = (documentId: string) => api.getPages(documentId);

/** Exact prompt length; its failures are the caller's, since a count that is late must not raise a message. */
export const countPrompt = (question: string) => api.countPrompt(question);

/** Takes the reader to a passage: of an answer's evidence, or what a quote was found in. */
export async function goTo(turnId: string, { documentId, start, end }: { documentId: string; start: number; end: number }): Promise<void> {
  const turn = state().conversation?.turns.find((candidate) => candidate.id === turnId);
  const evidence = turn?.phase === "done" ? turn.evidence : [];
  const at = evidence.findIndex((passage) => passage.documentId === documentId && passage.start === start && passage.end === end);
  set({ focus: { turnId, index: at < 0 ? null : at, documentId, start, end, visit: ++visits }, tab: "document" });
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

/** Takes the reader to a passage that no answer speaks of. */
export const goToPassage = (documentId: string, { start, end }: Pin) => goTo("", { documentId, start, end });

export const pin = (documentId: string, { start, end }: Pin) => attempt(api.pin(documentId, start, end));
export const unpin = (documentId: string, start: number) => attempt(api.unpin(documentId, start));

/** A document's own bytes; failures are the caller's, who shows the text instead. */
export const getFile = (documentId: string) => api.getFile(documentId);

/** Nobody waits for it: failures are the caller's. */
export const checkSource = (documentId: string) => api.checkSource(documentId);
/** Adds a document's file as it is now, and shows that. */
export async function addChangedSource(documentId: string): Promise<void> {
  const id = await attempt(api.addChangedSource(documentId));
  if (id === null) return;
  set({ awaited: id, focus: null });
  await showDocument(id);
}

/** A page as a PNG goes to main, whose recogniser finds its text. Failures are the caller's: some end only one page. */
export const recognisePage = (documentId: string, page: number, picture: Uint8Array) => api.recognisePage(documentId, page, picture);
export const finishRecognition = (documentId: string) => attempt(api.finishRecognition(documentId));
export const showRecognising = (recognising: Folio["recognising"]): void => set({ recognising });
export const showProblem = (error: unknown): void => set({ problem: problemOf(error) });

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
export const setFindQuery = (findQuery: string): void => set({ findQuery });
export const setChoosing = (choosing: boolean): void => set({ choosing, ...(choosing ? { tab: "document" as const } : {}) });
export const toggleGauge = (): void => set({ gaugeOpen: !state().gaugeOpen });
