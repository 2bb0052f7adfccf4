import { bytes } from "./format.ts";
import { t } from "./language.ts";
import { useFolio } from "./store.ts";

const width = 320;
const height = 96;
/** At least this much time is drawn, so that the first seconds are not stretched over the whole plot. */
const leastMs = 60_000;

/** Memory of the engine over the last minutes, and the caches' part of it. */
export function MemoryPlot() {
  const history = useFolio((s) => s.history);
  const last = history.at(-1);
  if (!last || history.length < 2) return <p className="nothing">{t("Drawn as soon as something is read.")}</p>;
  const from = Math.min(history[0]!.at, last.at - leastMs);
  const most = Math.max(...history.map((sample) => sample.processBytes), 1);
  const x = (at: number) => ((at - from) / (last.at - from)) * width;
  const y = (n: number) => height - (n / most) * (height - 4);
  const line = (value: (sample: (typeof history)[number]) => number) =>
    history.map((sample, i) => `${i === 0 ? "M" : "L"}${x(sample.at).toFixed(1)} ${y(value(sample)).toFixed(1)}`).join("");
  const caches = line((sample) => sample.cacheBytes);
  return (
    <figure>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("Engine memory now {now}, at most {most}; caches now {caches}", {
          now: bytes(last.processBytes),
          most: bytes(most),
          caches: bytes(last.cacheBytes),
        })}
      >
        <path className="area" d={`${caches}L${width} ${height}L${x(history[0]!.at).toFixed(1)} ${height}Z`} />
        <path className="caches" d={caches} />
        <path className="process" d={line((sample) => sample.processBytes)} />
      </svg>
      <figcaption>
        <span>{t("{minutes} min ago", { minutes: Math.max(1, Math.round((last.at - from) / 60_000)) })}</span>
        <span className="key">
          <i data-kind="process" /> {t("engine")} {bytes(last.processBytes)} <i data-kind="caches" /> {t("caches")} {bytes(last.cacheBytes)}
        </span>
        <span>{t("now")}</span>
      </figcaption>
    </figure>
  );
}
