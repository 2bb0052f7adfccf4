import { createElement, Fragment, type ReactNode } from "react";
import { patternOf, type Text, type ValuesOf } from "../preload/sentences.ts";
import { languageNow, numbers, translationsNow } from "./language.ts";

/** A sentence with more than words in it, each wherever the language puts it. */
export function rich<T extends Text>(text: T, ...[values]: ValuesOf<T, ReactNode>): ReactNode {
  const named: Readonly<Record<string, ReactNode>> = values ?? {};
  const parts = patternOf(languageNow(), translationsNow(), text, named.count).split(/\{(\w+)\}/);
  const shown = (value: ReactNode) => (typeof value === "number" ? numbers().count(value) : value);
  return createElement(Fragment, null, ...parts.map((part, i) => (i % 2 === 0 ? part : shown(named[part]))));
}
