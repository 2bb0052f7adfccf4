import { useCallback, useEffect, useRef, useState } from "react";
import type { DocumentInfo, Page } from "../preload/api.ts";
import { addToConversation, newConversation, setZoom, showAsText, stepEvidence } from "./actions.ts";
import { Estimate } from "./Estimate.tsx";
import { count } from "./format.ts";
import { Hint, IconButton } from "./Hint.tsx";
import { ChevronDown, ChevronUp, FileWarning, Minus, Pilcrow, Plus, Search } from "./icons.ts";
import { say, t } from "./language.ts";
import { removeDocument } from "./library.ts";
import { Pages } from "./Pages.tsx";
import { PinPage, Pins } from "./Pins.tsx";
import { RecognitionNotice } from "./RecognitionNotice.tsx";
import { SourceNotice } from "./SourceNotice.tsx";
import { choosePassage, find, keysFor } from "./shortcuts.ts";
import { selectAnswering, useFolio } from "./store.ts";
import { usePdf } from "./usePdf.ts";
import { stepZoom, zoomPercent } from "./zoom.ts";

/** The document's area: its name and place, and its text, or why there is none yet. */
export function Viewer({ hidden }: { hidden: boolean }) {
  const known = useFolio((s) => s.documents.find((candidate) => candidate.id === s.viewing) ?? null);
  const pages = useFolio((s) => (s.pages?.documentId === s.viewing ? s.pages!.list : null));
  const id = known?.id ?? "";
  // Another document begins at its first page.
  const [at, setAt] = useState({ documentId: "", page: 0 });
  const page = at.documentId === id ? at.page : 0;
  const showPage = useCallback((page: number) => setAt({ documentId: id, page }), [id]);
  const [goTo, setGoTo] = useState<{ page: number; visit: number } | null>(null);
  const handled = useRef({ jump: 0, visit: 0 });
  useEffect(() => {
    document.title = known ? `${known.name} · Folio` : "Folio";
  }, [known]);
  const file = usePdf(known, pages !== null);
  const asText = useFolio((s) => s.asText.includes(s.viewing ?? ""));
  const pdf = file.phase === "open" && !asText ? file.pdf : null;
  const jump = (to: number) => setGoTo((before) => ({ page: to, visit: (before?.visit ?? 0) + 1 }));
  const place = useFolio((s) => s.place);
  const there = place !== null && place.documentId === known?.id && pages !== null;
  // Once: who comes back to the document later has gone on since.
  const led = useRef(0);
  useEffect(() => {
    if (!there || led.current === place.visit) return;
    led.current = place.visit;
    setGoTo((before) => ({ page: place.page - 1, visit: (before?.visit ?? 0) + 1 }));
  }, [there, place]);
  return (
    <section className="viewer" id="document" aria-label={t("Document")} hidden={hidden}>
      {known && (
        <header>
          <h2 title={known.name} dir="auto">
            {known.name}
          </h2>
          {pages && pages.length > 0 && (
            <>
              <PageNumber page={page} pages={pages} onJump={jump} />
              {pdf && <Zoom />}
              {known.name.toLowerCase().endsWith(".pdf") && file.phase !== "failed" && <ViewChoice documentId={known.id} asText={asText} />}
              <EvidenceSteps />
              {known.phase === "ready" && (
                <IconButton
                  label={t("Choose a passage to always keep")}
                  keys={keysFor("Choose a sentence, then the next")}
                  onClick={choosePassage}
                >
                  <Pilcrow />
                </IconButton>
              )}
              {known.phase === "ready" && <PinPage known={known} page={pages[page]} />}
              <IconButton label={t("Find in the document")} keys={keysFor("Find in the document")} onClick={find}>
                <Search />
              </IconButton>
            </>
          )}
        </header>
      )}
      {known === null ? (
        <p className="placeholder">{t("Choose a document in the library.")}</p>
      ) : pages ? (
        <>
          <DocumentNotice known={known} />
          {file.phase === "failed" && (
            <p className="notice">{file.told ? say(file.told) : t("The pages of this PDF cannot be drawn, so its text is shown.")}</p>
          )}
          {file.phase === "opening" && !asText ? (
            <p className="placeholder" role="status">
              {t("Opening the pages…")}
            </p>
          ) : (
            <Pages
              key={`${known.id} ${pdf ? "pages" : "text"}`}
              pages={pages}
              pdf={pdf}
              first={page}
              goTo={goTo}
              handled={handled}
              onJump={jump}
              onPage={showPage}
              known={known}
            />
          )}
        </>
      ) : (
        <Arriving known={known} />
      )}
    </section>
  );
}

/** Page or text: the page is what was written, the text is what the model read. */
function ViewChoice({ documentId, asText }: { documentId: string; asText: boolean }) {
  return (
    <fieldset className="view-choice" aria-label={t("Show")}>
      {[false, true].map((text) => (
        <Hint key={String(text)} text={text ? t("The text that the model read") : t("The pages as they look")}>
          <button type="button" aria-pressed={asText === text} onClick={() => showAsText(documentId, text)}>
            {text ? t("Text") : t("Pages")}
          </button>
        </Hint>
      ))}
    </fieldset>
  );
}

function Zoom() {
  const scale = useFolio((s) => s.scale);
  const zoom = useFolio((s) => s.zoom);
  return (
    <span className="zoom">
      <IconButton label={t("Smaller")} keys="−" onClick={() => setZoom(stepZoom(scale, -1))}>
        <Minus />
      </IconButton>
      <Hint
        text={
          <>
            {zoom === null ? t("Fitted to the window") : t("Fit to the window")}
            <kbd>0</kbd>
          </>
        }
      >
        <button type="button" aria-pressed={zoom === null} onClick={() => setZoom(null)}>
          {zoomPercent(scale)}
          <span className="unit"> %</span>
          <span className="sr-only">, {t("Fit to the window")}</span>
        </button>
      </Hint>
      <IconButton label={t("Larger")} keys="+" onClick={() => setZoom(stepZoom(scale, 1))}>
        <Plus />
      </IconButton>
    </span>
  );
}

/** "12 of 86"; the number can be typed over to go to a page. It holds still from the moment somebody is in the field. */
function PageNumber({ page, pages, onJump }: { page: number; pages: readonly Page[]; onJump: (page: number) => void }) {
  const [field, setField] = useState<{ text: string; typed: boolean } | null>(null);
  const shown = field?.text ?? String(pages[page]?.number ?? 1);
  const commit = () => {
    const wanted = pages.findIndex((candidate) => candidate.number === Number(shown));
    if (field?.typed && wanted >= 0) onJump(wanted);
    setField(null);
  };
  return (
    <label className="page-number">
      <input
        aria-label={t("Go to page")}
        inputMode="numeric"
        value={shown}
        onFocus={(event) => {
          setField({ text: shown, typed: false });
          event.target.select();
        }}
        onChange={(event) => setField({ text: event.target.value, typed: true })}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />{" "}
      / {count(pages.length)}
    </label>
  );
}

/** Where the reader is among the passages of one answer, with the way to the next and the one before. */
function EvidenceSteps() {
  const at = useFolio((s) => s.focus?.index ?? null);
  const of = useFolio((s) => {
    const turn = s.conversation?.turns.find((candidate) => candidate.id === s.focus?.turnId);
    return turn?.phase === "done" ? turn.evidence.length : 0;
  });
  const passage = useFolio((s) => {
    const turn = s.conversation?.turns.find((candidate) => candidate.id === s.focus?.turnId);
    return turn?.phase === "done" ? (turn.evidence[s.focus?.index ?? -1]?.text ?? "") : "";
  });
  if (at === null || of === 0) return null;
  return (
    <span className="evidence-steps">
      <IconButton label={t("Previous passage")} keys={keysFor("Previous passage of the evidence")} onClick={() => void stepEvidence(-1)}>
        <ChevronUp />
      </IconButton>
      <span role="status">
        <span className="sr-only">{t("Passage")} </span>
        {t("{part} of {whole}", { part: at + 1, whole: of })}
        <span className="sr-only">: {passage}</span>
      </span>
      <IconButton label={t("Next passage")} keys={keysFor("Next passage of the evidence")} onClick={() => void stepEvidence(1)}>
        <ChevronDown />
      </IconButton>
    </span>
  );
}

/** What a reader of this document must know: pages without text, or that the conversation is about another one. */
function DocumentNotice({ known }: { known: DocumentInfo }) {
  const pages = useFolio((s) => (s.pages?.documentId === known.id ? s.pages.list : null));
  const elsewhere = useFolio((s) => s.conversation !== null && !s.conversation.documentIds.includes(known.id));
  const answering = useFolio(selectAnswering);
  if (known.phase !== "ready" && known.phase !== "scanned") return null;
  return (
    <>
      {elsewhere && known.phase === "ready" && (
        <p className="notice">
          {t("This document is not part of the conversation.")}
          <button type="button" className="link" onClick={() => void newConversation([known.id])}>
            {t("Ask about it")}
          </button>
          <button type="button" className="link" disabled={answering} onClick={() => void addToConversation(known.id)}>
            {t("Add it to the conversation")}
          </button>
        </p>
      )}
      <SourceNotice key={known.id} documentId={known.id} />
      {pages && <RecognitionNotice known={known} pages={pages} />}
      {known.phase === "ready" && <Estimate known={known} />}
      {known.phase === "ready" && pages && <Pins known={known} pages={pages} />}
      {known.phase === "ready" &&
        known.notes.map(say).map((note) => (
          <p key={note} className="notice">
            {note}
          </p>
        ))}
    </>
  );
}

function Arriving({ known }: { known: DocumentInfo }) {
  switch (known.phase) {
    case "parsing":
      return (
        <div className="arriving">
          <p role="status">{t("Opening {name}", { name: known.name })}</p>
          <progress value={known.pagesDone} max={Math.max(known.pagesTotal, 1)} aria-label={t("Opening {name}", { name: known.name })} />
          <small>
            {known.pagesTotal > 0
              ? t("page {part} of {whole}", { part: known.pagesDone, whole: known.pagesTotal })
              : t("Looking for its text…")}
          </small>
        </div>
      );
    case "counting":
      return (
        <div className="arriving">
          <p role="status">{t("Counting the tokens of {name}", { name: known.name })}</p>
          <progress aria-label={t("Counting the tokens of {name}", { name: known.name })} />
          <small>{t("{pages} with text", { pages: t("{count} pages", { count: known.pages }) })}</small>
        </div>
      );
    case "ready":
    case "scanned":
      return <p className="placeholder">{t("Fetching the text…")}</p>;
    case "failed":
      return (
        <div className="arriving failed" role="alert">
          <FileWarning />
          <p>{say(known.error)}</p>
          <button type="button" className="button" onClick={() => void removeDocument(known.id)}>
            {t("Remove it from the library")}
          </button>
        </div>
      );
    default:
      return known satisfies never;
  }
}
