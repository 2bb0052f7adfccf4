import { useMemo, useState } from "react";
import type { ConversationInfo, ExportFormat } from "../preload/api.ts";
import type { PlainText } from "../preload/sentences.ts";
import { removeConversation, renameConversation, showConversation } from "./actions.ts";
import { exportConversation } from "./copies.ts";
import { Download, GitBranch, MessageSquareText, Pencil, Trash2 } from "./icons.ts";
import { LongList } from "./LongList.tsx";
import { t } from "./language.ts";
import { Menu, type MenuItem, NameField } from "./Menu.tsx";
import { ago, recentFirst } from "./shelf.ts";
import { useFolio } from "./store.ts";
import { useNow } from "./useNow.ts";

/** Every conversation that has a question in it, the latest first. */
export function Conversations() {
  const conversations = useFolio((s) => s.conversations);
  // How long ago one was changed is said in minutes.
  const now = useNow(60_000);
  const rows = useMemo(() => recentFirst(conversations).map((info) => ({ key: info.id, info })), [conversations]);
  if (rows.length === 0) {
    return <p className="nothing">{t("No conversations yet. Each one is kept here from its first question on.")}</p>;
  }
  return (
    <>
      <div className="list-head">
        <span>{t("{count} conversations", { count: rows.length })}</span>
      </div>
      <LongList label={t("Conversations")} rows={rows} guess={59} draw={({ info }) => <ConversationRow info={info} now={now} />} />
    </>
  );
}

function ConversationRow({ info, now }: { info: ConversationInfo; now: number }) {
  const open = useFolio((s) => s.conversation?.id === info.id);
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    const end = (title: string | null) => {
      setRenaming(false);
      if (title !== null) void renameConversation(info.id, title);
    };
    return (
      <div className="row" data-viewed={open}>
        <NameField name={info.title} label={t("New name of this conversation")} onDone={end} />
      </div>
    );
  }
  const [first = "", ...others] = info.documentNames;
  return (
    <div className="row" data-viewed={open}>
      <button type="button" className="choose" aria-current={open ? "true" : undefined} onClick={() => void showConversation(info.id)}>
        {info.branchOf === null ? <MessageSquareText aria-hidden="true" /> : <GitBranch aria-hidden="true" />}
        <span className="name" title={info.title} dir="auto">
          {info.title}
        </span>
        <span className="state">
          {ago(info.changedAt, now)} · {others.length > 0 ? t("{name} and {more} more", { name: first, more: others.length }) : first}
        </span>
      </button>
      <span className="row-actions">
        <ConversationMenu info={info} onRename={() => setRenaming(true)} />
      </span>
    </div>
  );
}

const formats: readonly { format: ExportFormat; label: PlainText }[] = [
  { format: "markdown", label: "Save as Markdown" },
  { format: "html", label: "Save as a web page" },
  { format: "json", label: "Save as JSON" },
];

/** What can be done with a whole conversation, in the list and at its head. */
export function ConversationMenu({ info, onRename }: { info: ConversationInfo; onRename: () => void }) {
  const items: MenuItem[] = [
    { label: t("Rename"), icon: <Pencil aria-hidden="true" />, run: onRename },
    ...formats.map(({ format, label }) => ({
      label: t(label),
      icon: <Download aria-hidden="true" />,
      run: () => void exportConversation(info.id, format),
    })),
    { label: t("Delete"), icon: <Trash2 aria-hidden="true" />, run: () => void removeConversation(info.id), kind: "loss" },
  ];
  return <Menu label={t("More about “{name}”", { name: info.title })} items={items} />;
}
