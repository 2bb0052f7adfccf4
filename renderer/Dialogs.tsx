import { type ReactNode, useId, useState } from "react";
import { closeDialog } from "./actions.ts";
import { CompareDialog } from "./CompareDialog.tsx";
import { copyText } from "./copies.ts";
import { ExtentDialog } from "./ExtentDialog.tsx";
import { keyName } from "./format.ts";
import { Library } from "./Library.tsx";
import { t } from "./language.ts";
import { moveDocument } from "./library.ts";
import { Modal } from "./Modal.tsx";
import { chooseModel } from "./models/actions.ts";
import { ModelsDialog } from "./models/ModelsDialog.tsx";
import { SearchDialog } from "./SearchDialog.tsx";
import { SettingsDialog } from "./settings/SettingsDialog.tsx";
import { folderNames, folderTitle } from "./shelf.ts";
import { shortcuts } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

/** The one dialog that is open, if any. */
export function Dialogs() {
  const dialog = useFolio((s) => s.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "settings":
      return <SettingsDialog />;
    case "models":
      return <ModelsDialog page={dialog.page} />;
    case "trustModel":
      return <TrustDialog modelId={dialog.modelId} />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "library":
      return (
        <Modal className="drawer" label={t("Library")}>
          <Library />
        </Modal>
      );
    case "search":
      return <SearchDialog />;
    case "move":
      return <MoveDialog documentId={dialog.documentId} />;
    case "link":
      return <LinkDialog href={dialog.href} />;
    case "extent":
      return <ExtentDialog prompt={dialog.prompt} />;
    case "compare":
      return <CompareDialog turnId={dialog.turnId} />;
    default:
      return dialog satisfies never;
  }
}

/** Weights are data, but what reads them is a large program: a file made for it could do harm. */
function TrustDialog({ modelId }: { modelId: string }) {
  const entry = useFolio((s) => s.models.find(({ id }) => id === modelId) ?? null);
  return (
    <Confirm
      title={t("Do you trust {name}?", { name: entry?.name ?? t("this model") })}
      says={
        <>
          <p>{t("Folio does not know this file. A model that was made to do harm could try to break the program that loads it.")}</p>
          <p>{t("Use it if you know where it comes from. It is loaded in a process of its own, and you are asked only once.")}</p>
          {entry?.file && <p className="target">{entry.file}</p>}
        </>
      }
      cancel={t("Do not use it")}
      action={t("Use it")}
      onAction={() => void chooseModel(modelId, true)}
    />
  );
}

function ShortcutsDialog() {
  return (
    <Modal title={t("Keyboard shortcuts")} className="shortcuts">
      <dl>
        {shortcuts.map(({ keys, label }) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>
              <kbd>{keyName(keys)}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

/** A question with two ways on; the harmless one comes first and holds the focus. */
function Confirm(props: { title: string; says: ReactNode; cancel: string; action: string; onAction: () => void }) {
  return (
    <Modal title={props.title} className="confirm">
      <div className="says">{props.says}</div>
      <div className="actions">
        <button type="button" className="button" data-first onClick={closeDialog}>
          {props.cancel}
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            closeDialog();
            props.onAction();
          }}
        >
          {props.action}
        </button>
      </div>
    </Modal>
  );
}

/** Folders are made by putting something into them. */
function MoveDialog({ documentId }: { documentId: string }) {
  const known = useFolio((s) => s.documents.find((candidate) => candidate.id === documentId));
  const folders = folderNames(useFolio((s) => s.documents));
  const [folder, setFolder] = useState(folderTitle(known?.folder ?? ""));
  const list = useId();
  const move = () => {
    closeDialog();
    void moveDocument(documentId, folder);
  };
  return (
    <Modal title={known ? t("Move {name}", { name: known.name }) : t("Move the document")} className="confirm">
      <form
        className="says"
        onSubmit={(event) => {
          event.preventDefault();
          move();
        }}
      >
        <label className="field">
          {t("Folder")}
          <input
            data-first
            list={list}
            maxLength={200}
            placeholder={t("No folder")}
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
          />
        </label>
        <datalist id={list}>
          {folders.map((name) => (
            <option key={name} value={folderTitle(name)} />
          ))}
        </datalist>
        <p>
          {t("A new name makes a new folder, and “Letters / 2024” one in another. Leave it empty to take the document out of its folder.")}
        </p>
      </form>
      <div className="actions">
        <button type="button" className="button" onClick={closeDialog}>
          {t("Cancel")}
        </button>
        <button type="button" className="button primary" onClick={move}>
          {t("Move")}
        </button>
      </div>
    </Modal>
  );
}

/** A link in an answer was written by a model: its whole target is shown, and only web and mail addresses can be opened. */
function LinkDialog({ href: written }: { href: string }) {
  // As the browser reads it: names of other scripts and invisible characters cannot pass for something else.
  const href = URL.parse(written)?.href ?? written;
  const openable = /^(https?|mailto):/i.test(href);
  const copy = (
    <>
      <p>{t("The model wrote this link. It may be wrong, or made up.")}</p>
      <p className="target">{href}</p>
    </>
  );
  if (!openable) {
    return (
      <Confirm
        title={t("A link that cannot be opened")}
        says={copy}
        cancel={t("Close")}
        action={t("Copy it")}
        onAction={() => void copyText(href)}
      />
    );
  }
  return (
    <Confirm
      title={t("Leave Folio and open this link?")}
      says={copy}
      cancel={t("Stay here")}
      action={t("Open in the browser")}
      onAction={() => window.open(href, "_blank", "noopener,noreferrer")}
    />
  );
}
