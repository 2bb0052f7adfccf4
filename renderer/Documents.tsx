import { useMemo, useState } from "react";
import type { DocumentInfo, LibrarySort } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { addToConversation, changeSettings, chooseDocument, newConversation, openDialog } from "./actions.ts";
import { saveCopy } from "./copies.ts";
import { rangeOf, rangeWords } from "./extent.ts";
import { count } from "./format.ts";
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
import { t } from "./language.ts";
import { askAboutFolder, removeDocument, removeFolder, renameDocument, renameFolder, showInFolder, toggleFolder } from "./library.ts";
import { Menu, type MenuItem, NameField } from "./Menu.tsx";
import { folderTitle, type ShelfRow, shelfRows } from "./shelf.ts";
import { useFolio } from "./store.ts";

const sorts: readonly { sort: LibrarySort; label: PlainText }[] = [
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
    return <p className="nothing">{t("No documents yet. Drop files anywhere in the window, or add them below.")}</p>;
  }
  return (
    <>
      <div className="list-head">
        <span>{t("{count} documents", { count: documents.length })}</span>
        <select
          aria-label={t("Order of the documents")}
          value={sort}
          onChange={(event) => void changeSettings({ librarySort: event.target.value as LibrarySort })}
        >
          {sorts.map((choice) => (
            <option key={choice.sort} value={choice.sort}>
              {t(choice.label)}
            </option>
          ))}
        </select>
      </div>
      <LongList label={t("Documents")} rows={rows} guess={59} draw={drawRow} />
    </>
  );
}

function drawRow(row: ShelfRow) {
  return row.kind === "folder" ? <FolderRow row={row} /> : <DocumentRow known={row.document} />;
}

function FolderRow({ row: { name, open, documents } }: { row: Extract<ShelfRow, { kind: "folder" }> }) {
  const [renaming, setRenaming] = useState(false);
  const shown = name === "" ? t("Not in a folder") : folderTitle(name);
  if (renaming) {
    const end = (given: string | null) => {
      setRenaming(false);
      if (given !== null) void renameFolder(name, given);
    };
    return (
      <div className="row">
        <NameField name={shown} label={t("New name of {name}", { name: shown })} onDone={end} />
      </div>
    );
  }
  const items: MenuItem[] = [
    { label: t("New conversation about all"), icon: <MessageSquarePlus aria-hidden="true" />, run: () => void askAboutFolder(name) },
    ...(name === "" ? [] : [{ label: t("Rename"), icon: <Pencil aria-hidden="true" />, run: () => setRenaming(true) }]),
    { label: t("Remove all"), icon: <Trash2 aria-hidden="true" />, run: () => void removeFolder(name), kind: "loss" },
  ];
  return (
    <div className="folder">
      <button type="button" aria-expanded={open} onClick={() => toggleFolder(name)}>
        {open ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
        <span className="name" title={shown} dir="auto">
          {shown}
        </span>
        <span className="number">{count(documents)}</span>
      </button>
      <span className="row-actions">
        <Menu label={t("More about {name}", { name: shown })} items={items} />
      </span>
    </div>
  );
}

function DocumentRow({ known }: { known: DocumentInfo }) {
  const viewed = useFolio((s) => s.viewing === known.id);
  const opened = useFolio((s) => s.conversation?.documentIds.includes(known.id) ?? false);
  const range = useFolio((s) => (opened && s.conversation ? rangeOf(s.conversation.extent, known.id) : null));
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    const end = (name: string | null) => {
      setRenaming(false);
      if (name !== null) void renameDocument(known.id, name);
    };
    return (
      <div className="row" data-viewed={viewed}>
        <NameField name={known.name} label={t("New name of {name}", { name: known.name })} onDone={end} />
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
              <span className="sr-only">{t("In this conversation.")} </span>
            </>
          )}
          {range && known.phase === "ready"
            ? t("Reads {pages} of {whole}", { pages: rangeWords(range), whole: known.pages })
            : stateOf(known)}
        </span>
        {known.phase === "parsing" && (
          <progress value={known.pagesDone} max={Math.max(known.pagesTotal, 1)} aria-label={t("Opening {name}", { name: known.name })} />
        )}
      </button>
      <span className="row-actions">
        {known.phase === "ready" || known.phase === "scanned" ? (
          <DocumentMenu known={known} opened={opened} onRename={() => setRenaming(true)} />
        ) : (
          <IconButton
            label={known.phase === "failed" ? t("Remove {name}", { name: known.name }) : t("Stop adding {name}", { name: known.name })}
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
  const joinable = useFolio((s) => !opened && s.conversation !== null && known.phase === "ready");
  const desktop = useFolio((s) => s.desktop);
  const items: MenuItem[] = [
    ...(known.phase === "ready"
      ? [
          {
            label: t("New conversation about it"),
            icon: <MessageSquarePlus aria-hidden="true" />,
            run: () => void newConversation([known.id]),
          },
        ]
      : []),
    ...(joinable
      ? [{ label: t("Add to this conversation"), icon: <Plus aria-hidden="true" />, run: () => void addToConversation(known.id) }]
      : []),
    { label: t("Rename"), icon: <Pencil aria-hidden="true" />, run: onRename },
    {
      label: t("Move to a folder…"),
      icon: <Folder aria-hidden="true" />,
      run: () => openDialog({ kind: "move", documentId: known.id }),
    },
    desktop
      ? { label: t("Show in folder"), icon: <FolderOpen aria-hidden="true" />, run: () => void showInFolder(known.id) }
      : { label: t("Save a copy"), icon: <Download aria-hidden="true" />, run: () => void saveCopy(known.id) },
    { label: t("Remove"), icon: <Trash2 aria-hidden="true" />, run: () => void removeDocument(known.id), kind: "loss" },
  ];
  return <Menu label={t("More about {name}", { name: known.name })} items={items} />;
}

function stateOf(known: DocumentInfo): string {
  switch (known.phase) {
    case "parsing":
      return known.pagesTotal > 0
        ? t("Opening, page {part} of {whole}", { part: known.pagesDone, whole: known.pagesTotal })
        : t("Opening…");
    case "counting":
      return t("{pages}, counting tokens…", { pages: t("{count} pages", { count: known.pages }) });
    case "ready":
      return (
        t("{count} pages", { count: known.pages }) + (known.tokens === null ? "" : ` · ${t("{count} tokens", { count: known.tokens })}`)
      );
    case "scanned":
      return t("{pages}, a scan without text", { pages: t("{count} pages", { count: known.pages }) });
    case "failed":
      return t("Could not be opened");
    default:
      return known satisfies never;
  }
}
