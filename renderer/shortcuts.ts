/** The keys of the window in one table: the handler and the list of shortcuts both read it. */

import { flushSync } from "react-dom";
import type { PlainText } from "../preload/sentences.ts";
import { newConversation, openDialog, setChoosing, setFinding, showTab, stepEvidence, stop } from "./actions.ts";
import { showModels } from "./models/actions.ts";
import { selectBusy, useFolio } from "./store.ts";

const isMac = navigator.platform.startsWith("Mac");
const command = isMac ? "⌘" : "Ctrl+";
const alt = isMac ? "⌥" : "Alt+";

export const ids = {
  question: "question",
  filter: "library-search",
  search: "search-button",
  files: "files",
  folder: "folder",
  find: "find",
  pages: "pages",
} as const;

/** Opens the system's file dialog; `App` holds the input behind it. */
export const pickFiles = (): void => document.getElementById(ids.files)?.click();

export const pickFolder = (): void => document.getElementById(ids.folder)?.click();

/** Drawn before the key's handler returns, so that what is typed next already goes to the field. */
function showAndFocus(show: () => void, id: string) {
  flushSync(show);
  const field = document.getElementById(id);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

export const find = (): void => showAndFocus(() => setFinding(true), ids.find);
export const focusQuestion = (): void => showAndFocus(() => showTab("conversation"), ids.question);
/** Marks a sentence of the document in view; keys then go on from it; see `Choice`. */
export const choosePassage = (): void => showAndFocus(() => setChoosing(true), ids.pages);
export const searchLibrary = (): void => showAndFocus(() => openDialog({ kind: "search" }), ids.filter);

type Shortcut = { keys: string; label: PlainText; when?: () => boolean; run?: () => void; matches?: (event: KeyboardEvent) => boolean };

/** The slash is typed with Shift on many keyboards, the German ones among them. */
const withCommand = (key: string) => (event: KeyboardEvent) =>
  (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && (!event.shiftKey || key === "/") && event.key.toLowerCase() === key;
const withShiftAndCommand = (key: string) => (event: KeyboardEvent) =>
  (isMac ? event.metaKey : event.ctrlKey) && event.shiftKey && !event.altKey && event.key.toLowerCase() === key;
const withAlt = (key: string) => (event: KeyboardEvent) => event.altKey && !event.ctrlKey && !event.metaKey && event.key === key;

/** The same keys move within the question box. */
export const chooses = (event: KeyboardEvent): boolean => withCommand("arrowdown")(event) || withCommand("arrowup")(event);
const canChoose = (): boolean => {
  const { documents, viewing, pages } = useFolio.getState();
  const inText = document.activeElement instanceof HTMLTextAreaElement;
  return !inText && pages !== null && documents.some(({ id, phase }) => id === viewing && phase === "ready");
};

export const shortcuts: readonly Shortcut[] = [
  { keys: `${command}O`, label: "Add documents", matches: withCommand("o"), run: pickFiles },
  {
    keys: isMac ? "⇧⌘O" : "Ctrl+Shift+O",
    label: "Add a folder",
    matches: withShiftAndCommand("o"),
    run: pickFolder,
  },
  { keys: `${command}V`, label: "Add files or text from the clipboard" },
  { keys: `${command}K`, label: "Search the library", matches: withCommand("k"), run: searchLibrary },
  { keys: `${command}F`, label: "Find in the document", matches: withCommand("f"), run: find },
  { keys: `${command}L`, label: "Go to the question box", matches: withCommand("l"), run: focusQuestion },
  { keys: "Enter", label: "Ask" },
  { keys: "Shift+Enter", label: "New line in the question" },
  {
    keys: "Esc",
    label: "Stop reading or answering",
    matches: (event) => event.key === "Escape",
    when: () => selectBusy(useFolio.getState()),
    run: () => void stop(),
  },
  { keys: `${alt}↓`, label: "Next passage of the evidence", matches: withAlt("ArrowDown"), run: () => void stepEvidence(1) },
  { keys: `${alt}↑`, label: "Previous passage of the evidence", matches: withAlt("ArrowUp"), run: () => void stepEvidence(-1) },
  { keys: `${command}↓`, label: "Choose a sentence, then the next", matches: chooses, when: canChoose, run: choosePassage },
  { keys: `${command}↑`, label: "Choose the sentence before" },
  { keys: "Shift+↓", label: "Choose a sentence more" },
  { keys: "Shift+↑", label: "Choose a sentence less" },
  { keys: "Enter", label: "Always keep what is chosen" },
  {
    keys: `${command}N`,
    label: "New conversation about these documents",
    matches: withCommand("n"),
    run: () => void newConversation(useFolio.getState().conversation?.documentIds ?? []),
  },
  { keys: `${command},`, label: "Settings", matches: withCommand(","), run: () => openDialog({ kind: "settings" }) },
  // On a Mac ⌘M puts the window away.
  isMac
    ? { keys: "⇧⌘M", label: "Models", matches: withShiftAndCommand("m"), run: showModels }
    : { keys: "Ctrl+M", label: "Models", matches: withCommand("m"), run: showModels },
  { keys: `${command}/`, label: "This list", matches: withCommand("/"), run: () => openDialog({ kind: "shortcuts" }) },
];

/** Runs the shortcut that a key press means, unless a dialog is open or something nearer has taken the key. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const shortcut = shortcuts.find((known) => known.matches?.(event) && (known.when?.() ?? true));
  if (!shortcut?.run) return;
  event.preventDefault();
  shortcut.run();
}

export const keysFor = (label: PlainText): string => shortcuts.find((known) => known.label === label)?.keys ?? "";
