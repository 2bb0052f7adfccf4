import { type RefObject, useEffect, useState } from "react";
import type { DocumentInfo, ModelInfo, Page } from "../preload/api.ts";
import { goToPassage, pin, unpin } from "./actions.ts";
import { bytes, pageName } from "./format.ts";
import { Hint, IconButton } from "./Hint.tsx";
import { Pin as PinIcon, X } from "./icons.ts";
import { t } from "./language.ts";
import { pageAt, type Range } from "./passages.ts";
import { placeOfSelection } from "./selected.ts";
import { useFolio } from "./store.ts";

type Ready = Extract<DocumentInfo, { phase: "ready" }>;

/** The passages of a document that always stay, and what they cost; nothing while there are none. */
export function Pins({ known, pages }: { known: Ready; pages: readonly Page[] }) {
  const model = useFolio((s) => s.model);
  const smallest = useFolio((s) => s.settings.mode === "smallest");
  const { pins } = known;
  if (pins.length === 0) return null;
  return (
    <details className="estimate pins">
      <summary>
        {[t("{count} passages always kept", { count: pins.length }), costOf(known, pins, model)].filter(Boolean).join(" · ")}
      </summary>
      {smallest && <p>{t("In smallest mode they are let go of last, and reading starts again when they change.")}</p>}
      <ul>
        {pins.map((passage) => {
          const page = pages[pageAt(pages, passage.start)];
          const words = page ? page.text.slice(passage.start - page.start, passage.end - page.start) : "";
          return (
            <li key={passage.start}>
              <button type="button" className="link" onClick={() => void goToPassage(known.id, passage)}>
                {page && pageName({ page: page.number, ...(page.label && { label: page.label }) })}
              </button>
              <span className="words" dir="auto">
                {words.replace(/\s+/g, " ")}
              </span>
              <IconButton
                label={t("Do not always keep “{words}”", { words: words.slice(0, 40) })}
                onClick={() => void unpin(known.id, passage.start)}
              >
                <X />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** Their share of the document's tokens, since what a passage takes can only be counted by the model; bytes as in a full cache. */
export function costOf({ tokens, characters }: Ready, passages: readonly Range[], model: ModelInfo | null): string {
  if (tokens === null) return "";
  const kept = Math.ceil((tokens * passages.reduce((sum, { start, end }) => sum + end - start, 0)) / Math.max(1, characters));
  const about = { tokens: t("{count} tokens", { count: kept }) };
  if (!model) return t("about {tokens}", about);
  return t("about {tokens}, {bytes} of every answer", { ...about, bytes: bytes(kept * model.tokenBytes) });
}

/** Always keeps the page in view; what is selected is offered where it is selected. */
export function PinPage({ known, page }: { known: Ready; page: Page | undefined }) {
  if (!page || page.text === "") return null;
  const end = page.start + page.text.length;
  const kept = known.pins.some((passage) => passage.start <= page.start && passage.end >= end);
  const label = kept ? t("Page {page} is always kept", { page: page.number }) : t("Always keep this page");
  return (
    <IconButton label={label} disabled={kept} onClick={() => void pin(known.id, { start: page.start, end })}>
      <PinIcon />
    </IconButton>
  );
}

type Selected = Range & { left: number; top: number };

/** A button beside selected text that keeps it for every answer. */
export function PinSelection({ known, pages, area }: { known: Ready; pages: readonly Page[]; area: RefObject<HTMLElement | null> }) {
  const [selected, setSelected] = useState<Selected | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setSelected(area.current && selectionIn(area.current, pages)), settleMs);
    };
    document.addEventListener("selectionchange", look);
    const scroller = area.current;
    scroller?.addEventListener("scroll", look, { passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("selectionchange", look);
      scroller?.removeEventListener("scroll", look);
    };
  }, [area, pages]);
  if (!selected) return null;
  const keep = () => {
    void pin(known.id, selected);
    getSelection()?.removeAllRanges();
  };
  return (
    <span className="pin-selection" style={{ left: selected.left, top: selected.top }}>
      <Hint text={t("These words then stay in the cache whatever is asked, beside the budget.")}>
        <button type="button" className="button" onPointerDown={(event) => event.preventDefault()} onClick={keep}>
          <PinIcon aria-hidden="true" />
          {t("Always keep this")}
        </button>
      </Hint>
    </span>
  );
}

/** A selection that is still being drawn moves on. */
const settleMs = 200;
const roomAbove = 44;

/** What is selected within the drawn pages, as a passage, and where a button for it may stand in the window. */
function selectionIn(area: HTMLElement, pages: readonly Page[]): Selected | null {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!area.contains(range.commonAncestorContainer)) return null;
  const places = [...area.querySelectorAll<HTMLElement>(".page[data-index]")].flatMap((sheet): Range[] => {
    const page = pages[Number(sheet.dataset.index)];
    const inside = page && range.intersectsNode(sheet) ? within(range, sheet) : null;
    const place = inside && placeOfSelection(page!.text, inside.before, inside.selected);
    return place ? [{ start: page!.start + place.start, end: page!.start + place.end }] : [];
  });
  if (places.length === 0) return null;
  const box = range.getBoundingClientRect();
  const { top, bottom } = area.getBoundingClientRect();
  return {
    start: Math.min(...places.map((place) => place.start)),
    end: Math.max(...places.map((place) => place.end)),
    left: box.left + box.width / 2,
    top: Math.min(Math.max(box.top - roomAbove, top + 8), bottom - roomAbove),
  };
}

/** The selected part of one page's text, and the text before it; page numbers below the text do not count. */
function within(range: globalThis.Range, sheet: HTMLElement): { before: string; selected: string } {
  const part = document.createRange();
  part.selectNodeContents(sheet);
  const foot = sheet.querySelector("footer");
  if (foot) part.setEndBefore(foot);
  const before = part.cloneRange();
  if (part.comparePoint(range.startContainer, range.startOffset) === 0) part.setStart(range.startContainer, range.startOffset);
  if (part.comparePoint(range.endContainer, range.endOffset) === 0) part.setEnd(range.endContainer, range.endOffset);
  before.setEnd(part.startContainer, part.startOffset);
  return { before: before.toString(), selected: part.toString() };
}
