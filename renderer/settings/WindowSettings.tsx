import type { Settings } from "../../preload/api.ts";
import { changeSettings } from "../actions.ts";
import { useFolio } from "../store.ts";
import { Group, Segments } from "./fields.tsx";

const themes: { value: Settings["theme"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];
const languages: { value: Settings["language"]; label: string }[] = [
  { value: "system", label: "As the system" },
  { value: "en", label: "English" },
];

/** How the window looks and speaks. */
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
    </>
  );
}
