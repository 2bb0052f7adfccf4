/** The order of the library's lists. Pure. */
import type { ConversationInfo, DocumentInfo, LibrarySort } from "../preload/api.ts";
import { perLanguage, t } from "./language.ts";

export type ShelfRow =
  | { kind: "folder"; key: string; name: string; documents: number; open: boolean }
  | { kind: "document"; key: string; document: DocumentInfo };

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const orders: Record<LibrarySort, (a: DocumentInfo, b: DocumentInfo) => number> = {
  name: (a, b) => byName.compare(a.name, b.name),
  added: (a, b) => b.addedAt - a.addedAt,
  size: (a, b) => b.fileBytes - a.fileBytes,
};

/** Folders by name with their documents in order, what lies in none first; without any folder there are no heads. */
export function shelfRows(documents: readonly DocumentInfo[], sort: LibrarySort, closed: readonly string[]): ShelfRow[] {
  const folders = Map.groupBy(
    documents.toSorted((a, b) => orders[sort](a, b) || byName.compare(a.name, b.name)),
    ({ folder }) => folder,
  );
  const rowsOf = (inside: readonly DocumentInfo[]) =>
    inside.map((document): ShelfRow => ({ kind: "document", key: document.id, document }));
  if (folders.size === 0 || (folders.size === 1 && folders.has(""))) return rowsOf(folders.get("") ?? []);
  return [...folders.keys()].sort(byName.compare).flatMap((name): ShelfRow[] => {
    const inside = folders.get(name)!;
    const open = !closed.includes(name);
    return [{ kind: "folder", key: `folder ${name}`, name, documents: inside.length, open }, ...(open ? rowsOf(inside) : [])];
  });
}

/** Every folder's name, sorted. */
export function folderNames(documents: readonly DocumentInfo[]): string[] {
  return [...new Set(documents.map(({ folder }) => folder))].filter((name) => name !== "").sort(byName.compare);
}

/** The latest first. */
export function recentFirst(conversations: readonly ConversationInfo[]): ConversationInfo[] {
  return conversations.toSorted((a, b) => b.changedAt - a.changedAt);
}

/** How long ago, in words: "now", "5 min ago", "3 h ago", "yesterday", "12 Mar", "12 Mar 2025". */
export function ago(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return t("now");
  if (minutes < 60) return t("{minutes} min ago", { minutes });
  const days = dayNumber(now) - dayNumber(time);
  if (days === 0) return t("{hours} h ago", { hours: Math.floor(minutes / 60) });
  if (days === 1) return t("yesterday");
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? thisYear : otherYears)().format(time);
}

const thisYear = perLanguage((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }));
const otherYears = perLanguage((locale) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" }));

const dayNumber = (time: number): number => Math.floor((time - new Date(time).getTimezoneOffset() * 60_000) / 86_400_000);
