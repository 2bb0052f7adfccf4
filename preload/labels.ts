/** What pages are called that have more than a number: slides, sheets, chapters. */
import { say } from "./language.ts";
import { type Language, sentence } from "./sentences.ts";

/** The label of a page, which the parser gives in English, in a reader's language; what a document itself calls its pages stays. */
export function labelIn(language: Language, label: string): string {
  const [, name = label, part] = /^(.*), part (\d+)$/s.exec(label) ?? [];
  const [, kind, which = ""] = /^(Slide|Sheet|Section) (.+)$/s.exec(name) ?? [];
  const called =
    kind === "Slide"
      ? say(language, sentence("Slide {number}", { number: which }))
      : kind === "Sheet"
        ? say(language, sentence("Sheet {name}", { name: which }))
        : kind === "Section" && /^\d+$/.test(which)
          ? say(language, sentence("Section {number}", { number: which }))
          : name;
  return part === undefined ? called : say(language, sentence("{name}, part {number}", { name: called, number: part }));
}
