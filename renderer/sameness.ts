/** Whether two answers say the same, and where they part. Pure. */
import { lettersOf } from "../preload/letters.ts";

/** `until` is how much of the first answer the second one says too, in UTF-16 code units. */
export type Sameness = { kind: "same" } | { kind: "wording" } | { kind: "longer"; until: number } | { kind: "parts"; until: number };

/** Compares answers by letters and digits: `wording` when only space, case or punctuation differ, `longer` when one goes on where the other ends. */
export function samenessOf(a: string, b: string): Sameness {
  if (a.trim() === b.trim()) return { kind: "same" };
  const [first, second] = [lettersOf(a), lettersOf(b)];
  if (first.letters === second.letters) return { kind: "wording" };
  const shorter = Math.min(first.letters.length, second.letters.length);
  let shared = 0;
  while (shared < shorter && first.letters[shared] === second.letters[shared]) shared++;
  const until = shared === first.letters.length ? a.trimEnd().length : wordStart(a, first.at[shared]!);
  const [longer, at] = shared === first.letters.length ? [b, second.at[shared]!] : [a, first.at[shared]!];
  const whole = shared === shorter && shared > 0 && /[^\p{L}\p{N}]/u.test(longer[at - 1] ?? "");
  return whole ? { kind: "longer", until } : { kind: "parts", until: Math.min(until, wordStart(a, first.at[shared] ?? a.length)) };
}

/** Answers part between words, not within one. */
const wordStart = (text: string, at: number): number => text.slice(0, at).search(/\S*$/);

/** The last words before `until`, to name the place by. */
export function wordsBefore(text: string, until: number, words = 6): string {
  const all = text.slice(0, until).trim().split(/\s+/);
  return `${all.length > words ? "…" : ""}${all.slice(-words).join(" ")}`;
}
