import type { EngineStatus } from "../preload/api.ts";
import { toggleGauge } from "./actions.ts";
import { bytes, speed } from "./format.ts";
import { GaugePanel } from "./GaugePanel.tsx";
import { type GaugeFacts, gaugeFacts } from "./gauge.ts";
import { Hint } from "./Hint.tsx";
import { ChevronDown, ChevronUp } from "./icons.ts";
import { t } from "./language.ts";
import { rich } from "./rich.ts";
import { selectTurns, useFolio } from "./store.ts";
import { gaugeWords } from "./words.ts";

/** The line that is always there: what answering takes against what it would take, in measured bytes. It opens the panel. */
export function MemoryGauge() {
  const engine = useFolio((s) => s.engine);
  const memory = useFolio((s) => s.memory);
  const turns = useFolio(selectTurns);
  const open = useFolio((s) => s.gaugeOpen);
  const facts = gaugeFacts(engine, memory, turns);
  return (
    <section className="gauge" aria-label={t("Memory")}>
      {open && <GaugePanel />}
      <div className="gauge-line">
        {facts ? <Facts facts={facts} /> : <span className="gauge-idle">{idleWords(engine)}</span>}
        {memory.systemTotalBytes > 0 && (
          <span className="gauge-system">
            <Hint term text={t(gaugeWords.system)}>
              {t("RAM")}
            </Hint>{" "}
            <span className="number">
              {t("{part} of {whole}", {
                part: bytes(memory.systemTotalBytes - memory.systemFreeBytes),
                whole: bytes(memory.systemTotalBytes),
              })}
            </span>
          </span>
        )}
        <button
          type="button"
          className="icon-button"
          aria-expanded={open}
          aria-label={open ? t("Close the memory panel") : t("Open the memory panel")}
          onClick={toggleGauge}
        >
          {open ? <ChevronDown aria-hidden="true" /> : <ChevronUp aria-hidden="true" />}
        </button>
      </div>
    </section>
  );
}

function Facts({ facts }: { facts: GaugeFacts }) {
  const { label, usedBytes, besideBytes, fullBytes, keptTokens, promptTokens } = facts;
  // While reading the bar shows how far it is; the memory for the whole document is taken at its beginning.
  const [part, whole] = fullBytes === null ? [keptTokens, promptTokens] : [usedBytes, fullBytes];
  const share = (n: number) => `${Math.min(100, (100 * n) / Math.max(1, whole))}%`;
  return (
    <>
      <span className="gauge-used">
        <Hint term text={t(fullBytes === null ? gaugeWords.reading : gaugeWords.answering)}>
          {t(label)}
        </Hint>{" "}
        <strong className="number">{bytes(usedBytes)}</strong>
        {fullBytes !== null && (
          <>
            {" "}
            <Hint term text={t(gaugeWords.full)}>
              <span className="number">{t("of {whole}", { whole: bytes(fullBytes) })}</span>
            </Hint>
          </>
        )}
      </span>
      {besideBytes > 0 && (
        <span className="gauge-beside">
          <Hint term text={t(gaugeWords.reading)}>
            {rich("{bytes} of reading in memory", { bytes: <span className="number">{bytes(besideBytes)}</span> })}
          </Hint>
        </span>
      )}
      <meter className="sr-only" aria-label={t(label)} min={0} max={whole} value={part}>
        {share(part)}
      </meter>
      <span className="gauge-bar" aria-hidden="true">
        <span className="beside" style={{ width: share(part + besideBytes) }} />
        <span className="used" style={{ width: share(part) }} />
      </span>
      <span className="gauge-kept number">
        {fullBytes === null ? (
          t("{part} of {whole} tokens read", { part: keptTokens, whole: promptTokens })
        ) : (
          <Hint term text={t(gaugeWords.kept)}>
            {t("{part} of {whole} tokens kept", { part: keptTokens, whole: promptTokens })}
          </Hint>
        )}
      </span>
      {facts.tokensPerSecond !== null && (
        <span className="gauge-speed number">
          <Hint term text={t(gaugeWords.speed)}>
            {speed(facts.tokensPerSecond)}
          </Hint>
        </span>
      )}
    </>
  );
}

function idleWords(engine: EngineStatus): string {
  switch (engine.phase) {
    case "starting":
      return t("Starting the engine");
    case "loading":
      return t("Loading {name}", { name: engine.model });
    case "down":
      return t("The engine has stopped");
    case "no-model":
      return t("No model");
    case "restarting":
      return t("No answer from the engine just now");
    case "idle":
    case "reading":
    case "answering":
      return t("No answer yet. Here you will see what it takes.");
    default:
      return engine satisfies never;
  }
}
