/** What Electron's window may do, as plain decisions: no part of Electron is needed to ask them. See Electron's security checklist. */

export const windowOrigin = "app://folio";
export const windowUrl = `${windowOrigin}/index.html`;

/** What the one window runs with; nothing else of Electron's preferences is touched. */
export function webPreferences(preload: string) {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    // Its dictionaries would be downloaded.
    spellcheck: false,
  } as const;
}

/** Only our own scheme and name, exactly: `app://folio.evil`, `app:folio`, `app://x@folio` and `app://folio:1` are others. */
export function isOwnUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url?.protocol === "app:" && url.host === "folio" && url.username === "" && url.password === "" && text.startsWith(`${windowOrigin}/`)
  );
}

/** Everything is denied but putting an answer on the clipboard. */
export function isPermitted(permission: string, url: string): boolean {
  return permission === "clipboard-sanitized-write" && isOwnUrl(url);
}

/** The network is none of the window's business; its tools and what it made itself are. */
export function isRequestAllowed(text: string): boolean {
  return isOwnUrl(text) || /^(?:devtools|blob|data):/.test(text);
}

/** A link that may be offered to the system's browser, in full and normalised; null for everything that is not a plain web or mail address. */
export function externalTarget(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !["https:", "http:", "mailto:"].includes(url.protocol) || url.username !== "" || url.password !== "") return null;
  return url.href.length <= 2000 ? url.href : null;
}

/** The frame that a message came from, as far as it matters. */
export type Sender = { senderFrame: { url: string; parent: unknown } | null };

/** Our own page, at the top of its window, still there. */
export function isTrustedSender({ senderFrame }: Sender): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOwnUrl(senderFrame.url);
}
