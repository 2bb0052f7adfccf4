import type { KvType, MemoryMode } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { percent } from "../format.ts";
import { t } from "../language.ts";
import { useFolio } from "../store.ts";
import { kvWords, modeWords, smallestShares } from "../words.ts";
import { Group, Segments } from "./fields.tsx";

const modes = Object.keys(modeWords) as MemoryMode[];
const kvTypes = Object.keys(kvWords) as KvType[];

/** Where what was read rests between questions, and how finely it is stored. */
export function MemorySettings() {
  const settings = useFolio((s) => s.settings);
  const own = useFolio((s) => s.models.find(({ file }) => file !== null && file === s.model?.file)?.settings ?? null);
  const overruled = own !== null && (own.readingKv !== null || own.answeringKv !== null);
  return (
    <>
      <Group title={t("Between questions")} says={t(modeWords[settings.mode].says)} term={t(modeWords[settings.mode].term)}>
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
