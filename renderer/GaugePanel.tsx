import { useEffect } from "react";
import type { ReadingPlace } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { compare, toggleGauge } from "./actions.ts";
import { bytes } from "./format.ts";
import { keptPerLayer } from "./gauge.ts";
import { Hint } from "./Hint.tsx";
import { t } from "./language.ts";
import { MemoryPlot } from "./MemoryPlot.tsx";
import { isComparable, selectAnswering, selectTurns, useFolio } from "./store.ts";
import { gaugeWords } from "./words.ts";

const placeWords: Record<ReadingPlace, PlainText | null> = {
  none: "nothing read yet",
  memory: null,
  disk: "it is on disk",
  dropped: "it was dropped",
};

/** Everything the line leaves out: each part of the memory, the layers, and the last minutes. */
export function GaugePanel() {
  const engine = useFolio((s) => s.engine);
  const memory = useFolio((s) => s.memory);
  const turns = useFolio(selectTurns);
  const layers = keptPerLayer(engine, memory, turns);
  const last = turns.findLast((turn) => turn.phase === "done");
  const busy = useFolio(selectAnswering);
  const done = last?.phase === "done" ? last : null;
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      toggleGauge();
      document.querySelector<HTMLElement>(".gauge-line .icon-button")?.focus();
    };
    // Before the window's own keys, for which Escape means stop.
    window.addEventListener("keydown", close, { capture: true });
    return () => window.removeEventListener("keydown", close, { capture: true });
  }, []);
  const answering = memory.answeringBytes || done?.cache.answeringBytes || 0;
  const readingInMemory = memory.readingPlace === "memory" ? memory.readingBytes : 0;
  const full = memory.fullBytes || done?.cache.fullBytes || 0;
  const place = placeWords[memory.readingPlace];
  const rows: { name: PlainText; value: string; note?: string; says: PlainText; kind?: string }[] = [
    { name: "To answer", value: bytes(answering), says: gaugeWords.answering, kind: "used" },
    { name: "A full cache would take", value: bytes(full), says: gaugeWords.full },
    {
      name: "What was read, in memory",
      value: bytes(readingInMemory),
      ...(place && { note: t(place) }),
      says: gaugeWords.reading,
    },
    { name: "Scratch space", value: bytes(memory.computeBytes), says: gaugeWords.compute },
    { name: "Model", value: bytes(memory.weightsBytes), says: gaugeWords.weights },
    { name: "Engine process", value: bytes(memory.processBytes), says: gaugeWords.process },
    {
      name: "Free on this computer",
      value: bytes(memory.systemFreeBytes),
      note: t("of {whole}", { whole: bytes(memory.systemTotalBytes) }),
      says: gaugeWords.system,
    },
  ];
  return (
    <div className="gauge-panel">
      <div className="parts">
        <h2>{t("Memory")}</h2>
        <dl>
          {rows.map((row) => (
            <div key={row.name} data-kind={row.kind}>
              <dt>
                <Hint term text={t(row.says)}>
                  {t(row.name)}
                </Hint>
              </dt>
              <dd>
                <span className="number">{row.value}</span>
                {row.note && <small>{row.note}</small>}
              </dd>
            </div>
          ))}
        </dl>
        {done && isComparable(done) && (
          <button type="button" className="button" disabled={busy} onClick={() => compare(done.id)}>
            {t("Compare with the full cache")}
          </button>
        )}
      </div>
      <div className="layers">
        <h2>
          <Hint term text={t(gaugeWords.layers)}>
            {t("Tokens kept per layer")}
          </Hint>
        </h2>
        {layers.length > 0 ? <LayerBars kept={layers} /> : <p className="nothing">{t("Shown with the first answer.")}</p>}
      </div>
      <div className="history">
        <h2>
          <Hint term text={t(gaugeWords.history)}>
            {t("The last minutes")}
          </Hint>
        </h2>
        <MemoryPlot />
      </div>
    </div>
  );
}

function LayerBars({ kept }: { kept: readonly number[] }) {
  const most = Math.max(1, ...kept);
  const least = Math.min(...kept);
  return (
    <figure>
      <div
        className="bars"
        role="img"
        aria-label={t("{layers} layers, between {least} and {most} tokens kept in each", { layers: kept.length, least, most })}
      >
        {kept.map((tokens, layer) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index.
            key={layer}
            title={t("Layer {layer}: {tokens}", { layer, tokens: t("{count} tokens", { count: tokens }) })}
            style={{ height: `${(100 * tokens) / most}%` }}
          />
        ))}
      </div>
      <figcaption>
        <span>{t("layer {layer}", { layer: 0 })}</span>
        <span className="number">
          {least === most ? t("{tokens} tokens in each", { tokens: most }) : t("{least} to {most} tokens", { least, most })}
        </span>
        <span>{t("layer {layer}", { layer: kept.length - 1 })}</span>
      </figcaption>
    </figure>
  );
}
