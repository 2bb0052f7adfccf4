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

/**
 * Folders by name with their documents in order, what lies in none first; without any folder there are no heads. A folder's number counts
 * what lies in its folders as well, and they close with it.
 */
export function shelfRows(documents: readonly DocumentInfo[], sort: LibrarySort, closed: readonly string[]): ShelfRow[] {
  const folders = Map.groupBy(
    documents.toSorted((a, b) => orders[sort](a, b) || byName.compare(a.name, b.name)),
    ({ folder }) => folder,
  );
  const rowsOf = (inside: readonly DocumentInfo[]) =>
    inside.map((document): ShelfRow => ({ kind: "document", key: document.id, document }));
  if (folders.size === 0 || (folders.size === 1 && folders.has(""))) return rowsOf(folders.get("") ?? []);
  return [...folders.keys()].sort(byPath).flatMap((name): ShelfRow[] => {
    if (closed.some((other) => other !== name && isInside(name, other))) return [];
    const open = !closed.includes(name);
    const within = [...folders].reduce((sum, [other, { length }]) => sum + (isInside(other, name) ? length : 0), 0);
    return [{ kind: "folder", key: `folder ${name}`, name, documents: within, open }, ...(open ? rowsOf(folders.get(name)!) : [])];
  });
}

/** Every folder's name, sorted. */
export function folderNames(documents: readonly DocumentInfo[]): string[] {
  return [...new Set(documents.map(({ folder }) => folder))].filter((name) => name !== "").sort(byPath);
}

/** Whether a folder is this one or lies in it; "", no folder, has none in it. */
export const isInside = (folder: string, outer: string): boolean => folder === outer || (outer !== "" && folder.startsWith(`${outer}/`));

/** "Contracts/2024" as it is shown: "Contracts / 2024". */
export const folderTitle = (folder: string): string => folder.replaceAll("/", " / ");

/** What lies in a folder comes behind it, before any other whose name begins alike. */
function byPath(a: string, b: string): number {
  const [names, others] = [a.split("/"), b.split("/")];
  const at = names.findIndex((name, i) => name !== others[i]);
  if (at < 0) return names.length - others.length;
  const other = others[at];
  return other === undefined ? 1 : byName.compare(names[at]!, other) || (names[at]! < other ? -1 : 1);
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
