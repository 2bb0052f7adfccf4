import { useState } from "react";
import {
  defaultModelSettings,
  defaultSystemPrompt,
  type ModelEntry,
  type ModelInfo,
  type ModelSettings,
  reloading,
} from "../../preload/api.ts";
import { bytes, count } from "../format.ts";
import { ArrowLeft } from "../icons.ts";
import { t } from "../language.ts";
import { Group, NumberField, Segments } from "../settings/fields.tsx";
import { useFolio } from "../store.ts";
import { kvWords } from "../words.ts";
import { changeModelSettings, chooseModel, showModels } from "./actions.ts";
import { Calibration } from "./Calibration.tsx";
import { FitTable } from "./FitTable.tsx";
import { FitPill } from "./ModelRow.tsx";
import { useFits } from "./useFits.ts";

const kvChoices = [
  { value: "as-all", label: "As in settings" },
  { value: "f16", label: kvWords.f16.label },
  { value: "q8_0", label: kvWords.q8_0.label },
] as const;
type KvChoice = (typeof kvChoices)[number]["value"];
const chosenKv = (choice: KvChoice) => (choice === "as-all" ? null : choice);

/** What counts only above temperature 0. The names that other programs use are the same in every language. */
const sampling = [
  { key: "topP", says: "Share", label: "Top-p", min: 0.01, max: 1, decimals: true },
  { key: "topK", says: "At most", label: "Top-k", min: 1, max: 1000, decimals: false },
  { key: "minP", says: "Of the likeliest, at least", label: "Min-p", min: 0, max: 1, decimals: true },
  { key: "seed", says: "Seed", label: null, min: 0, max: 2 ** 32 - 1, decimals: false },
] as const;

/** A model's own settings, and for the one in use its calibration. */
export function ModelPage({ entry }: { entry: ModelEntry }) {
  const model = useFolio((s) => s.model);
  const fit = useFits().find((known) => known.entry.id === entry.id)?.fit ?? null;
  const used = model !== null && model.file === entry.file;
  return (
    <div className="model-page">
      <button type="button" className="link back" onClick={showModels}>
        <ArrowLeft aria-hidden="true" /> {t("All models")}
      </button>
      <div className="summary">
        <p>
          {entry.shape && (
            <>
              {entry.shape.architecture} · {t("{layers} layers · {heads} heads", { layers: entry.shape.layers, heads: entry.shape.heads })}
            </>
          )}
          {entry.file && <small className="path">{entry.file}</small>}
          {entry.offer && (
            <small className="facts">
              {[bytes(entry.bytes), entry.offer.licence, `huggingface.co/${entry.offer.repository}`].join(" · ")}
            </small>
          )}
        </p>
        {fit && <FitPill entry={entry} fit={fit} />}
        {!used && entry.file !== null && (
          <button type="button" className="button" onClick={() => void chooseModel(entry.id)}>
            {t("Use this model")}
          </button>
        )}
      </div>
      {used && <Calibration model={model} />}
      <FitTable entry={entry} />
      {entry.file !== null && <SettingsForm key={JSON.stringify(entry.settings)} entry={entry} used={used} />}
    </div>
  );
}

function SettingsForm({ entry, used }: { entry: ModelEntry; used: boolean }) {
  const machine = useFolio((s) => s.machine);
  const model = useFolio((s) => s.model);
  const [draft, setDraft] = useState(entry.settings);
  const change = (changes: Partial<ModelSettings>) => setDraft({ ...draft, ...changes });
  const longest = entry.shape?.contextLength || 2 ** 24;
  const reloads = reloading.some((key) => draft[key] !== entry.settings[key]);
  return (
    <form
      aria-label={t("Settings of {name}", { name: entry.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void changeModelSettings(entry.id, draft);
      }}
    >
      <Group
        title={t("Longest prompt")}
        says={t("At most {tokens}, which this model was made for.", { tokens: t("{count} tokens", { count: longest }) })}
        term={t("context length, n_ctx")}
      >
        <NumberField
          label={t("Longest prompt in tokens")}
          value={draft.contextLength}
          placeholder={count(longest)}
          min={256}
          max={longest}
          onCommit={(contextLength) => change({ contextLength })}
        />
      </Group>
      <Group
        title={t("Threads")}
        says={t("At most as many as this computer has cores: {cores}.", { cores: machine.cores })}
        term={t("threads that llama.cpp computes with")}
      >
        <NumberField
          label={t("Threads")}
          value={draft.threads}
          placeholder={count(machine.threads)}
          min={1}
          max={machine.cores}
          onCommit={(threads) => change({ threads })}
        />
      </Group>
      <Group title={t("Computes on")} says={graphicsWords(entry, used ? model : null)} term={t("GPU layers, by Vulkan")}>
        <div className="kv">
          <span>{t("Layers on the graphics card")}</span>
          <NumberField
            label={t("Layers on the graphics card")}
            value={draft.gpuLayers}
            min={0}
            max={entry.shape ? entry.shape.layers + 1 : 1000}
            onCommit={(n) => change({ gpuLayers: n ?? 0 })}
          />
        </div>
      </Group>
      <Group
        title={t("Number format")}
        says={t("How finely what was read is stored, if not as for all models.")}
        term={t("KV type: f16, or q8_0")}
      >
        {(["readingKv", "answeringKv"] as const).map((key) => (
          <div className="kv" key={key}>
            <span>{key === "readingKv" ? t("While reading") : t("While answering")}</span>
            <Segments
              name={key}
              label={key === "readingKv" ? t("While reading") : t("While answering")}
              value={draft[key] ?? "as-all"}
              choices={kvChoices.map(({ value, label }) => ({ value, label: t(label) }))}
              onChoose={(choice) => change({ [key]: chosenKv(choice) })}
            />
          </div>
        ))}
      </Group>
      <Group title={t("What it is told first")} says={t("Before the documents, in every conversation.")} term={t("system prompt")} wide>
        <textarea
          aria-label={t("What it is told first")}
          rows={3}
          maxLength={8000}
          value={draft.systemPrompt ?? ""}
          placeholder={defaultSystemPrompt}
          onChange={(event) => change({ systemPrompt: event.target.value.trim() === "" ? null : event.target.value })}
        />
      </Group>
      <Group
        title={t("Freedom of choice")}
        says={
          draft.temperature === 0
            ? t("0: always the likeliest word, the same answer every time.")
            : t("Above 0, answers differ from time to time.")
        }
        term={t("temperature")}
      >
        <NumberField
          label={t("Temperature")}
          value={draft.temperature}
          min={0}
          max={2}
          decimals
          onCommit={(n) => change({ temperature: n ?? 0 })}
        />
      </Group>
      {draft.temperature > 0 && (
        <Group
          title={t("Words to choose from")}
          says={t("The likeliest words, up to this share of certainty, at most so many, and none much less likely than the first.")}
          term={t("top-p, top-k, min-p, seed")}
        >
          {sampling.map(({ key, says, label, ...bounds }) => (
            <div className="kv" key={key}>
              <span>{t(says)}</span>
              <NumberField<number | null>
                label={label ?? t(says)}
                value={draft[key]}
                {...(key === "seed" && { placeholder: t("random") })}
                {...bounds}
                onCommit={(n) => change({ [key]: n ?? defaultModelSettings[key] })}
              />
            </div>
          ))}
        </Group>
      )}
      <Group
        title={t("Against repeating itself")}
        says={t("1: off. Above 1, words that it has just said become less likely. Names and numbers are words, too.")}
        term={t("repeat penalty over the last 64 tokens of the answer")}
      >
        <NumberField
          label={t("Repeat penalty")}
          value={draft.repeatPenalty}
          min={1}
          max={2}
          decimals
          onCommit={(n) => change({ repeatPenalty: n ?? 1 })}
        />
      </Group>
      <div className="actions">
        <button
          type="button"
          className="button"
          disabled={JSON.stringify(draft) === JSON.stringify(defaultModelSettings)}
          onClick={() => setDraft(defaultModelSettings)}
        >
          {t("As Folio does it")}
        </button>
        <button type="submit" className="button primary">
          {used && reloads ? t("Save and load again") : t("Save")}
        </button>
      </div>
    </form>
  );
}

/** Where a model's layers are computed, in words; `model` is it when it is loaded. */
function graphicsWords({ settings }: ModelEntry, model: ModelInfo | null): string {
  if (model?.gpu)
    return t("{card} computes {layers} of {all} layers.", { card: model.gpu.name, layers: model.gpu.layers, all: model.layers + 1 });
  if (model && settings.gpuLayers > 0) return t("No graphics card that Folio can use was found: the processor computes everything.");
  return t(
    "0: the processor alone. A graphics card reads faster. No real one was tried yet: if something goes wrong, set this to 0 again.",
  );
}
