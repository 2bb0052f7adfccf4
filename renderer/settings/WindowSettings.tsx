import type { Settings } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { useFolio } from "../store.ts";
import { Group, NumberField, Segments } from "./fields.tsx";

const themes: { value: Settings["theme"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const languages: { value: Settings["language"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "en", label: "English" },
];

const onOff = [
  { value: 0, label: "Off" },
  { value: 1, label: "On" },
];

/** How the window looks and speaks, and who else may ask. */
export function WindowSettings() {
  const settings = useFolio((s) => s.settings);
  return (
    <>
      <Group title="Appearance">
        <Segments
          name="theme"
          label="Appearance"
          value={settings.theme}
          choices={themes}
          onChoose={(theme) => void changeSettings({ theme })}
        />
      </Group>
      <Group title="Language" says="The window speaks English for now, whatever the system does.">
        <Segments
          name="language"
          label="Language"
          value={settings.language}
          choices={languages}
          onChoose={(language) => void changeSettings({ language })}
        />
      </Group>
      <Group title="Server for programs" says={<ServerWords {...settings.server} />}>
        <Segments
          name="server"
          label="Server for programs"
          value={Number(settings.server.enabled)}
          choices={onOff}
          onChoose={(on) => void changeSettings({ server: { ...settings.server, enabled: on === 1 } })}
        />
        <NumberField
          label="Port"
          value={settings.server.port}
          min={1024}
          max={65_535}
          onCommit={(port) => void changeSettings({ server: { ...settings.server, port } })}
        />
      </Group>
    </>
  );
}

function ServerWords({ enabled, port }: Settings["server"]) {
  const folder = useFolio((s) => s.folders.data);
  if (!enabled) return "Lets programs of this computer ask about your documents, in the shapes of OpenAI's API. They need a key.";
  return (
    <>
      At <code>http://127.0.0.1:{port}/v1</code>, with the key in the file api-key in <span className="path">{folder}</span>.
    </>
  );
}
