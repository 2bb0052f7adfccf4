import { useMemo } from "react";
import type { Evidence, Page, Pin } from "../preload/api.ts";
import { goTo } from "./actions.ts";
import { list } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { mostKeptPages, outline } from "./kept.ts";
import { t } from "./language.ts";
import { pageAt } from "./passages.ts";
import { useFolio } from "./store.ts";

const noEvidence: readonly Evidence[] = [];

/** Pixels beside a passage within which a click means the passage. */
const reach = 8;

type Props = { documentId: string; pages: readonly Page[]; pins: readonly Pin[]; top: number; onPage: (index: number) => void };

/** A strip as long as the document: where the cache kept tokens for an answer, its evidence, and where the reader is. A click goes there. */
export function KeepMap({ documentId, pages, pins, top, onPage }: Props) {
  const focus = useFolio((s) => s.focus);
  const turn = useFolio((s) => {
    const turns = s.conversation?.turns ?? [];
    const wanted = turns.find((candidate) => candidate.id === s.focus?.turnId) ?? turns.findLast(({ phase }) => phase === "done");
    return wanted?.phase === "done" ? wanted : null;
  });
  const shares = turn?.kept?.find((map) => map.documentId === documentId)?.shares ?? null;
  const path = useMemo(() => outline(shares ?? []), [shares]);
  const last = pages.at(-1);
  const length = last ? last.start + last.text.length : 0;
  if (length === 0) return null;
  const evidence = turn?.evidence ?? noEvidence;
  const from = pages[top]?.start ?? 0;
  const to = from + (pages[top]?.text.length ?? 0);
  const here = evidence.flatMap((passage, index) =>
    passage.documentId === documentId ? [{ passage, index, at: passage.start / length }] : [],
  );
  const go = (share: number, width: number) => {
    const near = here.toSorted((a, b) => Math.abs(a.at - share) - Math.abs(b.at - share))[0];
    if (turn && near && Math.abs(near.at - share) * width < reach) void goTo(turn.id, near.passage);
    else onPage(pageAt(pages, length * share));
  };
  // Where as much was kept everywhere, or nothing, there is no most.
  const mostKept = shares ? mostKeptPages(shares, pages) : [];
  const evidencePages = [...new Set(here.map(({ passage }) => passage.page))];
  const told = [
    mostKept.length > 0 && t("Most was kept around page {pages}.", { pages: list(mostKept.map(String)) }),
    evidencePages.length > 0 && t("Evidence is on page {pages}.", { pages: list(evidencePages.map(String)) }),
    pins.length > 0 &&
      t("Always kept: page {pages}.", { pages: list([...new Set(pins.map((pin) => String(pages[pageAt(pages, pin.start)]?.number)))]) }),
    t("Page {page} is in view.", { page: String(pages[top]?.number ?? 1) }),
  ];
  return (
    <div className="keep-map">
      <Hint
        term
        text={
          shares
            ? t(
                "Where in the document the cache kept tokens for this answer, from its first page to its last: the higher, the more layers kept them. Gold: the evidence. The frame: the page in view.",
              )
            : t("Where the evidence of the answer lies in the document, from its first page to its last. The frame is the page in view.")
        }
      >
        {shares ? t("Kept") : t("Evidence")}
      </Hint>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a shortcut for the pointer; for keys there are the passages and the page number. */}
      <div
        className="strip"
        role="img"
        aria-label={told.filter(Boolean).join(" ")}
        onClick={({ clientX, currentTarget }) => {
          const box = currentTarget.getBoundingClientRect();
          go((clientX - box.left) / box.width, box.width);
        }}
      >
        {shares && (
          <svg viewBox={`0 0 ${shares.length} 1`} preserveAspectRatio="none" aria-hidden="true">
            <path d={path} />
          </svg>
        )}
        <span className="window" style={{ left: `${(100 * from) / length}%`, width: `${(100 * (to - from)) / length}%` }} />
        {pins.map(({ start, end }) => (
          <b key={start} style={{ left: `${(100 * start) / length}%`, width: `${(100 * (end - start)) / length}%` }} />
        ))}
        {here.map(({ index, at }) => (
          <i key={index} style={{ left: `${100 * at}%` }} data-current={focus?.turnId === turn?.id && focus?.index === index} />
        ))}
      </div>
    </div>
  );
}
