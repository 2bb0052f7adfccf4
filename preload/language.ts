/** A sentence in the reader's language. Only what shows something to people imports this: it brings all translations along. */
import { german } from "./languages/de.ts";
import { english, inWords, type Language, type Sentence, type Translations } from "./sentences.ts";

export const translations: Record<Language, Translations> = { en: english, de: german };

export const say = (language: Language, said: Sentence): string => inWords(language, translations[language], said);

/** The language of a setting, where `preferred` are those that the system or browser asks for, best first. */
export function languageOf(setting: "system" | Language, preferred: readonly string[]): Language {
  if (setting !== "system") return setting;
  const known = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "de" || tag === "en");
  return known === "de" ? "de" : "en";
}
