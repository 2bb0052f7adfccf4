import type { Page } from "../preload/api.ts";
import { goToEvidence } from "./actions.ts";
import { Hint } from "./Hint.tsx";
import { pageAt } from "./passages.ts";
import { useFolio } from "./store.ts";

/** A strip as long as the document: where the passages of an answer lie in it, and where the reader is. */
export function EvidenceMap({ documentId, pages, top }: { documentId: string; pages: readonly Page[]; top: number }) {
  const focus = useFolio((s) => s.focus);
  const turn = useFolio((s) => {
    const turns = s.conversation?.turns ?? [];
    const wanted = s.focus ? turns.find((candidate) => candidate.id === s.focus?.turnId) : turns.at(-1);
    return wanted?.phase === "done" ? wanted : null;
  });
  const last = pages.at(-1);
  if (!turn || !last) return null;
  const length = last.start + last.text.length;
  const here = turn.evidence.flatMap((passage, index) => (passage.documentId === documentId ? [{ passage, index }] : []));
  if (here.length === 0) return null;
  const from = pages[top]?.start ?? 0;
  const to = from + (pages[top]?.text.length ?? 0);
  return (
    <nav className="evidence-map" aria-label="Where the evidence lies">
      <Hint
        term
        text="Where the passages of this answer lie in the document, from its first page to its last. The frame is the page in view."
      >
        Evidence
      </Hint>
      <div className="strip">
        <span className="window" style={{ left: `${(100 * from) / length}%`, width: `${(100 * (to - from)) / length}%` }} />
        {here.map(({ passage, index }) => (
          <button
            key={index}
            type="button"
            style={{ left: `${(100 * passage.start) / length}%` }}
            aria-label={`Passage ${index + 1}, page ${pages[pageAt(pages, passage.start)]?.number}`}
            aria-current={focus?.turnId === turn.id && focus.index === index ? "true" : undefined}
            onClick={() => void goToEvidence(turn.id, index)}
          />
        ))}
      </div>
    </nav>
  );
}
