import type { DocumentInfo, ModelInfo } from "../preload/api.ts";
import { bytes, roughTime } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { t } from "./language.ts";
import { useKvTypes } from "./models/useFits.ts";
import { rich } from "./rich.ts";
import { useFolio } from "./store.ts";
import { budgetLabel, budgetPresets, keptTokens } from "./words.ts";

type Ready = Extract<DocumentInfo, { phase: "ready" }>;

/** What a document will cost, before the first question about it: its size, the time to read it, and the memory at each budget. */
export function Estimate({ known }: { known: Ready }) {
  const model = useFolio((s) => s.model);
  const asked = useFolio((s) => Boolean(s.conversation?.documentIds.includes(known.id) && s.conversation.turns.length > 0));
  if (asked) return null;
  const { tokens } = known;
  return (
    <details className="estimate">
      <summary>
        {t("{count} pages", { count: known.pages })} · {t("{count} characters", { count: known.characters })}
        {tokens !== null && ` · ${t("{count} tokens", { count: tokens })}`}
        {tokens !== null && model?.readingSpeed && ` · ${t("reads in {time}", { time: roughTime(tokens / model.readingSpeed) })}`}
      </summary>
      {tokens !== null && model && <Memory tokens={tokens} model={model} />}
    </details>
  );
}

function Memory({ tokens, model }: { tokens: number; model: ModelInfo }) {
  const { answeringKv } = useKvTypes();
  const full = tokens * model.tokenBytes;
  // q8_0 keeps blocks of 32 numbers in 34 bytes.
  const perToken = model.tokenBytes * (answeringKv === "q8_0" ? 34 / 64 : 1);
  return (
    <>
      <p>
        {rich("Reading it takes up to {bytes} of memory. Answering from it, beside the model, takes:", {
          bytes: (
            <Hint
              term
              text={t(
                "The full reading cache of this document alone, in 16 bits a number. Computed from its length and the model's shape.",
              )}
            >
              {bytes(full)}
            </Hint>
          ),
        })}
      </p>
      <dl>
        {budgetPresets.map((budget) => (
          <div key={budgetLabel(budget)}>
            <dt>{budgetLabel(budget)}</dt>
            <dd>{bytes((keptTokens(budget, tokens) ?? 0) * perToken)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
