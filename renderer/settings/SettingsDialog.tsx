import { useState } from "react";
import { t } from "../language.ts";
import { Modal } from "../Modal.tsx";
import { resetSettings, showModels } from "../models/actions.ts";
import { AnswerSettings } from "./AnswerSettings.tsx";
import { MemorySettings } from "./MemorySettings.tsx";
import { StorageSettings } from "./StorageSettings.tsx";
import { WindowSettings } from "./WindowSettings.tsx";

const sections = {
  answers: { label: "Answers", Section: AnswerSettings },
  memory: { label: "Memory", Section: MemorySettings },
  storage: { label: "Storage", Section: StorageSettings },
  window: { label: "Window", Section: WindowSettings },
} as const;
type SectionName = keyof typeof sections;
const names = Object.keys(sections) as SectionName[];

/** Every setting, changed at once; what concerns answers takes effect at the next question. */
export function SettingsDialog() {
  const [shown, setShown] = useState<SectionName>("answers");
  const { Section } = sections[shown];
  const step = (by: number) => {
    const next = names[(names.indexOf(shown) + by + names.length) % names.length]!;
    setShown(next);
    document.getElementById(`settings-${next}`)?.focus();
  };
  return (
    <Modal title={t("Settings")} className="settings">
      <div className="settings-body">
        <nav aria-label={t("Sections")}>
          <div
            role="tablist"
            aria-orientation="vertical"
            onKeyDown={(event) => {
              const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
              if (by === undefined) return;
              event.preventDefault();
              step(by);
            }}
          >
            {names.map((name) => (
              <button
                key={name}
                id={`settings-${name}`}
                type="button"
                role="tab"
                aria-selected={name === shown}
                aria-controls="settings-section"
                tabIndex={name === shown ? 0 : -1}
                onClick={() => setShown(name)}
              >
                {t(sections[name].label)}
              </button>
            ))}
          </div>
          <button type="button" onClick={showModels}>
            {t("Models…")}
          </button>
          <Reset />
        </nav>
        <div id="settings-section" role="tabpanel" aria-labelledby={`settings-${shown}`}>
          <Section />
        </div>
      </div>
    </Modal>
  );
}

/** Asked twice, in place: nothing is lost, but many things change at once. */
function Reset() {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className="reset"
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) void resetSettings();
        setAsked(!asked);
      }}
    >
      {asked ? t("Really reset all?") : t("Reset all")}
    </button>
  );
}
