import type { ProfileScores } from "../../preload/api.ts";
import { count, percent } from "../format.ts";

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
          aria-label={`${count(scores.length)} layers of ${count(heads)} heads; the strongest is head ${best[0]?.head} of layer ${best[0]?.layer}`}
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
                <title>{`Layer ${layer}, head ${head}: ${percent(score / most)} of the strongest`}</title>
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
              <title>{`Layer ${layer}: ${percent(error)} of all that is lost by forgetting`}</title>
            </rect>
          ))}
        </svg>
      </div>
      <figcaption>
        <span>across: layers 0 to {scores.length - 1} · down: heads</span>
        {layerErrors.length > 0 && <span>bars: what a layer loses by forgetting</span>}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Its strongest heads</th>
              {layerErrors.length > 0 && <th scope="col">Share of the loss</th>}
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
