import { type ReactNode, useEffect, useId, useRef } from "react";
import { closeDialog } from "./actions.ts";
import { IconButton } from "./Hint.tsx";
import { X } from "./icons.ts";
import { t } from "./language.ts";
import { Problem } from "./Problem.tsx";

/**
 * A modal dialog: the browser keeps the focus inside and gives it back when the dialog closes. A click beside it closes it.
 * With a `title` it has a head with a way out; without one, `label` names it.
 */
export function Modal({
  title,
  label,
  className = "",
  children,
}: {
  title?: string;
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  /** Whether the pointer went down beside it: text that is marked to beyond its edge is no click there. */
  const pressed = useRef(false);
  useEffect(() => {
    const open = dialog.current!;
    const before = document.activeElement;
    open.showModal();
    // Not the button in the corner, which comes first by itself: the harmless choice, or the title.
    (open.querySelector<HTMLElement>("[data-first]") ?? open.querySelector("h2"))?.focus();
    return () => {
      open.close();
      // Taken out of the page at once, a dialog gives no focus back by itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for it; the browser turns it into `cancel`.
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={title ? id : undefined}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onPointerDown={(event) => {
        pressed.current = event.target === dialog.current;
      }}
      onClick={(event) => pressed.current && event.target === dialog.current && closeDialog()}
    >
      <div className="dialog-body">
        {title && (
          <header>
            <h2 id={id} tabIndex={-1}>
              {title}
            </h2>
            <IconButton label={t("Close")} keys="Esc" onClick={closeDialog}>
              <X />
            </IconButton>
          </header>
        )}
        {children}
        <Problem />
      </div>
    </dialog>
  );
}

/** For what takes away the row in a dialog that had the focus: it goes to the dialog's title. */
export async function thenTitle(work: Promise<unknown>): Promise<void> {
  await work;
  document.querySelector<HTMLElement>("dialog[open] h2")?.focus();
}
