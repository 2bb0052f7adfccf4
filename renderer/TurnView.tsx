import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import type { Evidence, StopReason, Turn } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { Answer } from "./Answer.tsx";
import { goTo } from "./actions.ts";
import { coverageWords } from "./extent.ts";
import { bytes, duration, pageName, percent, shortName, speed } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { AlertTriangle, Info } from "./icons.ts";
import { say, t } from "./language.ts";
import { Question, TurnActions } from "./Question.tsx";
import { useFolio, useLanguage } from "./store.ts";
import { modeWords, policyWords } from "./words.ts";

type DoneTurn = Extract<Turn, { phase: "done" }>;

/** One question and its answer, with the evidence and what the answer took. */
export const TurnView = memo(function TurnView({ id, number }: { id: string; number: number }) {
  useLanguage();
  const turn = useFolio((s) => s.conversation?.turns.find((candidate) => candidate.id === id) ?? null);
  if (!turn) return null;
  return (
    <article className="turn" id={`turn-${turn.id}`} aria-label={t("Question {number}", { number })} data-phase={turn.phase}>
      <Question turn={turn} />
      {/* Busy until the answer is whole: a screen reader then says it once, not word by word. */}
      <div aria-live="polite" aria-busy={turn.phase === "answering"}>
        {turn.answer !== "" && (
          <Answer
            turnId={turn.id}
            text={turn.answer}
            streaming={turn.phase === "answering"}
            quotes={turn.phase === "done" ? turn.quotes : undefined}
          />
        )}
        <TurnState turn={turn} />
      </div>
      {turn.phase === "done" && turn.evidence.length > 0 && <Passages turn={turn} />}
      {turn.phase === "done" && <Receipt turn={turn} />}
      {turn.phase === "failed" && (
        <footer className="receipt">
          <TurnActions turn={turn} />
        </footer>
      )}
    </article>
  );
});

const stopWords: Record<StopReason, PlainText | null> = {
  end: null,
  length: "The answer reached its greatest length. It can be raised in the settings.",
  stopped: "Stopped. What was read and said is kept.",
  repeating: "The model had begun to repeat itself, so the answer was ended there.",
};

function TurnState({ turn }: { turn: Turn }) {
  const reading = useFolio((s) => s.engine.phase === "reading");
  const ending = turn.phase === "done" ? stopWords[turn.stopReason] : null;
  switch (turn.phase) {
    case "waiting":
      return <p className="turn-state">{reading ? t("Reading the document first…") : t("Reading the question…")}</p>;
    case "answering":
      return turn.answer === "" ? <p className="turn-state">{t("Answering…")}</p> : <span className="sr-only">{t("Answering…")}</span>;
    case "done":
      return (
        <>
          {turn.answer.trim() === "" && turn.stopReason === "end" && (
            <p className="turn-state">{t("The model gave no answer. Try other words.")}</p>
          )}
          {ending && (
            <p className="turn-state">
              <Info aria-hidden="true" /> {t(ending)}
            </p>
          )}
          {turn.notice && (
            <p className="turn-state">
              <Info aria-hidden="true" /> {say(turn.notice)}
            </p>
          )}
        </>
      );
    case "failed":
      // A question taken back before its answer began has lost nothing, and neither has an answer that was kept as far as it got.
      return turn.error.code === "stopped" || turn.error.code === "interrupted" ? (
        <p className="turn-state" data-code={turn.error.code}>
          <Info aria-hidden="true" /> {say(turn.error)}
          {turn.error.code === "stopped" && ` ${t("What was read is kept.")}`}
        </p>
      ) : (
        <p className="turn-state" data-kind="loss" data-code={turn.error.code}>
          <AlertTriangle aria-hidden="true" /> {say(turn.error)}
        </p>
      );
    default:
      return turn satisfies never;
  }
}

/** The passages that the answer rests on, in the documents' order; a click, or Alt with an arrow, shows one. */
function Passages({ turn }: { turn: DoneTurn }) {
  const current = useFolio((s) => (s.focus?.turnId === turn.id ? s.focus.index : null));
  const severalDocuments = useFolio((s) => (s.conversation?.documentIds.length ?? 0) > 1);
  return (
    <div className="passages">
      <Hint term text={t("Passages that were kept because the model's retrieval heads attended to them, in the order of the document.")}>
        {t("Evidence")}
      </Hint>
      <ol>
        {turn.evidence.map((passage, index) => (
          <li key={`${passage.documentId}-${passage.start}`}>
            <button type="button" className="passage" aria-pressed={current === index} onClick={() => void goTo(turn.id, passage)}>
              <span className="place">
                {severalDocuments && <DocumentName id={passage.documentId} />}
                {pageName(passage)}
              </span>
              <span className="words" dir="auto">
                {shortQuote(passage)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

function shortQuote({ text }: Evidence): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > 180 ? `${flat.slice(0, 179).trimEnd()}…` : flat;
}

function DocumentName({ id }: { id: string }) {
  const name = useFolio((s) => s.documents.find((known) => known.id === id)?.name ?? "");
  return <span>{shortName(name.replace(/\.[^.]+$/, ""), 14)} </span>;
}

type Row = [name: PlainText, value: string];

/** What was read, kept and spent for this answer; every figure was measured while it was made. */
function Receipt({ turn }: { turn: DoneTurn }) {
  const { cache, timing } = turn;
  const covered = useFolio(useShallow((s) => coverageWords(turn, s.documents, s.conversation?.documentIds ?? [])));
  const inWindows = turn.coverage?.kind === "windows" ? turn.coverage : null;
  const kept = Math.round(cache.keptPerLayer.reduce((sum, n) => sum + n, 0) / Math.max(1, cache.keptPerLayer.length));
  const given = t("{tokens}, question and earlier turns included", { tokens: t("{count} tokens", { count: turn.promptTokens }) });
  const rows: Row[] = [
    ...(inWindows
      ? ([
          [
            "Read",
            t("{tokens} in {count} windows", { tokens: t("{count} tokens", { count: inWindows.tokens }), count: inWindows.windows }),
          ],
          ["Picked from them", t("{count} tokens", { count: inWindows.pickedTokens })],
          ["Answered from", given],
        ] satisfies Row[])
      : [["Read", given] satisfies Row]),
    ...(covered ? [["Pages read", covered.pages] satisfies Row] : []),
    ...(covered?.skipped ? [["Pages without text", covered.skipped] satisfies Row] : []),
    ...(cache.mode === "smallest" && !inWindows ? [["Let go of", t("much of it, before the question")] satisfies Row] : []),
    [
      "Kept",
      t("{tokens} a layer ({share})", {
        tokens: t("{count} tokens", { count: kept }),
        share: percent(kept / Math.max(1, turn.promptTokens)),
      }),
    ],
    ["Answering cache", t("{part} of {whole}", { part: bytes(cache.answeringBytes), whole: bytes(cache.fullBytes) })],
    ["Largest at once", bytes(cache.peakBytes)],
    ...(inWindows ? [] : openingRow(turn)),
    ["What is kept", `${t(policyWords[cache.policy].label)} (${cache.policy})`],
    ["Between questions", `${t(modeWords[cache.mode].label)} (${cache.mode})`],
    ["Reading", duration(timing.readMs + timing.restoreMs)],
    ["Question", duration(timing.questionMs)],
    ["Choosing and gathering", duration(timing.selectMs + timing.gatherMs)],
    ["First word after", duration(timing.firstTokenMs)],
    ["Answer", `${t("{count} tokens", { count: turn.answerTokens })}, ${speed(timing.decodeTokensPerSecond)}`],
  ];
  return (
    <footer className="receipt">
      <details>
        <summary>
          <span>{t("{part} instead of {whole}", { part: bytes(cache.answeringBytes), whole: bytes(cache.fullBytes) })} ·</span>{" "}
          {covered && <span>{covered.summary} ·</span>} <span>{speed(timing.decodeTokensPerSecond)}</span>
        </summary>
        <dl>
          {rows.map(([name, value]) => (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <TurnActions turn={turn} />
    </footer>
  );
}

/** How much of the answer was written before anything was left out, when that was more than its first token. */
function openingRow({ cache, answerTokens }: DoneTurn): Row[] {
  // Turns that were saved before this was counted have no number.
  if (cache.mode === "smallest" || !(cache.openingTokens > 1)) return [];
  const all = cache.openingTokens >= answerTokens;
  const value = all ? t("all of the answer") : t("the first {count} tokens", { count: cache.openingTokens });
  return [["Written before anything was left out", value]];
}
