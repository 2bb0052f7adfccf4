import { useEffect } from "react";
import type { Turn } from "../preload/api.ts";
import { Answer } from "./Answer.tsx";
import { compareAgain, stop } from "./actions.ts";
import { bytes, count, duration, percent, speed } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { say, t } from "./language.ts";
import { Modal } from "./Modal.tsx";
import { samenessOf, wordsBefore } from "./sameness.ts";
import { isBroken, isRunning, useFolio } from "./store.ts";

type DoneTurn = Extract<Turn, { phase: "done" }>;

/** The same question answered from the small cache and from the full one, side by side. Closing it ends what is still being answered. */
export function CompareDialog({ turnId }: { turnId: string }) {
  const small = useFolio((s) => s.conversation?.turns.find(({ id }) => id === turnId) ?? null);
  const full = useFolio((s) => (s.comparison?.turnId === turnId ? s.comparison.full : null));
  useEffect(
    () => () => {
      const { comparison } = useFolio.getState();
      if (comparison && isRunning(comparison.full)) void stop();
    },
    [],
  );
  if (small?.phase !== "done") return null;
  return (
    <Modal title={t("Compare with the full cache")} className="compare">
      <p className="lead" dir="auto">
        {small.question}
      </p>
      <p className="verdict" role="status">
        {full?.phase === "done" ? verdict(small, full) : t("The same question is answered again, with everything that was read in memory.")}
      </p>
      <div className="sides">
        <Side name={t("Small cache")} turn={small} of={full?.phase === "done" ? full : small} />
        {full && <Side name={t("Full cache")} turn={full} of={full} onAgain={() => void compareAgain(turnId)} />}
      </div>
    </Modal>
  );
}

function verdict(small: DoneTurn, full: DoneTurn): string {
  const saved = t("It took {share} of the memory.", { share: percent(small.cache.answeringBytes / full.cache.answeringBytes) });
  const sameness = samenessOf(small.answer, full.answer);
  switch (sameness.kind) {
    case "same":
      return `${t("Both say the same, word for word.")} ${saved}`;
    case "wording":
      return `${t("Both say the same; only space, case or punctuation differ.")} ${saved}`;
    case "longer":
      return `${t("Both say the same as far as the shorter one goes.")} ${saved}`;
    case "parts":
      return sameness.until === 0
        ? t("They differ from the first word. Read both against the document.")
        : t("They say the same up to “{words}”, and differ from there. Read both against the document.", {
            words: wordsBefore(small.answer, sameness.until),
          });
    default:
      return sameness satisfies never;
  }
}

/** One answer and what it took; `of` is the answer whose memory is the whole bar. */
function Side({ name, turn, of, onAgain }: { name: string; turn: Turn; of: Turn; onAgain?: () => void }) {
  return (
    <section aria-label={name} data-phase={turn.phase}>
      <h3>{name}</h3>
      {turn.phase === "done" && of.phase === "done" && (
        <Cost turn={turn} fullBytes={Math.max(of.cache.answeringBytes, of.cache.fullBytes)} />
      )}
      {isRunning(turn) && <Running turn={turn} />}
      <div className="said" aria-live="polite" aria-busy={isRunning(turn)}>
        {turn.answer !== "" && <Answer turnId={turn.id} text={turn.answer} streaming={turn.phase === "answering"} quotes={undefined} />}
        {turn.phase === "done" && turn.stopReason === "stopped" && <p className="turn-state">{t("Stopped.")}</p>}
        {turn.phase === "done" && turn.stopReason === "length" && <p className="turn-state">{t("It reached its greatest length.")}</p>}
        {turn.phase === "failed" && <p className="turn-state">{say(turn.error)}</p>}
      </div>
      {onAgain && isBroken(turn) && (
        <button type="button" className="button" onClick={onAgain}>
          {t("Try again")}
        </button>
      )}
    </section>
  );
}

function Running({ turn }: { turn: Turn }) {
  const engine = useFolio((s) => s.engine);
  const words =
    engine.phase === "reading"
      ? t("Reading, {share}", { share: percent(engine.done / Math.max(1, engine.total)) })
      : turn.phase === "answering"
        ? t("Answering…")
        : t("Reading the question…");
  return (
    <div className="running">
      <span className="number">{words}</span>
      <progress
        {...(engine.phase === "reading" && { value: engine.done, max: engine.total })}
        aria-label={t("The answer from the full cache")}
      />
      <button type="button" className="button" onClick={() => void stop()}>
        {t("Stop")}
      </button>
    </div>
  );
}

function Cost({ turn: { cache, timing, answerTokens, promptTokens }, fullBytes }: { turn: DoneTurn; fullBytes: number }) {
  const kept = cache.keptPerLayer.reduce((sum, tokens) => sum + tokens, 0) / Math.max(1, cache.keptPerLayer.length);
  const rows = [
    {
      name: t("Tokens kept"),
      says: t("Mean per layer, of all tokens that were read."),
      value: t("{part} of {whole}", { part: count(kept), whole: promptTokens }),
    },
    {
      name: t("First word after"),
      says: t("From the question on, once the documents are read. Measured."),
      value: duration(timing.firstTokenMs - timing.readMs - timing.restoreMs),
    },
    {
      name: t("Then"),
      says: t("Tokens decoded in a second, of {total}. Measured.", { total: answerTokens }),
      value: speed(timing.decodeTokensPerSecond),
    },
  ];
  return (
    <>
      <p className="took">
        <strong className="number">{bytes(cache.answeringBytes)}</strong>{" "}
        <Hint term text={t("The KV cache that this answer was generated from. Allocated bytes, measured.")}>
          {t("to answer")}
        </Hint>
      </p>
      <span className="took-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(100, (100 * cache.answeringBytes) / fullBytes)}%` }} />
      </span>
      <dl>
        {rows.map((row) => (
          <div key={row.name}>
            <dt>
              <Hint term text={row.says}>
                {row.name}
              </Hint>
            </dt>
            <dd className="number">{row.value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
