import type { DocumentInfo, ModelInfo } from "../preload/api.ts";
import { bytes, count, plural, roughTime } from "./format.ts";
import { Hint } from "./Hint.tsx";
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
        {plural(known.pages, "page")} · {count(known.characters)} characters
        {tokens !== null && ` · ${count(tokens)} tokens`}
        {tokens !== null && model?.readingSpeed && ` · reads in ${roughTime(tokens / model.readingSpeed)}`}
      </summary>
      {tokens !== null && model && <Memory tokens={tokens} model={model} />}
    </details>
  );
}

function Memory({ tokens, model }: { tokens: number; model: ModelInfo }) {
  const kv = useFolio((s) => s.settings.answeringKv);
  const full = tokens * model.tokenBytes;
  // q8_0 keeps blocks of 32 numbers in 34 bytes.
  const perToken = model.tokenBytes * (kv === "q8_0" ? 34 / 64 : 1);
  return (
    <>
      <p>
        Reading it takes up to{" "}
        <Hint
          term
          text="The full reading cache of this document alone, in 16 bits a number. Computed from its length and the model's shape."
        >
          {bytes(full)}
        </Hint>{" "}
        of memory. Answering from it, beside the model, takes:
      </p>
      <dl>
        {budgetPresets.map(({ budget, label }) => (
          <div key={budgetLabel(budget)}>
            <dt>{label}</dt>
            <dd>{bytes((keptTokens(budget, tokens) ?? 0) * perToken)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
