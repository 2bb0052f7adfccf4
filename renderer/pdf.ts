/** pdf.js as the window uses it: pages drawn in workers of our own origin, nothing run, nothing fetched from anywhere else. */

import type { PDFDocumentProxy } from "pdfjs-dist";
import drawerUrl from "pdfjs-dist/build/pdf.renderer.min.mjs?url";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";

/** A PDF whose pages can be drawn. */
export type Pdf = {
  document: PDFDocumentProxy;
  /** Sizes in points of the pages seen so far, by page number; the first page's is always there. */
  sizes: Map<number, { width: number; height: number }>;
  close(): void;
};

type ScriptUrlPolicy = { createScriptURL(url: string): string };
type TrustedTypes = { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy };

/** The window may start these two scripts as workers and no other; see `contentSecurityPolicy` in `main/hosts/assets.ts`. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("folio-pdf", {
  createScriptURL(url) {
    if (url !== workerUrl && url !== drawerUrl) throw new TypeError("Only pdf.js runs as a worker.");
    return url;
  },
});

const startWorker = (url: string) => new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });

/**
 * Opens a PDF; its bytes are taken over. Rejects with pdf.js's error when they are none, or damaged.
 * Scripts, forms and actions in it are never run; its outside links lead nowhere.
 */
export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const { getDocument, GlobalWorkerOptions, PDFWorker } = await import("pdfjs-dist");
  const worker = startWorker(workerUrl);
  const drawer = startWorker(drawerUrl);
  GlobalWorkerOptions.rendererPorts = [drawer];
  const data = new URL("pdf/", document.baseURI).href;
  const task = getDocument({
    data: bytes,
    worker: PDFWorker.create({ port: worker }),
    cMapUrl: `${data}cmaps/`,
    standardFontDataUrl: `${data}standard_fonts/`,
    // The policy forbids WebAssembly; what it would decode is decoded by the same code as JavaScript.
    wasmUrl: `${data}wasm/`,
    useWasm: false,
    useWorkerFetch: true,
    enableXfa: false,
    maxImageSize: 2 ** 27,
    verbosity: 0,
  });
  const close = () => {
    void task.destroy().finally(() => {
      worker.terminate();
      drawer.terminate();
    });
  };
  try {
    const opened = await task.promise;
    const { width, height } = (await opened.getPage(1)).getViewport({ scale: 1 });
    return { document: opened, sizes: new Map([[1, { width, height }]]), close };
  } catch (error) {
    close();
    throw error;
  }
}
