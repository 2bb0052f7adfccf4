/** The language that the window speaks now. What is memoised calls `useLanguage` of the store, so that it follows a change. */
import { say as sayIn, translations } from "../preload/language.ts";
import {
  type Language,
  type Numbers,
  numbersOf,
  type Sentence,
  type Text,
  type Translations,
  type ValuesOf,
} from "../preload/sentences.ts";

let now: Language = "en";

export const languageNow = (): Language => now;
export const speak = (language: Language): void => {
  now = language;
};

/** What the window says: the English sentence, and a value for each of its names. */
export const t = <T extends Text>(text: T, ...[values]: ValuesOf<T>): string => sayIn(now, { text, ...(values && { values }) });

/** What main says. */
export const say = (said: Sentence): string => sayIn(now, said);

/** Its translations. */
export const translationsNow = (): Translations => translations[now];

export const numbers = (): Numbers => numbersOf(now);

/** What formats in the window's language, made once for each: making one takes longer than drawing a row of a list. */
export function perLanguage<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<Language, Made>();
  return () => {
    const known = made.get(now) ?? make(now === "en" ? "en-GB" : now);
    made.set(now, known);
    return known;
  };
}
