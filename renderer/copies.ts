/** What leaves the window: conversations and documents as files, text by the clipboard. */
import type { ExportFormat } from "../preload/api.ts";
import { sentence } from "../preload/sentences.ts";
import { request } from "./actions.ts";
import { keyName } from "./format.ts";
import { languageNow } from "./language.ts";
import { useFolio } from "./store.ts";

/** Saves a conversation as a file: main asks where, or the browser does as it always does. */
export async function exportConversation(id: string, format: ExportFormat): Promise<void> {
  const file = await request((api) => api.exportConversation(id, format, languageNow()));
  if (file) download(new Blob([file.text], { type: file.type }), file.name);
}

/** The document's file, as it was added. */
export async function saveCopy(documentId: string): Promise<void> {
  const bytes = await request((api) => api.getFile(documentId));
  const name = useFolio.getState().documents.find((known) => known.id === documentId)?.name;
  if (bytes && name !== undefined) download(new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
}

function download(blob: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Puts text on the clipboard; resolves to whether that was allowed. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const keys = navigator.platform.startsWith("Mac") ? "⌘C" : keyName("Ctrl+C");
    const said = sentence("This window may not use the clipboard. Select the text and copy it with {keys}.", { keys });
    useFolio.setState({ problem: { code: "no-clipboard", ...said } });
    return false;
  }
}
