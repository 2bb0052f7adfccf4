import { useEffect } from "react";
import { closeToast } from "./actions.ts";
import { IconButton } from "./Hint.tsx";
import { X } from "./icons.ts";
import { t } from "./language.ts";
import { useFolio } from "./store.ts";

/** How long it stays when nobody points at it, in ms; main keeps what was removed for a minute. */
const stayMs = 10_000;

/** What was just done, and the way back. */
export function Toast() {
  const toast = useFolio((s) => s.toast);
  const number = toast?.number;
  useEffect(() => {
    if (number === undefined) return;
    let stayed = 0;
    const timer = setInterval(() => {
      // Not taken away from under a pointer or a focus.
      if (!document.querySelector(".toast:is(:hover, :focus-within)")) stayed += 1000;
      if (stayed >= stayMs) closeToast();
    }, 1000);
    return () => clearInterval(timer);
  }, [number]);
  return (
    <div className="toasts" role="status">
      {toast && (
        <div className="toast" key={toast.number}>
          <p>{toast.text}</p>
          {toast.undo && (
            <button
              type="button"
              className="link"
              onClick={() => {
                closeToast();
                void toast.undo?.();
              }}
            >
              {toast.undoWord}
            </button>
          )}
          <IconButton label={t("Close this message")} onClick={closeToast}>
            <X />
          </IconButton>
        </div>
      )}
    </div>
  );
}
