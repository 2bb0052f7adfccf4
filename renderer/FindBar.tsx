import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Page } from "../preload/api.ts";
import { setFinding, setFindQuery } from "./actions.ts";
import { IconButton } from "./Hint.tsx";
import { ChevronDown, ChevronUp, X } from "./icons.ts";
import { t } from "./language.ts";
import { findAll, type Mark, type Range } from "./passages.ts";
import { ids } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

const mostMatches = 1000;
const nothing: readonly Mark[] = [];

export type Found = {
  open: boolean;
  query: string;
  setQuery: (query: string) => void;
  at: number;
  step: (by: 1 | -1) => void;
  total: number;
  marks: readonly Mark[];
  current: Range | null;
};

/**
 * The search through the text in the viewer; it holds nothing while the bar is closed. It begins at the page that a search of the
 * library has led to.
 */
export function useFind(documentId: string, pages: readonly Page[]): Found {
  const open = useFolio((s) => s.finding);
  const query = useFolio((s) => s.findQuery);
  const place = useFolio((s) => s.place);
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(open ? query : "");
  const ranges = useMemo(() => findAll(pages, wanted, mostMatches), [pages, wanted]);
  const led = useRef(0);
  useLayoutEffect(() => {
    if (place?.documentId !== documentId || place.words !== wanted || ranges.length === 0 || led.current === place.visit) return;
    led.current = place.visit;
    const start = pages[place.page - 1]?.start ?? 0;
    setAt(
      Math.max(
        0,
        ranges.findIndex((range) => range.start >= start),
      ),
    );
  }, [documentId, place, wanted, ranges, pages]);
  const current = ranges[at] ?? null;
  const marks = useMemo(
    () => (ranges.length === 0 ? nothing : ranges.map((range): Mark => ({ ...range, kind: "match", current: range === current }))),
    [ranges, current],
  );
  return {
    open,
    query,
    setQuery: (next) => {
      setFindQuery(next);
      setAt(0);
    },
    at,
    step: (by) => setAt((before) => (ranges.length === 0 ? 0 : (before + by + ranges.length) % ranges.length)),
    total: ranges.length,
    marks,
    current,
  };
}

export function FindBar({ found }: { found: Found }) {
  const { query, at, total, step } = found;
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const says =
    query.trim() === ""
      ? ""
      : total === 0
        ? t("Not found")
        : `${t("{part} of {whole}", { part: at + 1, whole: total })}${total === mostMatches ? "+" : ""}`;
  return (
    <search
      className="find-bar"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
        event.preventDefault();
        setFinding(false);
      }}
    >
      <input
        id={ids.find}
        type="text"
        aria-label={t("Find in the document")}
        placeholder={t("Find in the document")}
        value={query}
        onChange={(event) => found.setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) step(event.shiftKey ? -1 : 1);
        }}
      />
      <output aria-live="polite">{says}</output>
      <IconButton label={t("Previous match")} keys="Shift+Enter" disabled={total === 0} onClick={() => step(-1)}>
        <ChevronUp />
      </IconButton>
      <IconButton label={t("Next match")} keys="Enter" disabled={total === 0} onClick={() => step(1)}>
        <ChevronDown />
      </IconButton>
      <IconButton label={t("Close")} keys="Esc" onClick={() => setFinding(false)}>
        <X />
      </IconButton>
    </search>
  );
}
