import { type ReactNode, useState } from "react";
import { type Budget, type KvType, type MemoryMode, type PolicyName, policyNames, type Settings } from "../preload/api.ts";
import { changeSettings } from "./actions.ts";
import { count, percent } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { Modal } from "./Modal.tsx";
import { useFolio } from "./store.ts";
import { budgetPresets, kvWords, modeWords, policyWords, sameBudget, smallestShares } from "./words.ts";

const modes = Object.keys(modeWords) as MemoryMode[];
const kvTypes = Object.keys(kvWords) as KvType[];
const themes: { value: Settings["theme"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** Every setting, changed at once; what concerns answers takes effect at the next question. */
export function SettingsDialog() {
  const settings = useFolio((s) => s.settings);
  return (
    <Modal title="Settings" className="settings">
      <p className="lead">Changes take effect at the next question.</p>
      <Group
        title="What the answer may keep"
        says="Less memory for the answer, or more of the document at hand while it is written."
        term="budget: mean number of tokens kept per layer of the KV cache"
      >
        <BudgetSetting budget={settings.budget} />
      </Group>
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
      <Group title="Between questions" says={modeWords[settings.mode].says} term={modeWords[settings.mode].term}>
        <Segments
          name="mode"
          label="Between questions"
          value={settings.mode}
          choices={modes.map((value) => ({ value, label: modeWords[value].label }))}
          onChoose={(mode) => void changeSettings({ mode })}
        />
        {settings.mode === "smallest" && (
          <div className="kv">
            <span>Keep at most</span>
            <Segments
              name="smallest-share"
              label="Keep at most"
              value={settings.smallestShare}
              choices={smallestShares.map((share) => ({ value: share, label: percent(share) }))}
              onChoose={(smallestShare) => void changeSettings({ smallestShare })}
            />
          </div>
        )}
      </Group>
      <Group
        title="Number format"
        says="How finely the memory of each word is stored."
        term="KV type: f16, or q8_0 with 8 bits and a scale per 32 values"
      >
        <KvSetting label="While reading" value={settings.readingKv} onChoose={(readingKv) => void changeSettings({ readingKv })} />
        <KvSetting label="While answering" value={settings.answeringKv} onChoose={(answeringKv) => void changeSettings({ answeringKv })} />
      </Group>
      <Group
        title="Longest answer"
        says="An answer that reaches it is cut there, and says so."
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
      <Group title="Appearance">
        <Segments
          name="theme"
          label="Appearance"
          value={settings.theme}
          choices={themes}
          onChoose={(theme) => void changeSettings({ theme })}
        />
      </Group>
    </Modal>
  );
}

function Group({ title, says, term, children }: { title: string; says?: string; term?: string; children: ReactNode }) {
  return (
    <section className="setting">
      <div>
        <h3>
          {term ? (
            <Hint term text={term}>
              {title}
            </Hint>
          ) : (
            title
          )}
        </h3>
        {says && <p>{says}</p>}
      </div>
      <div className="setting-control">{children}</div>
    </section>
  );
}

/** A few choices of which one holds, side by side: radio buttons to keyboard and screen reader. */
function Segments<Value extends string | number>(props: {
  name: string;
  label: string;
  value: Value | null;
  choices: readonly { value: Value; label: string }[];
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name={props.name} value={value} checked={value === props.value} onChange={() => props.onChoose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function BudgetSetting({ budget }: { budget: Budget }) {
  const preset = budgetPresets.find((candidate) => sameBudget(candidate.budget, budget));
  const choose = (label: string) => {
    const chosen = budgetPresets.find((candidate) => candidate.label === label);
    if (chosen) void changeSettings({ budget: chosen.budget });
  };
  return (
    <>
      <Segments
        name="budget"
        label="Budget"
        value={preset?.label ?? null}
        choices={budgetPresets.map(({ label }) => ({ value: label, label }))}
        onChoose={choose}
      />
      <div className="or">
        <span>or</span>
        <NumberField
          label="Tokens a layer"
          value={budget.kind === "tokens" ? budget.tokens : null}
          min={32}
          max={1_000_000}
          onCommit={(tokens) => void changeSettings({ budget: { kind: "tokens", tokens } })}
        />
        <span>tokens a layer</span>
      </div>
    </>
  );
}

function KvSetting({ label, value, onChoose }: { label: string; value: KvType; onChoose: (value: KvType) => void }) {
  return (
    <div className="kv">
      <span>{label}</span>
      <Segments
        name={label}
        label={label}
        value={value}
        choices={kvTypes.map((type) => ({ value: type, label: `${kvWords[type].label} · ${type}` }))}
        onChoose={onChoose}
      />
    </div>
  );
}

/** A whole number between two bounds; what is typed counts once the field is left or Enter is pressed. */
function NumberField(props: { label: string; value: number | null; min: number; max: number; onCommit: (value: number) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const number = Number(typed);
  const wrong = typed !== null && typed !== "" && !(Number.isInteger(number) && number >= props.min && number <= props.max);
  const commit = () => {
    if (typed !== null && typed !== "" && !wrong && number !== props.value) props.onCommit(number);
    setTyped(null);
  };
  return (
    <span className="number-field">
      <input
        inputMode="numeric"
        aria-label={props.label}
        aria-invalid={wrong}
        placeholder="256"
        value={typed ?? props.value ?? ""}
        onChange={(event) => setTyped(event.target.value.trim())}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
      {wrong && (
        <small role="alert">
          {count(props.min)} to {count(props.max)}
        </small>
      )}
    </span>
  );
}
