import { useEffect, useSyncExternalStore } from "react";
import { openDialog, showTab } from "./actions.ts";
import { accepted, alone, filesOfFolder } from "./arrivals.ts";
import { Chat, NewConversation } from "./Chat.tsx";
import { Dialogs } from "./Dialogs.tsx";
import { DropTarget } from "./DropTarget.tsx";
import { IconButton } from "./Hint.tsx";
import { Library as LibraryIcon, Settings as SettingsIcon } from "./icons.ts";
import { Library } from "./Library.tsx";
import { languageNow, say, t } from "./language.ts";
import { importFiles } from "./library.ts";
import { MemoryGauge } from "./MemoryGauge.tsx";
import { Problem } from "./Problem.tsx";
import { handleKey, ids, keysFor } from "./shortcuts.ts";
import { useFolio, useLanguage } from "./store.ts";
import { Toast } from "./Toast.tsx";
import { Viewer } from "./Viewer.tsx";
import { Welcome } from "./Welcome.tsx";

/** Drawn anew, it draws the whole window anew: it follows only what changes that. */
export function App() {
  const connected = useFolio((s) => s.connected);
  const empty = useFolio((s) => s.documents.length === 0);
  const theme = useFolio((s) => s.settings.theme);
  useLanguage();
  const language = languageNow();
  const tab = useFolio((s) => s.tab);
  const narrow = useNarrow();

  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    window.addEventListener("keydown", handleKey);
    return () => window.removeEventListener("keydown", handleKey);
  }, []);

  return (
    <div className="app" data-tab={tab} data-empty={empty}>
      {narrow ? <NarrowBar empty={empty} /> : <Library />}
      {!connected ? (
        <Opening />
      ) : empty ? (
        <Welcome />
      ) : (
        <main className="areas">
          <Viewer hidden={narrow && tab !== "document"} />
          <Chat hidden={narrow && tab !== "conversation"} />
        </main>
      )}
      <MemoryGauge />
      <WindowProblem />
      <Toast />
      <DropTarget />
      <Dialogs />
      <input
        id={ids.files}
        type="file"
        multiple
        hidden
        accept={accepted}
        aria-label={t("Add documents")}
        onChange={(event) => {
          void importFiles(alone(event.target.files ?? []));
          event.target.value = "";
        }}
      />
      <input
        id={ids.folder}
        type="file"
        {...{ webkitdirectory: "" }}
        hidden
        aria-label={t("Add a folder")}
        onChange={(event) => {
          void importFiles(filesOfFolder(event.target.files ?? []));
          event.target.value = "";
        }}
      />
    </div>
  );
}

function Opening() {
  const problem = useFolio((s) => s.problem);
  return (
    <main className="opening">
      <p role="status">{problem ? say(problem) : t("Opening the library…")}</p>
    </main>
  );
}

/** A dialog covers the window, and shows the problem itself. */
function WindowProblem() {
  const shown = useFolio((s) => s.connected && s.dialog === null);
  return shown && <Problem />;
}

const narrowQuery = window.matchMedia("(max-width: 1079px)");
function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrowQuery.addEventListener("change", changed);
      return () => narrowQuery.removeEventListener("change", changed);
    },
    () => narrowQuery.matches,
  );
}

/** The head of a narrow window: the library as a drawer, document and conversation as two tabs. */
function NarrowBar({ empty }: { empty: boolean }) {
  const tab = useFolio((s) => s.tab);
  const tabs = [
    { id: "document", label: "Document" },
    { id: "conversation", label: "Conversation" },
  ] as const;
  return (
    <header className="narrow-bar">
      <h1 className="sr-only">Folio</h1>
      <IconButton label={t("Library")} keys={keysFor("Search the library")} onClick={() => openDialog({ kind: "library" })}>
        <LibraryIcon />
      </IconButton>
      {!empty && (
        <div className="tabs" role="tablist" aria-label={t("Document or conversation")}>
          {tabs.map(({ id, label }) => (
            <button
              key={id}
              id={`tab-${id}`}
              type="button"
              role="tab"
              aria-selected={tab === id}
              aria-controls={id}
              tabIndex={tab === id ? 0 : -1}
              onClick={() => showTab(id)}
              onKeyDown={(event) => {
                if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
                const other = id === "document" ? "conversation" : "document";
                showTab(other);
                document.getElementById(`tab-${other}`)?.focus();
              }}
            >
              {t(label)}
            </button>
          ))}
        </div>
      )}
      <span className="bar-end">
        {tab === "conversation" && <NewConversation />}
        <IconButton label={t("Settings")} keys={keysFor("Settings")} onClick={() => openDialog({ kind: "settings" })}>
          <SettingsIcon />
        </IconButton>
      </span>
    </header>
  );
}
