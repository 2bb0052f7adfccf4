import { type PolicyName, policyNames } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { t } from "../language.ts";
import { useFolio } from "../store.ts";
import { policyWords } from "../words.ts";
import { BudgetSetting } from "./BudgetSetting.tsx";
import { Group, NumberField } from "./fields.tsx";

/** What an answer is made from, and how long it may be. */
export function AnswerSettings() {
  const settings = useFolio((s) => s.settings);
  return (
    <>
      <BudgetSetting />
      <Group title={t("How it is chosen")} says={t(policyWords[settings.policy].says)} term={t(policyWords[settings.policy].term)}>
        <select
          aria-label={t("How it is chosen")}
          value={settings.policy}
          onChange={(event) => void changeSettings({ policy: event.target.value as PolicyName })}
        >
          {policyNames.map((name) => (
            <option key={name} value={name}>
              {t(policyWords[name].label)}
            </option>
          ))}
        </select>
      </Group>
      <Group
        title={t("Longest answer")}
        says={t("In tokens. An answer that reaches it is cut there, and says so.")}
        term={t("greatest number of tokens decoded per turn")}
      >
        <NumberField
          label={t("Longest answer")}
          value={settings.maxAnswerTokens}
          min={16}
          max={4096}
          onCommit={(maxAnswerTokens) => void changeSettings({ maxAnswerTokens })}
        />
      </Group>
    </>
  );
}
