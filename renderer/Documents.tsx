import { useMemo, useState } from "react";
import type { DocumentInfo, LibrarySort } from "../preload/api.ts";
import {
  addToConversation,
  changeSettings,
  chooseDocument,
  newConversation,
  openDialog,
  removeDocument,
  renameDocument,
  saveCopy,
  showInFolder,
  toggleFolder,
} from "./actions.ts";
import { count, plural } from "./format.ts";
import { IconButton } from "./Hint.tsx";
import {
  ChevronDown,
  ChevronRight,
  Download,
  FileText,
  FileWarning,
  Folder,
  FolderOpen,
  MessageSquarePlus,
  Pencil,
  Plus,
  Trash2,
} from "./icons.ts";
import { LongList } from "./LongList.tsx";
import { Menu, type MenuItem, NameField } from "./Menu.tsx";
import { type ShelfRow, shelfRows } from "./shelf.ts";
import { useFolio } from "./store.ts";

const sorts: readonly { sort: LibrarySort; label: string }[] = [
  { sort: "added", label: "Latest first" },
  { sort: "name", label: "By name" },
  { sort: "size", label: "Largest first" },
];

/** Every document in its folder, sorted. */
export function Documents() {
  const documents = useFolio((s) => s.documents);
  const sort = useFolio((s) => s.settings.librarySort);
  const closed = useFolio((s) => s.closedFolders);
  const rows = useMemo(() => shelfRows(documents, sort, closed), [documents, sort, closed]);
  if (documents.length === 0) {
    return <p className="nothing">No documents yet. Drop files anywhere in the window, or add them below.</p>;
  }
  return (
    <>
      <div className="list-head">
        <span>{plural(documents.length, "document")}</span>
        <select
          aria-label="Order of the documents"
          value={sort}
          onChange={(event) => void changeSettings({ librarySort: event.target.value as LibrarySort })}
        >
          {sorts.map((choice) => (
            <option key={choice.sort} value={choice.sort}>
              {choice.label}
            </option>
          ))}
        </select>
      </div>
      <LongList label="Documents" rows={rows} guess={59} draw={drawRow} />
    </>
  );
}

function drawRow(row: ShelfRow) {
  return row.kind === "folder" ? <FolderRow row={row} /> : <DocumentRow known={row.document} />;
}

function FolderRow({ row }: { row: Extract<ShelfRow, { kind: "folder" }> }) {
  return (
    <button type="button" className="folder" aria-expanded={row.open} onClick={() => toggleFolder(row.name)}>
      {row.open ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
      <span className="name">{row.name === "" ? "Not in a folder" : row.name}</span>
      <span className="number">{count(row.documents)}</span>
    </button>
  );
}

function DocumentRow({ known }: { known: DocumentInfo }) {
  const viewed = useFolio((s) => s.viewing === known.id);
  const opened = useFolio((s) => s.conversation?.documentIds.includes(known.id) ?? false);
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    const end = (name: string | null) => {
      setRenaming(false);
      if (name !== null) void renameDocument(known.id, name);
    };
    return (
      <div className="row" data-viewed={viewed}>
        <NameField name={known.name} label={`New name of ${known.name}`} onDone={end} />
      </div>
    );
  }
  return (
    <div className="row" data-phase={known.phase} data-viewed={viewed} data-opened={opened}>
      <button type="button" className="choose" aria-current={viewed ? "true" : undefined} onClick={() => void chooseDocument(known.id)}>
        {known.phase === "failed" ? <FileWarning aria-hidden="true" /> : <FileText aria-hidden="true" />}
        <span className="name" title={known.name} dir="auto">
          {known.name}
        </span>
        <span className="state">
          {opened && (
            <>
              <span className="dot" aria-hidden="true" />
              <span className="sr-only">In this conversation. </span>
            </>
          )}
          {stateOf(known)}
        </span>
        {known.phase === "parsing" && (
          <progress value={known.pagesDone} max={Math.max(known.pagesTotal, 1)} aria-label={`Opening ${known.name}`} />
        )}
      </button>
      <span className="row-actions">
        {known.phase === "ready" ? (
          <DocumentMenu known={known} opened={opened} onRename={() => setRenaming(true)} />
        ) : (
          <IconButton
            label={known.phase === "failed" ? `Remove ${known.name}` : `Stop adding ${known.name}`}
            onClick={() => void removeDocument(known.id)}
          >
            <Trash2 />
          </IconButton>
        )}
      </span>
    </div>
  );
}

function DocumentMenu({ known, opened, onRename }: { known: DocumentInfo; opened: boolean; onRename: () => void }) {
  const joinable = useFolio((s) => !opened && s.conversation !== null);
  const desktop = useFolio((s) => s.desktop);
  const items: MenuItem[] = [
    { label: "New conversation about it", icon: <MessageSquarePlus aria-hidden="true" />, run: () => void newConversation([known.id]) },
    ...(joinable
      ? [{ label: "Add to this conversation", icon: <Plus aria-hidden="true" />, run: () => void addToConversation(known.id) }]
      : []),
    { label: "Rename", icon: <Pencil aria-hidden="true" />, run: onRename },
    {
      label: "Move to a folder…",
      icon: <Folder aria-hidden="true" />,
      run: () => openDialog({ kind: "move", documentId: known.id }),
    },
    desktop
      ? { label: "Show in folder", icon: <FolderOpen aria-hidden="true" />, run: () => void showInFolder(known.id) }
      : { label: "Save a copy", icon: <Download aria-hidden="true" />, run: () => void saveCopy(known.id) },
    { label: "Remove", icon: <Trash2 aria-hidden="true" />, run: () => void removeDocument(known.id), kind: "loss" },
  ];
  return <Menu label={`More about ${known.name}`} items={items} />;
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
