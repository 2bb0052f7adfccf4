import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { DocumentInfo, Evidence, Page, Pin } from "../preload/api.ts";
import { setZoom, showScale } from "./actions.ts";
import { ChoiceBar, useChoice } from "./Choice.tsx";
import { FindBar, useFind } from "./FindBar.tsx";
import { KeepMap } from "./KeepMap.tsx";
import { t } from "./language.ts";
import { PdfSheet } from "./PdfSheet.tsx";
import { PinSelection } from "./Pins.tsx";
import { type Mark, pageAt, writingOf } from "./passages.ts";
import type { Pdf } from "./pdf.ts";
import { ids } from "./shortcuts.ts";
import { useFolio } from "./store.ts";
import { TextSheet } from "./TextSheet.tsx";
import { pageScale, stepZoom } from "./zoom.ts";

const noEvidence: readonly Evidence[] = [];
const noPins: readonly Pin[] = [];
/** About what a page takes before it is measured: 66 characters a line of 28 px, and its margins. */
const guessHeight = (page: Page): number => 120 + Math.ceil(page.text.length / 66) * 28;
/** How long a page that is far away may take at most to be drawn and measured, in ms. */
const patienceMs = 60_000;
/** By these a reader goes elsewhere. */
const readerMoves = ["wheel", "keydown", "pointerdown"] as const;
const gap = 16;
/** Beside a drawn page, in pixels. */
const margin = 20;
/** Where the reader was taken to, in the text and on drawn pages, and what is chosen by keys. */
const currentMark = ":is(mark, g)[data-current=true]:not([data-kind=chosen])";
const chosenMark = ":is(mark, g)[data-kind=chosen]";

type Props = {
  known: DocumentInfo;
  pages: readonly Page[];
  /** Where the pages are drawn from; null shows their text. */
  pdf: Pdf | null;
  /** The page to begin with. */
  first: number;
  goTo: { page: number; visit: number } | null;
  /** The last jump and the last visit to a passage that were followed, in whichever view. */
  handled: RefObject<{ jump: number; visit: number }>;
  onJump: (index: number) => void;
  /** Told which page is at the top of the window. */
  onPage: (index: number) => void;
};

/** A document, page by page; only the pages near the window are drawn. */
export function Pages({ known, pages, pdf, first, goTo, handled, onJump, onPage }: Props) {
  const documentId = known.id;
  const scroller = useRef<HTMLDivElement>(null);
  const scale = useScale(pdf, scroller);
  const focus = useFolio((s) => s.focus);
  const evidence = useFolio((s) => {
    const turn = s.conversation?.turns.find((candidate) => candidate.id === s.focus?.turnId);
    return turn?.phase === "done" ? turn.evidence : noEvidence;
  });
  const pins = known.phase === "ready" ? known.pins : noPins;
  const writing = writingOf(known.name);
  const found = useFind(documentId, pages);
  const virtual = useVirtualizer({
    count: pages.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const page = pages[index]!;
      return pdf ? (pdf.sizes.get(page.number) ?? pdf.sizes.get(1)!).height * scale : guessHeight(page);
    },
    overscan: pdf ? 1 : 2,
    paddingStart: 20,
    paddingEnd: 20,
    gap,
  });

  /** What the reader looks at: a mark that is in view, or else the text at the top. */
  const begin = (): number => {
    const box = scroller.current!.getBoundingClientRect();
    const seen = [...scroller.current!.querySelectorAll(currentMark)].some((mark) => {
      const at = mark.getBoundingClientRect();
      return at.bottom > box.top && at.top < box.bottom;
    });
    const current = found.current ?? (focus?.documentId === documentId ? focus : null);
    if (seen && current) return current.start;
    const top = scroller.current!.scrollTop;
    const item = virtual.getVirtualItemForOffset(top);
    const page = pages[item?.index ?? 0]!;
    return page.start + (item ? Math.max(0, ((top - item.start) / item.size) * page.text.length) : 0);
  };
  const choice = useChoice(known, pages, begin);
  const marks = useMemo(() => {
    const passages = evidence.map((passage, i): Mark & { documentId: string } => ({
      ...passage,
      kind: "evidence",
      current: i === focus?.index,
    }));
    const quote = focus && focus.index === null ? [{ ...focus, kind: "evidence" as const, current: true }] : [];
    const pinned = pins.map((pin): Mark => ({ ...pin, kind: "pin", current: false }));
    return [...[...passages, ...quote].filter((mark) => mark.documentId === documentId), ...found.marks, ...choice.marks, ...pinned];
  }, [evidence, focus, documentId, found.marks, choice.marks, pins]);

  const items = virtual.getVirtualItems();
  const readingLine = (virtual.scrollOffset ?? 0) + 120;
  const top = items.find((item) => item.end > readingLine)?.index ?? 0;
  useEffect(() => onPage(top), [top, onPage]);

  // Another size of the pages keeps the place in them; the first one begins where the other view was.
  const place = useRef({ index: first, share: 0 });
  const inner = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new size is the reason to measure again.
  useLayoutEffect(() => {
    const { index, share } = place.current;
    virtual.measure();
    inner.current!.style.height = `${virtual.getTotalSize()}px`;
    const item = virtual.measurementsCache[index];
    // A page's beginning is held even when the ones above it turn out longer than they were guessed to be.
    if (index === 0 && share === 0) virtual.scrollToOffset(0);
    else if (share === 0) virtual.scrollToIndex(index, { align: "start" });
    else if (item) virtual.scrollToOffset(item.start + share * item.size);
  }, [scale, virtual]);
  const keepPlace = (offset: number) => {
    const item = virtual.getVirtualItemForOffset(offset);
    if (item) place.current = { index: item.index, share: (offset - item.start) / item.size };
  };

  /** Remembered at once: the size of the pages may change before the window has scrolled. */
  const scrollToPage = (index: number) => {
    place.current = { index, share: 0 };
    virtual.scrollToIndex(index, { align: "start" });
  };
  const bringing = useRef({ page: 0, stop: () => {} });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every jump scrolls once, also when the view is changed after it.
  useEffect(() => {
    if (!goTo || handled.current.jump === goTo.visit) return;
    handled.current.jump = goTo.visit;
    // What is still on its way into view from another page is not wanted any more.
    if (bringing.current.page !== goTo.page) bringing.current.stop();
    scrollToPage(goTo.page);
  }, [goTo]);

  /** Brings the current mark to the middle; a page that is far away must be drawn and measured first, so it takes some time. */
  const bring = (offset: number, marked = currentMark): (() => void) => {
    const page = pageAt(pages, offset);
    scrollToPage(page);
    const box = scroller.current!;
    const until = performance.now() + patienceMs;
    let frame = 0;
    let still = 0;
    // A reader who moves meanwhile is not pulled back.
    const stop = () => {
      cancelAnimationFrame(frame);
      for (const move of readerMoves) box.removeEventListener(move, stop);
    };
    for (const move of readerMoves) box.addEventListener(move, stop, { passive: true });
    const settle = () => {
      const mark = box.querySelector(marked);
      if (mark) {
        const [at, area] = [mark.getBoundingClientRect(), box.getBoundingClientRect()];
        const away = at.top + Math.min(at.height, area.height / 2) / 2 - (area.top + area.height * 0.4);
        if (Math.abs(away) > 2) box.scrollTop += away;
        still = Math.abs(away) > 2 ? 0 : still + 1;
      }
      if (still < 3 && performance.now() < until) frame = requestAnimationFrame(settle);
      else stop();
    };
    frame = requestAnimationFrame(settle);
    bringing.current = { page, stop };
    return stop;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: every visit scrolls, even to the same passage; nothing else does.
  useEffect(() => {
    if (focus?.documentId !== documentId || handled.current.visit === focus.visit) return;
    handled.current.visit = focus.visit;
    return bring(focus.start);
  }, [focus?.visit]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above, for the match that the search bar stands at.
  useEffect(() => {
    if (found.current) return bring(found.current.start);
  }, [found.current]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above, for the edge of the choice that was moved; what is in view stays where it is.
  useEffect(() => {
    if (!choice.range) return;
    const drawn = scroller.current!.querySelectorAll(chosenMark);
    const mark = drawn.item(choice.range.edge === "start" ? 0 : drawn.length - 1);
    if (!mark) return bring(choice.range.start, chosenMark);
    mark.scrollIntoView({ block: "nearest" });
  }, [choice.range]);

  return (
    <>
      {found.open && <FindBar found={found} />}
      <section
        id={ids.pages}
        className="pages"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard.
        tabIndex={0}
        aria-label={pdf ? t("Pages of the document") : t("Text of the document")}
        onScroll={({ currentTarget }) => keepPlace(currentTarget.scrollTop)}
        onKeyDown={(event) => {
          choice.onKeyDown(event);
          if (pdf) zoomByKey(event, scale);
        }}
      >
        <div className="pages-inner" ref={inner} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => (
            <div
              key={item.key}
              className="page"
              data-index={item.index}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {pdf ? (
                <PdfSheet pdf={pdf} page={pages[item.index]!} marks={marks} scale={scale} />
              ) : (
                <TextSheet page={pages[item.index]!} marks={marks} writing={writing} />
              )}
            </div>
          ))}
        </div>
      </section>
      {known.phase === "ready" && <PinSelection known={known} pages={pages} area={scroller} />}
      {known.phase === "ready" && <ChoiceBar known={known} pages={pages} choice={choice} />}
      <KeepMap documentId={documentId} pages={pages} pins={pins} top={top} onPage={onJump} />
    </>
  );
}

/** Screen pixels a point of the PDF's pages, as chosen or as they fit; 1 for text. */
function useScale(pdf: Pdf | null, scroller: RefObject<HTMLElement | null>): number {
  const zoom = useFolio((s) => s.zoom);
  const [room, setRoom] = useState(600);
  useLayoutEffect(() => {
    const box = scroller.current!;
    const look = () => box.clientWidth > 0 && setRoom(box.clientWidth);
    const resized = new ResizeObserver(look);
    resized.observe(box);
    look();
    return () => resized.disconnect();
  }, [scroller]);
  const scale = pdf ? pageScale(zoom, pdf.sizes.get(1)!.width, room - 2 * margin) : 1;
  useEffect(() => showScale(scale), [scale]);
  return scale;
}

function zoomByKey(event: KeyboardEvent, scale: number) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") setZoom(stepZoom(scale, 1));
  else if (event.key === "-") setZoom(stepZoom(scale, -1));
  else if (event.key === "0") setZoom(null);
}
