import { useEffect, useState } from "react";
import type { AppError, DocumentInfo } from "../preload/api.ts";
import { getFile } from "./actions.ts";
import { RequestError } from "./bridge.ts";
import { openPdf, type Pdf } from "./pdf.ts";

/** `told` is what main says of a file that it does not have any more; one that is there, but cannot be drawn, has none. */
type PdfFile = { phase: "none" } | { phase: "opening" } | { phase: "open"; pdf: Pdf } | { phase: "failed"; told: AppError | null };

/** The file behind the document in the viewer, when it is a PDF that can be drawn. At most one is open. */
export function usePdf(known: DocumentInfo | null, ready: boolean): PdfFile {
  const id =
    ready && (known?.phase === "ready" || known?.phase === "scanned") && known.name.toLowerCase().endsWith(".pdf") ? known.id : null;
  const [file, setFile] = useState<PdfFile & { id?: string }>({ phase: "none" });
  useEffect(() => {
    if (id === null) return;
    let gone = false;
    let close = () => {};
    void getFile(id)
      .then(openPdf)
      .then(
        (pdf) => {
          close = pdf.close;
          if (gone) close();
          else setFile({ phase: "open", pdf, id });
        },
        (error: unknown) => !gone && setFile({ phase: "failed", told: error instanceof RequestError ? error.told : null, id }),
      );
    return () => {
      gone = true;
      close();
      setFile({ phase: "none" });
    };
  }, [id]);
  if (id === null) return { phase: "none" };
  return file.id === id ? file : { phase: "opening" };
}
