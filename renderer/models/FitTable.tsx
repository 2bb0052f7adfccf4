import type { Budget, ModelEntry } from "../../preload/api.ts";
import { bytes } from "../format.ts";
import { Hint } from "../Hint.tsx";
import { t } from "../language.ts";
import { useFolio } from "../store.ts";
import { budgetLabel, budgetPresets } from "../words.ts";
import { type Fit, fitOf, verdictOf } from "./fit.ts";

const lengths = [4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144];
const fitWords = { fits: "Fits well", tight: "Tight", large: "Too large" } as const;

/** What a model takes of this computer's memory for documents of several lengths: while it reads, and while it answers at each budget. */
export function FitTable({ entry }: { entry: ModelEntry }) {
  const { readingKv, answeringKv, mode } = useFolio((s) => s.settings);
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  const longest = entry.settings.contextLength ?? entry.shape?.contextLength ?? 0;
  const rows = [...lengths.filter((tokens) => tokens < longest), longest].filter((tokens) => tokens > 0);
  const takes = (tokens: number, budget: Budget) => fitOf(entry, { tokens, budget, readingKv, answeringKv, totalBytes });
  if (rows.length === 0 || takes(rows[0]!, budgetPresets[0]!) === null) return null;
  const toRead = ({ weights, reading, scratch }: Fit) => weights + reading + scratch;
  // The full cache answers from what was read; beside a small one it is still there in fast mode alone.
  const toAnswer = (known: Fit, budget: Budget) =>
    budget.kind === "full" ? toRead(known) : known.weights + known.answering + known.scratch + (mode === "fast" ? known.reading : 0);
  return (
    <section className="figures" aria-label={t("What fits this computer")}>
      <h3>
        <Hint term text={t("Model, caches and scratch space together, computed from the model's figures and the number formats in use.")}>
          {t("What fits this computer")}
        </Hint>
      </h3>
      <div className="scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t("Document")}
              </th>
              <th scope="col" rowSpan={2}>
                {t("to read it")}
              </th>
              <th scope="colgroup" colSpan={budgetPresets.length} className="over">
                {t("to answer, with a budget of")}
              </th>
            </tr>
            <tr>
              {budgetPresets.map((budget) => (
                <th scope="col" key={budgetLabel(budget)}>
                  {budgetLabel(budget)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((tokens) => (
              <tr key={tokens}>
                <th scope="row">{t("{count} tokens", { count: tokens })}</th>
                <Cell bytesOf={toRead(takes(tokens, budgetPresets[0]!)!)} totalBytes={totalBytes} />
                {budgetPresets.map((budget) => (
                  <Cell key={budgetLabel(budget)} bytesOf={toAnswer(takes(tokens, budget)!, budget)} totalBytes={totalBytes} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="facts">
        {t("Of {bytes}. Amber: tight, other programs may get slow. Struck through: too large.", { bytes: bytes(totalBytes) })}
      </p>
    </section>
  );
}

function Cell({ bytesOf, totalBytes }: { bytesOf: number; totalBytes: number }) {
  const verdict = verdictOf(bytesOf, totalBytes);
  return (
    <td className="number" data-verdict={verdict}>
      {bytes(bytesOf)}
      {verdict !== "fits" && <span className="sr-only"> ({t(fitWords[verdict])})</span>}
    </td>
  );
}
