import type { Settings } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { t } from "../language.ts";
import { rich } from "../rich.ts";
import { useFolio } from "../store.ts";
import { Group, NumberField, Segments } from "./fields.tsx";

const themes = (): { value: Settings["theme"]; label: string }[] => [
  { value: "system", label: t("As the system") },
  { value: "light", label: t("Light") },
  { value: "dark", label: t("Dark") },
];
/** Each language in its own words, so that everybody finds theirs. */
const languages = (): { value: Settings["language"]; label: string }[] => [
  { value: "system", label: t("As the system") },
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
];
const onOff = () => [
  { value: 0, label: t("Off") },
  { value: 1, label: t("On") },
];

/** How the window looks and speaks, and who else may ask. */
export function WindowSettings() {
  const settings = useFolio((s) => s.settings);
  return (
    <>
      <Group title={t("Appearance")}>
        <Segments
          name="theme"
          label={t("Appearance")}
          value={settings.theme}
          choices={themes()}
          onChoose={(theme) => void changeSettings({ theme })}
        />
      </Group>
      <Group title={t("Language")} says={t("The window speaks it at once. Documents and answers stay in theirs.")}>
        <Segments
          name="language"
          label={t("Language")}
          value={settings.language}
          choices={languages()}
          onChoose={(language) => void changeSettings({ language })}
        />
      </Group>
      <Group title={t("Server for programs")} says={<ServerWords {...settings.server} />}>
        <Segments
          name="server"
          label={t("Server for programs")}
          value={Number(settings.server.enabled)}
          choices={onOff()}
          onChoose={(on) => void changeSettings({ server: { ...settings.server, enabled: on === 1 } })}
        />
        <div className="kv">
          <span>{t("Port")}</span>
          <NumberField
            label={t("Port")}
            value={settings.server.port}
            min={1024}
            max={65_535}
            onCommit={(port) => void changeSettings({ server: { ...settings.server, port } })}
          />
        </div>
      </Group>
    </>
  );
}

function ServerWords({ enabled, port }: Settings["server"]) {
  const folder = useFolio((s) => s.folders.data);
  if (!enabled) return t("Lets programs of this computer ask about your documents, in the shapes of OpenAI's API. They need a key.");
  return rich("At {address}, with the key in the file api-key in {folder}.", {
    address: <code>http://127.0.0.1:{port}/v1</code>,
    folder: <span className="path">{folder}</span>,
  });
}
