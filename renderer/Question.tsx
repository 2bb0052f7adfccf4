import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Turn } from "../preload/api.ts";
import { branch, compare } from "./actions.ts";
import { CopyButton } from "./CopyButton.tsx";
import { IconButton } from "./Hint.tsx";
import { Columns2, Pencil, RotateCcw } from "./icons.ts";
import { t } from "./language.ts";
import { isComparable, selectAnswering, useFolio } from "./store.ts";

/** A question as it was asked, and the way to ask it otherwise. */
export function Question({ turn }: { turn: Turn }) {
  const [editing, setEditing] = useState(false);
  const answering = useFolio(selectAnswering);
  const done = () => {
    const hadFocus = document.activeElement?.closest(".edit-question");
    flushSync(() => setEditing(false));
    // Back to what opened it, where the question still stands.
    if (hadFocus) document.querySelector<HTMLElement>(`[id="turn-${turn.id}"] .asked button`)?.focus();
  };
  if (editing) return <EditQuestion turn={turn} onDone={done} />;
  return (
    <div className="asked">
      <h3 dir="auto">{turn.question}</h3>
      <IconButton label={t("Edit the question")} disabled={answering} onClick={() => setEditing(true)}>
        <Pencil />
      </IconButton>
    </div>
  );
}

function EditQuestion({ turn, onDone }: { turn: Turn; onDone: () => void }) {
  const [text, setText] = useState(turn.question);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), []);
  const ready = text.trim() !== "" && text.trim() !== turn.question;
  const ask = async () => {
    if (ready && (await branch(turn.id, text.trim()))) onDone();
  };
  return (
    <form
      className="edit-question"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <textarea
        ref={field}
        aria-label={t("Edited question")}
        dir="auto"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") {
            event.preventDefault();
            onDone();
          }
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          void ask();
        }}
      />
      <p>{t("It is asked in a new conversation that begins with what came before. This one stays as it is.")}</p>
      <div className="actions">
        <button type="button" className="button" onClick={onDone}>
          {t("Cancel")}
        </button>
        <button type="submit" className="button primary" disabled={!ready}>
          {t("Ask")}
        </button>
      </div>
    </form>
  );
}

/** What can be done with an answer that is not being written any more. */
export function TurnActions({ turn }: { turn: Turn }) {
  const answering = useFolio(selectAnswering);
  return (
    <span className="turn-actions">
      <IconButton label={t("Ask again")} disabled={answering} onClick={() => void branch(turn.id, turn.question)}>
        <RotateCcw />
      </IconButton>
      {isComparable(turn) && (
        <IconButton label={t("Compare with the full cache")} disabled={answering} onClick={() => compare(turn.id)}>
          <Columns2 />
        </IconButton>
      )}
      {turn.answer !== "" && <CopyButton label={t("Copy the answer")} text={turn.answer} />}
    </span>
  );
}
