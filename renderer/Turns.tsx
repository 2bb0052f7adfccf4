import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useShallow } from "zustand/react/shallow";
import { seekTurn } from "./actions.ts";
import { t } from "./language.ts";
import { useFolio } from "./store.ts";
import { TurnView } from "./TurnView.tsx";

/** Turns that are drawn at once: a conversation begins with its latest, and gets earlier ones as its reader goes up. */
const portion = 20;
/** How near the top, in pixels, earlier ones are drawn. */
const nearTop = 1000;

/**
 * The turns of a conversation, with `before` above the first, or `instead` of them. Keeps the end in view while an answer grows, unless
 * the reader has scrolled up; a new question always goes to the end.
 */
export function Turns({ before, instead }: { before: ReactNode; instead: ReactNode }) {
  const ids = useFolio(useShallow((s) => s.conversation?.turns.map((turn) => turn.id) ?? []));
  const sought = useFolio((s) => s.soughtTurn);
  const [first, setFirst] = useState(() => Math.max(0, ids.length - portion));
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const drawnFrom = useRef(first);
  drawnFrom.current = first;
  /** How far above the end the reader is while turns are put in above. */
  const fromEnd = useRef<number | null>(null);

  const look = useCallback(() => {
    const box = scroller.current!;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    if (drawnFrom.current === 0 || box.clientHeight === 0 || box.scrollTop > nearTop || fromEnd.current !== null) return;
    fromEnd.current = box.scrollHeight - box.scrollTop;
    setFirst(Math.max(0, drawnFrom.current - portion));
  }, []);
  useEffect(() => {
    const grown = new ResizeObserver(look);
    grown.observe(content.current!);
    grown.observe(scroller.current!);
    return () => grown.disconnect();
  }, [look]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when turns were put in above.
  useLayoutEffect(() => {
    const box = scroller.current!;
    if (fromEnd.current !== null) box.scrollTop = box.scrollHeight - fromEnd.current;
    fromEnd.current = null;
  }, [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when a question is added.
  useEffect(() => {
    atEnd.current = true;
    look();
  }, [ids.length]);
  useEffect(() => {
    const at = sought === null ? -1 : ids.indexOf(sought);
    if (at < 0) return;
    if (at < first) return setFirst(at);
    atEnd.current = false;
    document.getElementById(`turn-${sought}`)?.scrollIntoView({ block: "start" });
    seekTurn(null);
  }, [sought, ids, first]);

  return (
    <div
      className="turns"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard.
      tabIndex={0}
      role="log"
      aria-label={t("Questions and answers")}
      aria-live="off"
      onScroll={({ currentTarget: box }) => {
        atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
        look();
      }}
    >
      <div className="turns-inner" ref={content}>
        {before}
        {ids.length === 0 ? instead : ids.slice(first).map((id, i) => <TurnView key={id} id={id} number={first + i + 1} />)}
      </div>
    </div>
  );
}
