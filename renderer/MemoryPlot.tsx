import { cacheBytesInMemory, type MemorySample } from "./events.ts";
import { bytes } from "./format.ts";
import { t } from "./language.ts";
import { useFolio } from "./store.ts";
import { useNow } from "./useNow.ts";

const width = 320;
const height = 60;
/** At least this much time is drawn, so that the first seconds are not stretched over the whole plot. */
const leastMs = 10_000;

/** The caches and the engine's memory over the last minutes, each with a scale of its own: the engine's would make the caches a flat line. */
export function MemoryPlot({ fullBytes }: { fullBytes: number }) {
  const history = useFolio((s) => s.history);
  const memory = useFolio((s) => s.memory);
  // Every second: what does not change any more goes on to the edge.
  const now = useNow(1000);
  if (history.length === 0) return <p className="nothing">{t("Drawn as soon as something is read.")}</p>;
  const latest = { at: now, processBytes: memory.processBytes, cacheBytes: cacheBytesInMemory(memory) };
  const samples = [...history.filter((sample) => sample.at < now), latest];
  const from = Math.min(samples[0]!.at, now - leastMs);
  return (
    <figure>
      <Plot kind="caches" label={t("Caches")} from={from} samples={samples} value={({ cacheBytes }) => cacheBytes} whole={fullBytes} />
      <Plot kind="process" label={t("Engine process")} from={from} samples={samples} value={({ processBytes }) => processBytes} />
      <figcaption>
        <span>{t("{time} ago", { time: lately(now - from) })}</span>
        <span>{t("now")}</span>
      </figcaption>
    </figure>
  );
}

/** 10_000 -> "10 s", 250_000 -> "4 min". */
const lately = (ms: number): string => (ms < 59_500 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

/** One value in steps, which it keeps until the next sample; `whole` is drawn as a line that it may stay below. */
function Plot(props: {
  kind: "caches" | "process";
  label: string;
  from: number;
  samples: readonly MemorySample[];
  value: (sample: MemorySample) => number;
  whole?: number;
}) {
  const { kind, label, from, samples, value, whole = 0 } = props;
  const last = samples.at(-1)!;
  const most = Math.max(...samples.map(value));
  const top = Math.max(most, whole, 1);
  const x = (at: number) => (((at - from) / (last.at - from)) * width).toFixed(1);
  const y = (n: number) => (height - (n / top) * (height - 3)).toFixed(1);
  const line = samples.map((sample, i) => `${i === 0 ? `M${x(sample.at)}` : `H${x(sample.at)}V`} ${y(value(sample))}`).join("");
  const words = t("now {now}, at most {most}", { now: bytes(value(last)), most: bytes(most) });
  return (
    <div className="plot" data-kind={kind}>
      <p>
        <strong>{label}</strong> <span className="number">{words}</span>
      </p>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${label}: ${words}`}>
        <path className="area" d={`${line}V${height}H${x(samples[0]!.at)}Z`} />
        {whole > 0 && <path className="whole" d={`M0 ${y(whole)}H${width}`} />}
        <path className="line" d={line} />
      </svg>
      {whole > 0 && (
        <p className="whole-key">
          <i /> {t("a full cache: {bytes}", { bytes: bytes(whole) })}
        </p>
      )}
    </div>
  );
}
