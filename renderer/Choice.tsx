import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useState } from "react";
import type { DocumentInfo, Page } from "../preload/api.ts";
import { pin, setChoosing, unpin } from "./actions.ts";
import { nextSentence, sentenceAt, stretched } from "./choice.ts";
import { IconButton } from "./Hint.tsx";
import { ChevronDown, ChevronUp, Minus, Pin as PinIcon, Plus, X } from "./icons.ts";
import { t } from "./language.ts";
import { costOf } from "./Pins.tsx";
import { type Mark, pageAt, type Range, writingOf } from "./passages.ts";
import { chooses, ids, keysFor } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

type Ready = Extract<DocumentInfo, { phase: "ready" }>;

/** What is chosen, and the edge of it that was moved last, which stays in view. */
type Chosen = Range & { edge: "start" | "end" };

export type Choice = {
  range: Chosen | null;
  marks: readonly Mark[];
  /** The pinned passage that holds all that is chosen. */
  kept: Range | null;
  step: (by: 1 | -1) => void;
  stretch: (by: 1 | -1) => void;
  keep: () => void;
  close: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
};

const nothing: readonly Mark[] = [];

/**
 * A passage of the document chosen without a pointer, to be kept always; nothing while that was not asked for.
 * @param begin where the reader looks, as an offset in the document's text
 */
export function useChoice(known: DocumentInfo, pages: readonly Page[], begin: () => number): Choice {
  const open = useFolio((s) => s.choosing) && known.phase === "ready";
  const [range, setRange] = useState<Chosen | null>(null);
  const writing = writingOf(known.name);
  const moved = (to: Range | null): Chosen | null => to && { ...to, edge: "start" };
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the reader looks counts once, when it is opened.
  useLayoutEffect(() => setRange(open ? moved(sentenceAt(pages, begin(), writing)) : null), [open]);
  useEffect(() => () => setChoosing(false), []);
  const marks = useMemo(() => (range ? [{ ...range, kind: "chosen", current: true } satisfies Mark] : nothing), [range]);
  const kept = (known.phase === "ready" && range && known.pins.find(({ start, end }) => start <= range.start && end >= range.end)) || null;
  const step = (by: 1 | -1) => setRange((now) => now && (moved(nextSentence(pages, now, by, writing)) ?? now));
  const stretch = (by: 1 | -1) => setRange((now) => now && { ...stretched(pages, now, by, writing), edge: "end" });
  const keep = () => {
    if (kept) void unpin(known.id, kept.start);
    else if (range) void pin(known.id, range);
  };
  /** The bar goes, and what has the focus in it: that stays in the document. */
  const close = () => {
    setChoosing(false);
    document.getElementById(ids.pages)?.focus();
  };
  const act = (event: KeyboardEvent): (() => void) | null => {
    if (event.key === "Escape") return close;
    if (event.key === "Enter") return event.target instanceof HTMLButtonElement ? null : keep;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (by === null) return null;
    if (chooses(event.nativeEvent)) return () => step(by);
    return event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey ? () => stretch(by) : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const run = range && act(event);
    if (!run) return;
    event.preventDefault();
    run();
  };
  return { range, marks, kept, step, stretch, keep, close, onKeyDown };
}

/** What can be done with the chosen passage, and what it costs to keep it; what is chosen is read aloud. */
export function ChoiceBar({ known, pages, choice }: { known: Ready; pages: readonly Page[]; choice: Choice }) {
  const model = useFolio((s) => s.model);
  const { range, kept, step, stretch, keep, close } = choice;
  const words = range ? wordsOf(pages, range) : "";
  return (
    <>
      <p role="status" className="sr-only">
        {range && (kept ? t("Always kept: “{words}”", { words }) : t("Chosen: “{words}”", { words }))}
      </p>
      {range && (
        // biome-ignore lint/a11y/useSemanticElements: a bar of buttons, not a part of a form.
        <div className="choice-bar" role="group" aria-label={t("Chosen passage")} onKeyDown={choice.onKeyDown}>
          <IconButton label={t("Previous sentence")} keys={keysFor("Choose the sentence before")} onClick={() => step(-1)}>
            <ChevronUp />
          </IconButton>
          <IconButton label={t("Next sentence")} keys={keysFor("Choose a sentence, then the next")} onClick={() => step(1)}>
            <ChevronDown />
          </IconButton>
          <IconButton label={t("A sentence less")} keys={keysFor("Choose a sentence less")} onClick={() => stretch(-1)}>
            <Minus />
          </IconButton>
          <IconButton label={t("A sentence more")} keys={keysFor("Choose a sentence more")} onClick={() => stretch(1)}>
            <Plus />
          </IconButton>
          <span className="cost">{costOf(known, [range], model)}</span>
          <button type="button" className="button" onClick={keep}>
            <PinIcon aria-hidden="true" />
            {kept ? t("Do not always keep this") : t("Always keep this")}
          </button>
          <IconButton label={t("Close")} keys="Esc" onClick={close}>
            <X />
          </IconButton>
        </div>
      )}
    </>
  );
}

/** The text of a passage, over however many pages. */
function wordsOf(pages: readonly Page[], { start, end }: Range): string {
  return pages
    .slice(pageAt(pages, start), pageAt(pages, end - 1) + 1)
    .map((page) => page.text.slice(Math.max(0, start - page.start), end - page.start))
    .join(" ");
}
