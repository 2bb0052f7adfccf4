import type { Budget } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { bytes, percent } from "../format.ts";
import { Hint } from "../Hint.tsx";
import { t } from "../language.ts";
import { rowsBeside } from "../models/fit.ts";
import { useKvTypes, useOpenTokens } from "../models/useFits.ts";
import { useFolio } from "../store.ts";
import { budgetLabel, keptTokens, sameBudget } from "../words.ts";
import { Group, NumberField } from "./fields.tsx";

/** The steps of the slider, least memory first; the last one is everything. */
const steps: readonly Budget[] = [
  ...[0.01, 0.02, 0.03, 0.06, 0.12, 0.25, 0.5].map((share) => ({ kind: "share", share }) as const),
  { kind: "full" },
];

/** How much of the document an answer may keep: a slider over shares, each with the memory it takes, or a number of tokens. */
export function BudgetSetting() {
  const { budget, policy } = useFolio((s) => s.settings);
  const { answeringKv } = useKvTypes();
  const model = useFolio((s) => s.model);
  const quality = useFolio((s) => s.quality);
  const tokens = useOpenTokens();
  // A number of tokens lies between two steps; the slider shows the nearest one below.
  const share = budget.kind === "full" ? 1 : budget.kind === "share" ? budget.share : budget.tokens / tokens;
  const at = Math.max(
    0,
    steps.findLastIndex((step) => (step.kind === "full" ? 1 : step.kind === "share" ? step.share : 0) <= share + 1e-9),
  );
  const choose = (index: number) => void changeSettings({ budget: steps[index]! });
  const perToken = model && model.tokenBytes * (answeringKv === "q8_0" ? 34 / 64 : 1);
  const memory = (step: Budget) =>
    perToken &&
    (step.kind === "full" ? tokens * model.tokenBytes : Math.min(tokens, (keptTokens(step, tokens) ?? 0) + rowsBeside) * perToken);
  const known = (step: Budget) =>
    step.kind === "share" ? quality.find((measured) => measured.policy === policy && measured.share === step.share) : undefined;
  return (
    <Group
      title={t("What the answer may keep")}
      says={
        <>
          {t("Less memory for the answer, or more of the document at hand while it is written.")}
          {model && ` ${t("The memory is computed for {tokens} tokens.", { tokens })}`}
        </>
      }
      term={t("budget: mean number of tokens kept per layer of the KV cache")}
      wide
    >
      <div className="budget">
        <input
          type="range"
          aria-label={t("Budget")}
          min={0}
          max={steps.length - 1}
          step={1}
          value={at}
          aria-valuetext={budgetLabel(budget)}
          onChange={(event) => choose(Number(event.target.value))}
        />
        <ol className="steps">
          {steps.map((step, index) => (
            <li key={budgetLabel(step)} data-chosen={sameBudget(step, budget)}>
              <button type="button" tabIndex={-1} onClick={() => choose(index)}>
                <strong>{budgetLabel(step)}</strong>
                {perToken !== null && <span className="number">{bytes(memory(step) || 0)}</span>}
                {known(step) && (
                  <span className="number kept">
                    <Hint
                      text={t(
                        "Behind an answer's first words: how often the next one is what the full cache would choose. Measured with the starter model, on texts that nothing was tuned on.",
                      )}
                    >
                      <span>{t("{share} same", { share: percent(known(step)!.same) })}</span>
                    </Hint>
                  </span>
                )}
              </button>
            </li>
          ))}
        </ol>
        <div className="or">
          <span>{t("or exactly")}</span>
          <NumberField
            label={t("Tokens a layer")}
            value={budget.kind === "tokens" ? budget.tokens : null}
            placeholder="256"
            min={32}
            max={1_000_000}
            onCommit={(chosen) => chosen !== null && void changeSettings({ budget: { kind: "tokens", tokens: chosen } })}
          />
          <span>{t("tokens a layer")}</span>
        </div>
      </div>
    </Group>
  );
}
