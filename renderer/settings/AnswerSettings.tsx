import { type PolicyName, policyNames } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
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
      <Group title="How it is chosen" says={policyWords[settings.policy].says} term={policyWords[settings.policy].term}>
        <select
          aria-label="How it is chosen"
          value={settings.policy}
          onChange={(event) => void changeSettings({ policy: event.target.value as PolicyName })}
        >
          {policyNames.map((name) => (
            <option key={name} value={name}>
              {policyWords[name].label}
            </option>
          ))}
        </select>
      </Group>
      <Group
        title="Longest answer"
        says="In tokens. An answer that reaches it is cut there, and says so."
        term="greatest number of tokens decoded per turn"
      >
        <NumberField
          label="Longest answer"
          value={settings.maxAnswerTokens}
          min={16}
          max={4096}
          onCommit={(maxAnswerTokens) => void changeSettings({ maxAnswerTokens })}
        />
      </Group>
    </>
  );
}
