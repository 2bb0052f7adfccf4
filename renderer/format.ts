/** How numbers, times and names are written in the window's language: units always, digits grouped, no more precision than helps. */
import { labelIn } from "../preload/labels.ts";
import { languageNow, numbers, perLanguage, t } from "./language.ts";

/** 7012 -> "7,012". Tokens, pages and other counts. */
export const count = (n: number): string => numbers().count(n);

/** Bytes in decimal units: 6_100_000 -> "6.1 MB", 188_743_680 -> "189 MB", 0 -> "0 MB". */
export const bytes = (n: number): string => numbers().bytes(n);

/** What a page is called under an answer: "Slide 4", or else "p 12". */
export const pageName = ({ page, label }: { page: number; label?: string }): string => (label ? labelName(label) : t("p {page}", { page }));

/** The label of a page, which the parser gives in English, in the window's language. */
export const labelName = (label: string): string => labelIn(languageNow(), label);

/** Time left, in words a person would say; never more precise than it can be known. */
export const timeLeft = (seconds: number | null): string =>
  seconds === null || !Number.isFinite(seconds) ? t("estimating time left") : t("{time} left", { time: roughTime(seconds) });

/** How long something may take, no more precise than an estimate is: 42 -> "about 45 s", 250 -> "about 4 min". */
export function roughTime(seconds: number): string {
  if (seconds < 4.5) return t("a few seconds");
  if (seconds < 57.5) return t("about {time}", { time: `${Math.ceil(seconds / 5) * 5} s` });
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const time = [hours > 0 && `${count(hours)} h`, (minutes % 60 > 0 || hours === 0) && `${minutes % 60} min`];
  return t("about {time}", { time: time.filter(Boolean).join(" ") });
}

/** Milliseconds as they are read: 84 -> "84 ms", 4210 -> "4.2 s", 75_000 -> "1 min 15 s". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${numbers().fixed(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Tokens a second: 41.27 -> "41 tok/s", 4.13 -> "4.1 tok/s". */
export const speed = (tokensPerSecond: number): string =>
  t("{tokens} tok/s", { tokens: numbers().fixed(tokensPerSecond, tokensPerSecond >= 10 ? 0 : 1) });

/** A share of a whole in percent: 0.0325 -> "3.3 %", 0.25 -> "25 %", 0.0004 -> "under 0.1 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return t("under {share}", { share: `${numbers().fixed(0.1, 1)} %` });
  return `${numbers().fixed(value, value >= 9.95 || Number.isInteger(value) ? 0 : 1)} %`;
}

/** Cuts a name in the middle so that its ending stays readable. */
export function shortName(name: string, length: number): string {
  if (name.length <= length) return name;
  const tail = Math.min(10, Math.floor(length / 3));
  return `${name.slice(0, length - tail - 1)}…${name.slice(-tail)}`;
}

/** "3", "3 and 12", "3, 12 and 31". */
export const list = (items: readonly string[]): string => lists().format(items);
const lists = perLanguage((locale) => new Intl.ListFormat(locale, { type: "conjunction" }));

/** Keys as the keyboards of the window's language are labelled: "Ctrl+O", "Strg+O". */
export const keyName = (keys: string): string =>
  keys.replace(/Ctrl|Shift|Enter/g, (key) => (key === "Ctrl" ? t("Ctrl") : key === "Shift" ? t("Shift") : t("Enter")));
