import type { ReactNode } from "react";
import { chooseDocument, closeDialog, copyText, newConversation, removeDocument } from "./actions.ts";
import { Library } from "./Library.tsx";
import { Modal } from "./Modal.tsx";
import { SettingsDialog } from "./SettingsDialog.tsx";
import { shortcuts } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

/** The one dialog that is open, if any. */
export function Dialogs() {
  const dialog = useFolio((s) => s.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "settings":
      return <SettingsDialog />;
    case "shortcuts":
      return <ShortcutsDialog />;
    case "library":
      return (
        <Modal className="drawer">
          <Library />
        </Modal>
      );
    case "newConversation":
      return <NewConversationDialog documentIds={dialog.documentIds} />;
    case "remove":
      return <RemoveDialog documentId={dialog.documentId} />;
    case "link":
      return <LinkDialog href={dialog.href} />;
    default:
      return dialog satisfies never;
  }
}

function ShortcutsDialog() {
  return (
    <Modal title="Keyboard shortcuts" className="shortcuts">
      <dl>
        {shortcuts.map(({ keys, label }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

/** A question with two ways on; the harmless one comes first and holds the focus. */
function Confirm(props: { title: string; says: ReactNode; cancel: string; action: string; loss?: boolean; onAction: () => void }) {
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
          data-kind={props.loss ? "loss" : undefined}
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

function NewConversationDialog({ documentIds }: { documentIds: string[] }) {
  const names = useFolio((s) =>
    s.documents
      .filter((known) => documentIds.includes(known.id))
      .map((known) => known.name)
      .join(" and "),
  );
  return (
    <Confirm
      title="Start a new conversation?"
      says={<p>It will be about {names}. The questions and answers of the present one are closed; the documents stay.</p>}
      cancel="Keep this one"
      action="Start a new one"
      onAction={() => {
        void newConversation(documentIds, true);
        if (documentIds[0]) void chooseDocument(documentIds[0]);
      }}
    />
  );
}

function RemoveDialog({ documentId }: { documentId: string }) {
  const name = useFolio((s) => s.documents.find((known) => known.id === documentId)?.name ?? "the document");
  return (
    <Confirm
      title={`Remove ${name}?`}
      says={<p>The conversation that rests on it goes with it. The file itself stays where it is.</p>}
      cancel="Keep it"
      action="Remove both"
      loss
      onAction={() => void removeDocument(documentId, true)}
    />
  );
}

/** A link in an answer was written by a model: its whole target is shown, and only web and mail addresses can be opened. */
function LinkDialog({ href }: { href: string }) {
  const openable = /^(https?|mailto):/i.test(href);
  const copy = (
    <>
      <p>The model wrote this link. It may be wrong, or made up.</p>
      <p className="target">{href}</p>
    </>
  );
  if (!openable) {
    return (
      <Confirm title="A link that cannot be opened" says={copy} cancel="Close" action="Copy it" onAction={() => void copyText(href)} />
    );
  }
  return (
    <Confirm
      title="Leave Folio and open this link?"
      says={copy}
      cancel="Stay here"
      action="Open in the browser"
      onAction={() => window.open(href, "_blank", "noopener,noreferrer")}
    />
  );
}
