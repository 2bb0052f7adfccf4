import { memo, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import type { SearchResult, Snippet } from "../preload/api.ts";
import { chooseDocument, closeDialog, goToPage, search, showConversation } from "./actions.ts";
import { problemOf } from "./events.ts";
import { pageName } from "./format.ts";
import { FileText, MessageSquareText, Search } from "./icons.ts";
import { say, t } from "./language.ts";
import { Modal } from "./Modal.tsx";
import { ids } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

type Hit = {
  key: string;
  icon: "document" | "conversation";
  head: Snippet | string;
  text: Snippet | null;
  place: string | null;
  go: () => void;
};
/** `from` is the place of its first hit among all. */
type Group = { name: string; from: number; hits: Hit[] };
type Found = { words: string; groups: Group[] } | { words: string; problem: string };

/** One search over names, pages and conversations: keys move through what was found, Enter opens it. */
export function SearchDialog() {
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  /** Enter was pressed for these words; what it opens may still have to be looked for. */
  const [entered, setEntered] = useState(false);
  const found = useFound(words, () => setAt(0));
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const hits = found && "groups" in found ? found.groups.flatMap((group) => group.hits) : [];
  const current = hits[at];
  const asked = found?.words === words;
  useEffect(() => {
    if (!entered || !asked) return;
    setEntered(false);
    current?.go();
  }, [entered, asked, current]);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <Modal className="search" label={t("Search the library")}>
      <label className="search-field">
        <Search aria-hidden="true" />
        <input
          id={ids.filter}
          data-first
          type="search"
          role="combobox"
          aria-label={t("Search the library")}
          aria-expanded={hits.length > 0}
          aria-controls={id}
          aria-activedescendant={current ? `${id}-${at}` : undefined}
          placeholder={t("Search names, pages and conversations")}
          maxLength={1000}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setEntered(false);
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
            // Left to itself, the field would take the first Escape to empty itself.
            if (event.key === "Escape") {
              event.preventDefault();
              closeDialog();
            }
            if (event.key === "Enter") setEntered(true);
            if (step === 0 || hits.length === 0) return;
            event.preventDefault();
            setAt((at + step + hits.length) % hits.length);
          }}
        />
      </label>
      <div className="search-results" id={id} role="listbox" aria-label={t("What was found")} ref={list}>
        {found &&
          "groups" in found &&
          found.groups.map((group) => <GroupView key={group.name} group={group} at={group.hits[at - group.from] ? at : null} id={id} />)}
      </div>
      <p className="search-state" role="status">
        {stateOf(words, found, hits.length)}
      </p>
    </Modal>
  );
}

/** What was found for the words, or for some before them. The library is asked at every key, and once at a time: always for the latest words. */
function useFound(words: string, onFound: () => void): Found | null {
  const [found, setFound] = useState<Found | null>(null);
  const latest = useRef(words);
  const asking = useRef(false);
  const ask = useEffectEvent(async () => {
    if (asking.current) return;
    asking.current = true;
    let asked: string;
    do {
      asked = latest.current;
      setFound(await foundFor(asked));
      onFound();
    } while (asked !== latest.current);
    asking.current = false;
  });
  useEffect(() => {
    latest.current = words;
    void ask();
  }, [words]);
  return found;
}

async function foundFor(words: string): Promise<Found> {
  try {
    return { words, groups: groupsOf(await search(words)) };
  } catch (error) {
    return { words, problem: say(problemOf(error)) };
  }
}

function stateOf(words: string, found: Found | null, hits: number): string {
  if (words.trim() === "")
    return t("Words are looked for in names, in every page, and in questions and answers. Put a phrase between quotation marks.");
  if (!found || found.words !== words) return t("Searching…");
  if ("problem" in found) return found.problem;
  return hits === 0 ? t("Nothing was found for “{words}”. Try fewer words, or the beginning of one.", { words: words.trim() }) : "";
}

/** `at` is the current hit's place among all, if it is of this group. Drawn when that changes, not at every key. */
const GroupView = memo(function GroupView({ group, at, id }: { group: Group; at: number | null; id: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a listbox holds groups, not fieldsets.
    <div role="group" aria-label={group.name}>
      <p className="hits-head" aria-hidden="true">
        {group.name}
      </p>
      {group.hits.map((hit, i) => {
        const index = group.from + i;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys.
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the current option.
          <div
            key={hit.key}
            id={`${id}-${index}`}
            data-at={index}
            className="hit"
            role="option"
            aria-selected={index === at}
            onClick={hit.go}
          >
            {hit.icon === "document" ? <FileText aria-hidden="true" /> : <MessageSquareText aria-hidden="true" />}
            <span className="hit-head">
              <span className="hit-title" dir="auto">
                <Marked text={hit.head} />
              </span>
              {hit.place && <small>{hit.place}</small>}
            </span>
            {hit.text && (
              <span className="hit-text" dir="auto">
                <Marked text={hit.text} />
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
});

function Marked({ text }: { text: Snippet | string }) {
  if (typeof text === "string") return text;
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name, and never move.
  return text.map((piece, i) => (piece.hit ? <mark key={i}>{piece.text}</mark> : piece.text));
}

/** The words that were found first, as they stand there, with those that follow at once. */
function firstHit(text: Snippet): string {
  const from = text.findIndex(({ hit }) => hit);
  if (from < 0) return "";
  const end = text.findIndex((piece, i) => i > from && !piece.hit && piece.text.trim() !== "");
  return text
    .slice(from, end < 0 ? undefined : end)
    .map((piece) => piece.text)
    .join("")
    .trim();
}

function groupsOf(result: SearchResult): Group[] {
  const { documents, conversations } = useFolio.getState();
  const nameOf = (id: string) => documents.find((known) => known.id === id)?.name ?? "";
  const titleOf = (id: string) => conversations.find((known) => known.id === id)?.title ?? "";
  const groups: Omit<Group, "from">[] = [
    {
      name: t("Documents"),
      hits: result.documents.map(({ documentId, title }) => ({
        key: documentId,
        icon: "document",
        head: title,
        text: null,
        place: null,
        go: () => void chooseDocument(documentId),
      })),
    },
    {
      name: t("Pages"),
      hits: result.pages.map(({ documentId, text, ...place }) => ({
        key: `${documentId} ${place.page}`,
        icon: "document",
        head: nameOf(documentId),
        text,
        place: pageName(place),
        go: () => void goToPage(documentId, place.page, firstHit(text)),
      })),
    },
    {
      name: t("Conversations"),
      hits: result.conversations.map(({ conversationId, title }) => ({
        key: conversationId,
        icon: "conversation",
        head: title,
        text: null,
        place: null,
        go: () => void showConversation(conversationId),
      })),
    },
    {
      name: t("Questions and answers"),
      hits: result.turns.map(({ conversationId, turnId, text }) => ({
        key: turnId,
        icon: "conversation",
        head: titleOf(conversationId),
        text,
        place: null,
        go: () => void showConversation(conversationId, turnId),
      })),
    },
  ];
  let from = 0;
  return groups.flatMap((group) => {
    if (group.hits.length === 0) return [];
    from += group.hits.length;
    return [{ ...group, from: from - group.hits.length }];
  });
}
