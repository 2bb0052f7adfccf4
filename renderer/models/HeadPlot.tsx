import type { ProfileScores } from "../../preload/api.ts";
import { percent } from "../format.ts";
import { t } from "../language.ts";

const cell = 12;
const step = cell + 2;
const barHeight = 48;

/** Retrieval scores as a map, a column for each layer; below it what each layer loses by forgetting; and both as a table. */
export function HeadPlot({ profile: { scores, layerErrors } }: { profile: ProfileScores }) {
  const heads = scores[0]?.length ?? 0;
  const most = Math.max(1e-9, ...scores.flat());
  const worst = Math.max(1e-9, ...layerErrors);
  const width = scores.length * step;
  const mapHeight = heads * step;
  const height = mapHeight + (layerErrors.length > 0 ? 8 + barHeight : 0);
  const best = scores.flatMap((row, layer) => row.map((score, head) => ({ layer, head, score }))).sort((a, b) => b.score - a.score);
  return (
    <figure className="head-plot">
      <div className="map">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          width={width}
          role="img"
          aria-label={t("{layers} layers of {heads} heads; the strongest is head {head} of layer {layer}", {
            layers: scores.length,
            heads,
            head: best[0]?.head ?? 0,
            layer: best[0]?.layer ?? 0,
          })}
        >
          {scores.map((row, layer) =>
            row.map((score, head) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a head is its place.
                key={`${layer} ${head}`}
                x={layer * step}
                y={head * step}
                width={cell}
                height={cell}
                rx={2}
                style={{ fill: `color-mix(in oklab, var(--accent) ${Math.round(100 * Math.sqrt(score / most))}%, var(--desk))` }}
              >
                <title>{t("Layer {layer}, head {head}: {share} of the strongest", { layer, head, share: percent(score / most) })}</title>
              </rect>
            )),
          )}
          {layerErrors.map((error, layer) => (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index.
              key={layer}
              className="error"
              x={layer * step}
              y={mapHeight + 8}
              width={cell}
              height={Math.max(1, (barHeight * error) / worst)}
              rx={2}
            >
              <title>{t("Layer {layer}: {share} of all that is lost by forgetting", { layer, share: percent(error) })}</title>
            </rect>
          ))}
        </svg>
      </div>
      <figcaption>
        <span>{t("across: layers 0 to {last} · down: heads", { last: scores.length - 1 })}</span>
        {layerErrors.length > 0 && <span>{t("bars: what a layer loses by forgetting")}</span>}
      </figcaption>
      <details>
        <summary>{t("As a table")}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("Layer")}</th>
              <th scope="col">{t("Its strongest heads")}</th>
              {layerErrors.length > 0 && <th scope="col">{t("Share of the loss")}</th>}
            </tr>
          </thead>
          <tbody>
            {scores.map((row, layer) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its index.
              <tr key={layer}>
                <th scope="row">{layer}</th>
                <td>{strongest(row, most)}</td>
                {layerErrors.length > 0 && <td className="number">{percent(layerErrors[layer] ?? 0)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function strongest(row: readonly number[], most: number): string {
  return row
    .map((score, head) => ({ score, head }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 4)
    .map(({ score, head }) => `${head} (${percent(score / most)})`)
    .join(", ");
}
