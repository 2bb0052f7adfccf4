/** Text recognition as the window does its part: pages without text are drawn here, and main's recogniser reads the pictures. */
import { finishRecognition, getFile, recognisePage, showProblem, showRecognising } from "./actions.ts";
import { problemOf } from "./events.ts";
import { openPdf, type Pdf } from "./pdf.ts";

/** Dots an inch: less loses small print, more only takes longer. */
const sharpness = 220;
/** Of one picture at most; larger pages are drawn coarser. */
const mostPixels = 12e6;

let running = { controller: new AbortController(), over: Promise.resolve() };

/** Goes through pages one after another; each is kept as soon as it is recognised, and a page that cannot be is passed over. */
export function recognise(documentId: string, pages: readonly number[]): Promise<void> {
  running.controller.abort();
  const controller = new AbortController();
  const over = running.over.then(() => go(documentId, pages, controller.signal));
  running = { controller, over };
  return over;
}

/** What was recognised stays; the page that is looked at now still joins it. */
export function cancelRecognition(): void {
  running.controller.abort();
  showRecognising(null);
}

async function go(documentId: string, pages: readonly number[], signal: AbortSignal): Promise<void> {
  const started = performance.now();
  let failure: unknown = null;
  const show = (done: number) => {
    if (signal.aborted) return;
    const secondsLeft = done === 0 ? null : ((performance.now() - started) / 1000 / done) * (pages.length - done);
    showRecognising({ documentId, done, total: pages.length, secondsLeft });
  };
  show(0);
  try {
    const pdf = await openPdf(await getFile(documentId));
    try {
      for (const [done, page] of pages.entries()) {
        if (signal.aborted) break;
        show(done);
        await recognisePage(documentId, page, await draw(pdf, page)).catch((error: unknown) => {
          failure = error;
          // Whatever else it is, the next page would meet it too.
          if (problemOf(error).code !== "page-unreadable") throw error;
        });
      }
    } finally {
      pdf.close();
    }
  } catch (error) {
    failure = error;
  }
  await finishRecognition(documentId);
  if (!signal.aborted) showRecognising(null);
  if (failure !== null) showProblem(failure);
}

async function draw(pdf: Pdf, number: number): Promise<Uint8Array> {
  const page = await pdf.document.getPage(number);
  const { width, height } = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: Math.min(sharpness / 72, Math.sqrt(mostPixels / (width * height))) });
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(viewport.width));
  canvas.height = Math.max(1, Math.round(viewport.height));
  try {
    // Drawn as for a printer, it does not wait for a window that is hidden.
    await page.render({ canvas, viewport, intent: "print" }).promise;
    const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    // Without one, main says that this page could not be looked through.
    return picture ? new Uint8Array(await picture.arrayBuffer()) : new Uint8Array();
  } finally {
    canvas.width = 0;
    canvas.height = 0;
    page.cleanup();
  }
}
