import type { KvType, MemoryMode } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { bytes, percent } from "../format.ts";
import { t } from "../language.ts";
import { rowsBeside } from "../models/fit.ts";
import { useKvTypes, useOpenTokens, useOwnSettings } from "../models/useFits.ts";
import { useFolio } from "../store.ts";
import { keptTokens, kvWords, modeWords, smallestShares } from "../words.ts";
import { Group, Segments } from "./fields.tsx";

const modes = Object.keys(modeWords) as MemoryMode[];
const kvTypes = Object.keys(kvWords) as KvType[];

/** Where what was read rests between questions, and how finely it is stored. */
export function MemorySettings() {
  const settings = useFolio((s) => s.settings);
  const own = useOwnSettings();
  const overruled = own !== null && (own.readingKv !== null || own.answeringKv !== null);
  return (
    <>
      <Group title={t("Between questions")} says={t(modeWords[settings.mode].says)} term={t(modeWords[settings.mode].term)} wide>
        <Segments
          name="mode"
          label={t("Between questions")}
          value={settings.mode}
          choices={modes.map((value) => ({ value, label: t(modeWords[value].label) }))}
          onChoose={(mode) => void changeSettings({ mode })}
        />
        {settings.mode === "smallest" && (
          <div className="kv">
            <span>{t("Keep at most")}</span>
            <Segments
              name="smallest-share"
              label={t("Keep at most")}
              value={settings.smallestShare}
              choices={smallestShares.map((share) => ({ value: share, label: percent(share) }))}
              onChoose={(smallestShare) => void changeSettings({ smallestShare })}
            />
          </div>
        )}
        <ModeCosts />
      </Group>
      <Group
        title={t("Number format")}
        says={
          <>
            {t("How finely the memory of each word is stored.")}
            {overruled && ` ${t("The model in use has a format of its own, which goes before this one.")}`}
          </>
        }
        term={t("KV type: f16, or q8_0 with 8 bits and a scale per 32 values")}
      >
        <KvSetting label={t("While reading")} value={settings.readingKv} onChoose={(readingKv) => void changeSettings({ readingKv })} />
        <KvSetting
          label={t("While answering")}
          value={settings.answeringKv}
          onChoose={(answeringKv) => void changeSettings({ answeringKv })}
        />
      </Group>
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
        choices={kvTypes.map((type) => ({ value: type, label: `${t(kvWords[type].label)} · ${type}` }))}
        onChoose={onChoose}
      />
    </div>
  );
}

/** What each mode takes beside the model, for the documents that are open now. */
function ModeCosts() {
  const { mode, budget, smallestShare } = useFolio((s) => s.settings);
  const { readingKv, answeringKv } = useKvTypes();
  const model = useFolio((s) => s.model);
  const tokens = useOpenTokens();
  if (model === null) return null;
  const perToken = (kv: KvType) => model.tokenBytes * (kv === "q8_0" ? 34 / 64 : 1);
  const reading = tokens * perToken(readingKv);
  const answering = budget.kind === "full" ? 0 : ((keptTokens(budget, tokens) ?? 0) + rowsBeside) * perToken(answeringKv);
  const bounded = smallestShare * reading;
  // Without a small cache the answer comes from what was read.
  const costs: Record<MemoryMode, { between: number; answering: number; disk: number }> = {
    fast: { between: reading, answering: reading + answering, disk: reading },
    balanced: { between: 0, answering: answering || reading, disk: reading },
    smallest: { between: bounded, answering: bounded, disk: 0 },
  };
  return (
    <div className="figures">
      <div className="scrolls">
        <table aria-label={t("What each mode takes")}>
          <thead>
            <tr>
              <td />
              <th scope="col">{t("Memory between questions")}</th>
              <th scope="col">{t("while answering")}</th>
              <th scope="col">{t("On disk")}</th>
            </tr>
          </thead>
          <tbody>
            {modes.map((name) => (
              <tr key={name} data-chosen={name === mode}>
                <th scope="row">{t(modeWords[name].label)}</th>
                <td className="number">{bytes(costs[name].between)}</td>
                <td className="number">{bytes(costs[name].answering)}</td>
                <td className="number">{bytes(costs[name].disk)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="facts">
        {t("Beside the model, computed for {tokens} tokens. Reading takes {bytes} for a while in every mode but the smallest.", {
          tokens,
          bytes: bytes(reading),
        })}
      </p>
    </div>
  );
}
