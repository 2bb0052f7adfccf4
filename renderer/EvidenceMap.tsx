import type { Evidence, Page } from "../preload/api.ts";
import { goToEvidence } from "./actions.ts";
import { Hint } from "./Hint.tsx";
import { pageAt } from "./passages.ts";
import { useFolio } from "./store.ts";

const noEvidence: readonly Evidence[] = [];

/** Pixels beside a passage within which a click means the passage. */
const reach = 8;

type Props = { documentId: string; pages: readonly Page[]; top: number; onPage: (index: number) => void };

/** A strip as long as the document: where the passages of an answer lie in it, and where the reader is. A click goes there. */
export function EvidenceMap({ documentId, pages, top, onPage }: Props) {
  const focus = useFolio((s) => s.focus);
  const turn = useFolio((s) => {
    const turns = s.conversation?.turns ?? [];
    const wanted = s.focus ? turns.find((candidate) => candidate.id === s.focus?.turnId) : turns.at(-1);
    return wanted?.phase === "done" ? wanted : null;
  });
  const last = pages.at(-1);
  const length = last ? last.start + last.text.length : 0;
  if (length === 0) return null;
  const evidence = turn?.evidence ?? noEvidence;
  const from = pages[top]?.start ?? 0;
  const to = from + (pages[top]?.text.length ?? 0);
  const here = evidence.flatMap((passage, index) => (passage.documentId === documentId ? [{ index, at: passage.start / length }] : []));
  const go = (share: number, width: number) => {
    const near = here.toSorted((a, b) => Math.abs(a.at - share) - Math.abs(b.at - share))[0];
    if (turn && near && Math.abs(near.at - share) * width < reach) void goToEvidence(turn.id, near.index);
    else onPage(pageAt(pages, length * share));
  };
  return (
    <div className="evidence-map">
      <Hint
        term
        text="Where the passages of the answer lie in the document, from its first page to its last. The frame is the page in view."
      >
        Evidence
      </Hint>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a shortcut for the pointer; for keys there are the chips and the page number. */}
      <div
        className="strip"
        onClick={({ clientX, currentTarget }) => {
          const box = currentTarget.getBoundingClientRect();
          go((clientX - box.left) / box.width, box.width);
        }}
      >
        <span className="window" style={{ left: `${(100 * from) / length}%`, width: `${(100 * (to - from)) / length}%` }} />
        {here.map(({ index, at }) => (
          <i key={index} style={{ left: `${100 * at}%` }} data-current={focus?.turnId === turn?.id && focus?.index === index} />
        ))}
      </div>
    </div>
  );
}
