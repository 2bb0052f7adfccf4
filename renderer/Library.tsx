import { openDialog } from "./actions.ts";
import { Conversations } from "./Conversations.tsx";
import { Documents } from "./Documents.tsx";
import { keyName } from "./format.ts";
import { Hint, IconButton } from "./Hint.tsx";
import { FolderPlus, Plus, Search, Settings } from "./icons.ts";
import { t } from "./language.ts";
import { showList } from "./library.ts";
import { ids, keysFor, pickFiles, pickFolder, searchLibrary } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

const lists = [
  { id: "documents", label: "Documents" },
  { id: "conversations", label: "Conversations" },
] as const;

/** The rail (or, in a narrow window, the drawer) with the two lists of what a person has, the search over all of it, and the way to add more. */
export function Library() {
  const list = useFolio((s) => s.list);
  return (
    <aside className="library" aria-label={t("Library")}>
      <header>
        <h1>Folio</h1>
        <IconButton label={t("Settings")} keys={keysFor("Settings")} onClick={() => openDialog({ kind: "settings" })}>
          <Settings />
        </IconButton>
      </header>
      <button type="button" className="search-button" id={ids.search} onClick={searchLibrary}>
        <Search aria-hidden="true" /> {t("Search")}
        <kbd>{keyName(keysFor("Search the library"))}</kbd>
      </button>
      <div className="lists" role="tablist" aria-label={t("What the library shows")}>
        {lists.map(({ id, label }) => (
          <button
            key={id}
            id={`list-${id}`}
            type="button"
            role="tab"
            aria-selected={list === id}
            tabIndex={list === id ? 0 : -1}
            onClick={() => showList(id)}
            onKeyDown={(event) => {
              if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
              const other = id === "documents" ? "conversations" : "documents";
              showList(other);
              document.getElementById(`list-${other}`)?.focus();
            }}
          >
            {t(label)}
          </button>
        ))}
      </div>
      {list === "documents" ? <Documents /> : <Conversations />}
      <footer className="adding">
        <Hint text={<kbd>{keyName(keysFor("Add documents"))}</kbd>}>
          <button type="button" className="add" onClick={pickFiles}>
            <Plus aria-hidden="true" /> {t("Add documents")}
          </button>
        </Hint>
        <IconButton label={t("Add a folder")} keys={keysFor("Add a folder")} onClick={pickFolder}>
          <FolderPlus />
        </IconButton>
      </footer>
    </aside>
  );
}
