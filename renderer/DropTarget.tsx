import { useEffect, useState } from "react";
import { copiedFiles, droppedFiles, pastedFiles } from "./arrivals.ts";
import { FileDown } from "./icons.ts";
import { t } from "./language.ts";
import { importFiles } from "./library.ts";

/** The whole window takes dropped files and folders, and shows so while they hang over it. Pasting adds files or text as well. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const dragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      setOver(true);
    };
    const dragLeave = (event: DragEvent) => {
      // Only when the pointer leaves the window is there nothing that it enters.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      void importFiles(droppedFiles(event.dataTransfer!));
    };
    const paste = (event: ClipboardEvent) => {
      const { target, clipboardData: clipboard } = event;
      const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
      if (!clipboard || document.querySelector("dialog[open]") || (typing && copiedFiles(clipboard).length === 0)) return;
      const files = pastedFiles(clipboard);
      if (files.length === 0) return;
      event.preventDefault();
      void importFiles(Promise.resolve(files));
    };
    window.addEventListener("dragover", dragOver);
    window.addEventListener("dragleave", dragLeave);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragover", dragOver);
      window.removeEventListener("dragleave", dragLeave);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="drop" aria-hidden="true">
      <div>
        <FileDown />
        <p>{t("Drop to add")}</p>
        <small>{t("Files or whole folders: PDF, Office, e-books, web pages, e-mails, text, code")}</small>
      </div>
    </div>
  );
}
