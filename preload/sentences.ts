/**
 * What Folio says to people. The English sentence is the key of the translations; a sentence crosses processes as that text with its values,
 * and is put into words where it is read. What programs read stays English.
 */
import type { german } from "./languages/de.ts";
import { singular } from "./languages/en.ts";

export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** What a sentence speaks of: words as they are, counts and sizes as the reader's language writes them, or another sentence. */
export type Value = string | number | { bytes: number } | Sentence;

/** A sentence with a value for every `{name}` in its text. What was saved by another version may have a text that nobody knows any more. */
export type Sentence = { text: string; values?: Readonly<Record<string, Value>> };

/** Every sentence there is; one without a translation is a type error. */
export type Text = keyof typeof german;
/** Those that differ with their `count`. */
export type PluralText = { [T in Text]: (typeof german)[T] extends string ? never : T }[Text];
/** Those without values. */
export type PlainText = { [T in Text]: Name<T> extends never ? T : never }[Text];

/** The names in a text's braces. */
export type Name<T extends string> = T extends `${string}{${infer First}}${infer Rest}` ? First | Name<Rest> : never;

/** What has to follow a text: nothing, or a value for each of its names. */
export type ValuesOf<T extends string, V = Value> = [Name<T>] extends [never]
  ? []
  : [values: { [N in Name<T>]: N extends "count" ? number : V }];

export const sentence = <T extends Text>(text: T, ...[values]: ValuesOf<T>): Sentence => ({ text, ...(values && { values }) });

/** What was saved: earlier versions saved the words alone. */
export const savedSentence = (saved: string | Sentence): Sentence => (typeof saved === "string" ? { text: saved } : saved);

export type Translation = string | { one: string; other: string };
export type Translations = { readonly [text: string]: Translation };

/** A text's pattern in a language; what has no translation is its own. */
export function patternOf(language: Language, translations: Translations, text: string, count: unknown): string {
  const found = Object.hasOwn(translations, text) ? translations[text]! : text;
  if (typeof found === "string") return found;
  return typeof count === "number" && numbersOf(language).plural(count) === "one" ? found.one : found.other;
}

/** A sentence in words. A name without a value stays as it is. */
export function inWords(language: Language, translations: Translations, { text, values = {} }: Sentence): string {
  const word = (value: Value): string => {
    if (typeof value === "string") return value;
    if (typeof value === "number") return numbersOf(language).count(value);
    return "bytes" in value ? numbersOf(language).bytes(value.bytes) : inWords(language, translations, value);
  };
  return patternOf(language, translations, text, values.count).replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? word(values[name]!) : whole,
  );
}

/** English needs a translation only where one is not as many. */
export const english: Translations = Object.fromEntries(Object.entries(singular).map(([other, one]) => [other, { one, other }]));

/** For the command line, programs and logs. */
export const inEnglish = (said: Sentence): string => inWords("en", english, said);

/** How a language writes numbers. */
export type Numbers = {
  /** 7012 -> "7,012". */
  count(n: number): string;
  /** With so many digits after the point. */
  fixed(n: number, digits: number): string;
  /** In decimal units, with one digit after the point below a hundred: 6_100_000 -> "6.1 MB", 188_743_680 -> "189 MB", 0 -> "0 MB". */
  bytes(n: number): string;
  plural(n: number): Intl.LDMLPluralRule;
  /** What stands before the digits of a fraction. */
  point: string;
};

const locales: Record<Language, string> = { en: "en-US", de: "de-DE" };
const units = ["B", "kB", "MB", "GB", "TB"];
const made = new Map<Language, Numbers>();

export function numbersOf(language: Language): Numbers {
  const known = made.get(language);
  if (known) return known;
  const whole = new Intl.NumberFormat(locales[language], { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locales[language], { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const rules = new Intl.PluralRules(locales[language]);
  const fixed = (n: number, digits: number) => (digits === 0 ? whole : tenths).format(n);
  const numbers: Numbers = {
    count: (n) => whole.format(n),
    fixed,
    bytes(n) {
      if (n <= 0) return "0 MB";
      let value = n;
      let unit = 0;
      while (value >= 999.5 && unit < units.length - 1) {
        value /= 1000;
        unit++;
      }
      return `${fixed(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`;
    },
    plural: (n) => rules.select(n),
    point: tenths.format(0.1).charAt(1),
  };
  made.set(language, numbers);
  return numbers;
}
