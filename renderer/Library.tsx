import { useState } from "react";
import type { DocumentInfo } from "../preload/api.ts";
import { chooseDocument, newConversation, openDialog, removeDocument } from "./actions.ts";
import { count, plural } from "./format.ts";
import { Hint, IconButton } from "./Hint.tsx";
import { FileText, FileWarning, FolderPlus, MessageSquarePlus, Plus, Search, Settings, Trash2 } from "./icons.ts";
import { ids, keysFor, pickFiles, pickFolder } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

/** The rail (or, in a narrow window, the drawer) with every document, its state, and the way to add more. */
export function Library() {
  const documents = useFolio((s) => s.documents);
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = documents.filter((known) => known.name.toLowerCase().includes(wanted));
  return (
    <aside className="library" aria-label="Library">
      <header>
        <h1>Folio</h1>
        <IconButton label="Settings" keys={keysFor("Settings")} onClick={() => openDialog({ kind: "settings" })}>
          <Settings />
        </IconButton>
      </header>
      {documents.length > 0 && (
        <label className="filter">
          <Search aria-hidden="true" />
          <input
            id={ids.filter}
            type="search"
            placeholder="Search the library"
            aria-label="Search the library"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && shown[0]) void chooseDocument(shown[0].id);
              if (event.key === "Escape" && filter !== "") {
                event.preventDefault();
                setFilter("");
              }
            }}
          />
        </label>
      )}
      {shown.length > 0 ? (
        <ul className="documents">
          {shown.map((known) => (
            <LibraryRow key={known.id} known={known} />
          ))}
        </ul>
      ) : (
        <p className="nothing">{documents.length === 0 ? "No documents yet." : `No document is named “${filter.trim()}”.`}</p>
      )}
      <footer className="adding">
        <Hint text={<kbd>{keysFor("Add documents")}</kbd>}>
          <button type="button" className="add" onClick={pickFiles}>
            <Plus aria-hidden="true" /> Add documents
          </button>
        </Hint>
        <IconButton label="Add a folder" keys={keysFor("Add a folder")} onClick={pickFolder}>
          <FolderPlus />
        </IconButton>
      </footer>
    </aside>
  );
}

function LibraryRow({ known }: { known: DocumentInfo }) {
  const viewed = useFolio((s) => s.viewing === known.id);
  const opened = useFolio((s) => s.conversation?.documentIds.includes(known.id) ?? false);
  const others = useFolio((s) => s.conversation?.documentIds.length ?? 0);
  const together = () => void newConversation([...(useFolio.getState().conversation?.documentIds ?? []), known.id]);
  return (
    <li className="row" data-phase={known.phase} data-viewed={viewed} data-opened={opened}>
      <button type="button" className="choose" aria-current={viewed ? "true" : undefined} onClick={() => void chooseDocument(known.id)}>
        {known.phase === "failed" ? <FileWarning aria-hidden="true" /> : <FileText aria-hidden="true" />}
        <span className="name" title={known.name}>
          {known.name}
        </span>
        <span className="state">{opened ? <OpenedState known={known} /> : stateOf(known)}</span>
        {known.phase === "parsing" && (
          <progress value={known.pagesDone} max={Math.max(known.pagesTotal, 1)} aria-label={`Opening ${known.name}`} />
        )}
      </button>
      <span className="row-actions">
        {known.phase === "ready" && !opened && others > 0 && (
          <IconButton label="Ask about it together with the open one" onClick={together}>
            <MessageSquarePlus />
          </IconButton>
        )}
        <IconButton
          label={known.phase === "parsing" || known.phase === "counting" ? `Stop adding ${known.name}` : `Remove ${known.name}`}
          onClick={() => void removeDocument(known.id)}
        >
          <Trash2 />
        </IconButton>
      </span>
    </li>
  );
}

function OpenedState({ known }: { known: DocumentInfo }) {
  return (
    <>
      <span className="dot" aria-hidden="true" />
      <span className="sr-only">In this conversation. </span>
      {stateOf(known)}
    </>
  );
}

function stateOf(known: DocumentInfo): string {
  switch (known.phase) {
    case "parsing":
      return known.pagesTotal > 0 ? `Opening, page ${count(known.pagesDone)} of ${count(known.pagesTotal)}` : "Opening…";
    case "counting":
      return `${plural(known.pages, "page")}, counting tokens…`;
    case "ready":
      return plural(known.pages, "page") + (known.tokens === null ? "" : ` · ${count(known.tokens)} tokens`);
    case "failed":
      return "Could not be opened";
    default:
      return known satisfies never;
  }
}
