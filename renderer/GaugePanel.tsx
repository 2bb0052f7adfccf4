import { useEffect, useState } from "react";
import type { ReadingPlace, SnapshotSizes } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { compare, toggleGauge } from "./actions.ts";
import { bytes } from "./format.ts";
import { type LayersKept, layersKept } from "./gauge.ts";
import { Hint } from "./Hint.tsx";
import { t } from "./language.ts";
import { MemoryPlot } from "./MemoryPlot.tsx";
import { getSnapshotSizes } from "./models/actions.ts";
import { isComparable, selectAnswering, selectTurns, useFolio } from "./store.ts";
import { gaugeWords, policyWords } from "./words.ts";

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
  const layers = layersKept(engine, memory, turns);
  const cap = useFolio((s) => s.settings.snapshotCapBytes);
  const onDisk = useSnapshotBytes(memory.readingPlace);
  const last = turns.findLast((turn) => turn.phase === "done");
  const busy = useFolio(selectAnswering);
  const done = last?.phase === "done" ? last : null;
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      toggleGauge();
      document.querySelector<HTMLElement>(".gauge-line .icon-button")?.focus();
    };
    // After what is nearer, such as the search bar, and before the window's own keys, for which Escape means stop.
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
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
    ...(onDisk === null
      ? []
      : [{ name: "On disk" as const, value: bytes(onDisk), note: t("of {whole}", { whole: bytes(cap) }), says: gaugeWords.disk }]),
    { name: "Scratch space", value: bytes(memory.computeBytes || done?.cache.computeBytes || 0), says: gaugeWords.compute },
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
        {layers ? <LayerBars {...layers} /> : <p className="nothing">{t("Shown with the first answer.")}</p>}
      </div>
      <div className="history">
        <h2>
          <Hint term text={t(gaugeWords.history)}>
            {t("The last minutes")}
          </Hint>
        </h2>
        <MemoryPlot fullBytes={full} />
      </div>
    </div>
  );
}

/** Bytes of all snapshots; null until they are known. Where the reading cache is says when they change. */
function useSnapshotBytes(place: ReadingPlace): number | null {
  const [sizes, setSizes] = useState<SnapshotSizes | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a snapshot is written when the cache goes to the disk.
  useEffect(() => {
    let late = false;
    void getSnapshotSizes().then((found) => late || setSizes(found));
    return () => {
      late = true;
    };
  }, [place]);
  return sizes?.bytes ?? null;
}

/** A bar for every layer, against all the tokens that were read: what is left white was let go of. */
function LayerBars({ perLayer, promptTokens, policy }: LayersKept) {
  const most = Math.max(...perLayer);
  const least = Math.min(...perLayer);
  const whole = Math.max(1, most, promptTokens);
  const layers = perLayer.length;
  return (
    <figure>
      <p className="whole-key">
        <i /> {t("all that was read: {tokens}", { tokens: t("{count} tokens", { count: promptTokens }) })}
      </p>
      <div
        className="bars"
        role="img"
        aria-label={t("{layers} layers, between {least} and {most} tokens kept in each", { layers, least, most })}
      >
        {perLayer.map((tokens, layer) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index.
            key={layer}
            title={t("Layer {layer}: {tokens}", { layer, tokens: t("{count} tokens", { count: tokens }) })}
          >
            <i style={{ height: `${(100 * tokens) / whole}%` }} />
          </span>
        ))}
      </div>
      <figcaption>
        <span>{t("layer {layer}", { layer: 0 })}</span>
        <span className="number">
          {least === most ? t("{tokens} tokens in each", { tokens: most }) : t("{least} to {most} tokens", { least, most })}
        </span>
        <span>{t("layer {layer}", { layer: layers - 1 })}</span>
      </figcaption>
      {policy !== null && most < promptTokens && (
        <p className="nothing">
          {t(least === most ? "“{policy}” gives every layer the same number." : "“{policy}” gives each layer a number of its own.", {
            policy: t(policyWords[policy].label),
          })}
        </p>
      )}
    </figure>
  );
}
