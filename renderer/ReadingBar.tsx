import { stop } from "./actions.ts";
import { pagesGiven } from "./extent.ts";
import { percent, speed, timeLeft } from "./format.ts";
import { t } from "./language.ts";
import { useFolio } from "./store.ts";

/** Reading a document takes time: how far it is in pages and percent, how fast, how long still, and a way to stop that loses nothing. */
export function ReadingBar() {
  const engine = useFolio((s) => s.engine);
  const soFar = useFolio((s) => s.readSoFar);
  const pages = useFolio((s) =>
    s.documents.reduce(
      (sum, known) =>
        sum + (known.phase === "ready" && s.conversation?.documentIds.includes(known.id) ? pagesGiven(s.conversation.extent, known) : 0),
      0,
    ),
  );
  if (engine.phase === "reading") {
    const share = engine.done / Math.max(1, engine.total);
    return (
      <div className="reading">
        <p>
          <strong>{t("Reading")}</strong>
          <span className="number">
            {engine.window
              ? t("window {part} of {whole}", { part: engine.window.number, whole: engine.window.of })
              : pages > 1
                ? t("page {part} of {whole}", { part: Math.max(1, Math.round(share * pages)), whole: pages })
                : percent(share)}
          </span>
          <button type="button" className="link" title={`${t("What was read is kept")} (Esc)`} onClick={() => void stop()}>
            {t("Cancel")}
          </button>
        </p>
        <progress
          value={engine.done}
          max={Math.max(1, engine.total)}
          aria-label={t("Reading")}
          aria-valuetext={`${t("{part} of {whole} tokens", { part: engine.done, whole: engine.total })}, ${timeLeft(engine.secondsLeft)}`}
        />
        <p className="number">
          <span>{engine.tokensPerSecond > 0 ? speed(engine.tokensPerSecond) : t("measuring the speed")}</span>
          <span>{timeLeft(engine.secondsLeft)}</span>
        </p>
      </div>
    );
  }
  if (soFar && engine.phase === "idle") {
    return (
      <p className="read-so-far">
        {t("Stopped after {part} of {whole} tokens. What was read is kept: the next question goes on from there.", {
          part: soFar.done,
          whole: soFar.total,
        })}
      </p>
    );
  }
  return null;
}
