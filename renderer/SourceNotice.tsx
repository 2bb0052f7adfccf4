import { useEffect, useState } from "react";
import type { SourceState } from "../preload/api.ts";
import { addChangedSource, checkSource } from "./actions.ts";
import { t } from "./language.ts";

/** How often a file is looked at while its document is in view, in ms: people write in it beside Folio's window. */
const lookEveryMs = 2000;

/** Whether the file that a document was added from has changed or gone since; looked at as long as the document is in view. */
export function SourceNotice({ documentId }: { documentId: string }) {
  const [source, setSource] = useState<SourceState>("unknown");
  useEffect(() => {
    let gone = false;
    const look = () => {
      checkSource(documentId).then(
        (state) => !gone && setSource(state),
        () => {},
      );
    };
    look();
    const timer = setInterval(() => document.visibilityState === "visible" && look(), lookEveryMs);
    window.addEventListener("focus", look);
    return () => {
      gone = true;
      clearInterval(timer);
      window.removeEventListener("focus", look);
    };
  }, [documentId]);
  switch (source) {
    case "unknown":
    case "same":
      return null;
    case "gone":
      return <p className="notice">{t("Its file was moved or deleted since it was added. Folio goes on with its own copy.")}</p>;
    case "changed":
      return (
        <p className="notice">
          {t("Its file was changed since it was added; this is how it was.")}
          <button type="button" className="link" onClick={() => void addChangedSource(documentId)}>
            {t("Add it as it is now")}
          </button>
        </p>
      );
    default:
      return source satisfies never;
  }
}
