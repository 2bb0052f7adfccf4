import { useState } from "react";
import type { PlainText } from "../preload/sentences.ts";
import { newConversation, renameConversation, setDraft } from "./actions.ts";
import { Composer } from "./Composer.tsx";
import { ConversationMenu } from "./Conversations.tsx";
import { list, shortName } from "./format.ts";
import { IconButton } from "./Hint.tsx";
import { MessageSquarePlus } from "./icons.ts";
import { t } from "./language.ts";
import { NameField } from "./Menu.tsx";
import { Notices } from "./Notices.tsx";
import { rich } from "./rich.ts";
import { focusQuestion, keysFor } from "./shortcuts.ts";
import { useFolio } from "./store.ts";
import { Turns } from "./Turns.tsx";

const suggestions: readonly PlainText[] = [
  "What is this document about?",
  "Which dates and deadlines does it name?",
  "What are its main conclusions?",
];

/** The conversation: questions with their answers, what the reader must know, and the question box. */
export function Chat({ hidden }: { hidden: boolean }) {
  const id = useFolio((s) => s.conversation?.id ?? "");
  return (
    <section className="chat" id="conversation" aria-label={t("Conversation")} hidden={hidden}>
      <Head key={`head ${id}`} />
      <Turns key={id} before={<Notices />} instead={<Invitation />} />
      <Composer />
    </section>
  );
}

/** The conversation's name, what can be done with it, and the way to a new one. */
function Head() {
  const info = useFolio((s) => s.conversations.find((known) => known.id === s.conversation?.id) ?? null);
  const [renaming, setRenaming] = useState(false);
  if (info && renaming) {
    const end = (title: string | null) => {
      setRenaming(false);
      if (title !== null) void renameConversation(info.id, title);
    };
    return (
      <header>
        <NameField name={info.title} label={t("New name of this conversation")} onDone={end} />
      </header>
    );
  }
  return (
    <header>
      <h2 title={info?.title} dir="auto">
        {info?.title ?? t("Conversation")}
      </h2>
      {info && <ConversationMenu info={info} onRename={() => setRenaming(true)} />}
      <NewConversation />
    </header>
  );
}

/** Begins again with the same documents; there is nothing to begin again before the first question. */
export function NewConversation() {
  const documentIds = useFolio((s) => (s.conversation && s.conversation.turns.length > 0 ? s.conversation.documentIds : null));
  if (!documentIds) return null;
  return (
    <IconButton
      label={t("New conversation")}
      keys={keysFor("New conversation about these documents")}
      onClick={() => void newConversation(documentIds)}
    >
      <MessageSquarePlus />
    </IconButton>
  );
}

/** Before the first question: what can be asked about, and three ways to begin. */
function Invitation() {
  const ready = useFolio((s) => s.conversation !== null);
  const names = useFolio((s) =>
    list(s.documents.filter((known) => s.conversation?.documentIds.includes(known.id)).map((known) => shortName(known.name, 40))),
  );
  const chosen = useFolio((s) => s.conversation?.extent.kind === "pages");
  const opening = useFolio((s) => s.documents.some((known) => known.phase === "parsing" || known.phase === "counting"));
  if (!ready) {
    return (
      <div className="invitation">
        <p>{opening ? t("You can ask as soon as the document is open.") : t("Choose a document to ask about.")}</p>
      </div>
    );
  }
  return (
    <div className="invitation">
      <p>
        {rich(
          chosen
            ? "Ask anything about {names}. The model reads the pages that were chosen, then answers from the few passages that matter."
            : "Ask anything about {names}. The model reads all of it, then answers from the few passages that matter.",
          { names: <strong>{names}</strong> },
        )}
      </p>
      <ul>
        {suggestions.map((question) => (
          <li key={question}>
            <button
              type="button"
              onClick={() => {
                setDraft(t(question));
                focusQuestion();
              }}
            >
              {t(question)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
