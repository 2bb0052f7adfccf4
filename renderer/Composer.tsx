import type { Budget, PromptCount } from "../preload/api.ts";
import { ask, changeSettings, newConversation, openDialog, setDraft, stop } from "./actions.ts";
import { rangeWords } from "./extent.ts";
import { count, keyName, shortName } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { AlertTriangle, ArrowUp, BookOpenText, Square } from "./icons.ts";
import { t } from "./language.ts";
import { ReadingBar } from "./ReadingBar.tsx";
import { rich } from "./rich.ts";
import { ids } from "./shortcuts.ts";
import { selectAnswering, selectEngineReady, useFolio } from "./store.ts";
import { usePromptCount } from "./usePromptCount.ts";
import { budgetLabel, budgetPresets, keptTokens, sameBudget } from "./words.ts";

/** The question box: what will be asked, how long that makes the prompt, and how much of it the answer may keep. */
export function Composer() {
  const draft = useFolio((s) => s.draft);
  const open = useFolio((s) => s.conversation !== null);
  const missing = useMissing();
  const invitation = useInvitation();
  const engineReady = useFolio(selectEngineReady);
  const answering = useFolio(selectAnswering);
  const prompt = usePromptCount();
  const inWindows = useFolio((s) => s.conversation?.extent.kind === "windows");
  const tooLong = prompt !== null && prompt.promptTokens > prompt.limit && !inWindows;
  const canAsk = open && engineReady && !answering && missing === null && draft.trim() !== "";
  const send = () => (tooLong ? openDialog({ kind: "extent", prompt }) : void ask());
  return (
    <footer className="composer">
      <ReadingBar />
      {tooLong && <TooLong prompt={prompt} />}
      {!tooLong && <ExtentBadge prompt={prompt} />}
      {missing && (
        <div className="too-long" role="status">
          <AlertTriangle aria-hidden="true" />
          <p>
            {rich("{name} was removed. What was said can still be read; add the same file again to go on asking.", {
              name: <strong>{missing}</strong>,
            })}
          </p>
        </div>
      )}
      <div className="box" data-disabled={!open || missing !== null}>
        <textarea
          id={ids.question}
          aria-label={t("Question")}
          dir="auto"
          placeholder={invitation}
          rows={1}
          disabled={!open || missing !== null}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            if (canAsk) send();
          }}
        />
        <div className="controls">
          <BudgetChoice promptTokens={prompt?.promptTokens ?? null} />
          <Length prompt={prompt} tooLong={tooLong} />
          {answering ? (
            <button
              type="button"
              className="send"
              data-kind="stop"
              aria-label={t("Stop")}
              title={`${t("Stop")} (Esc)`}
              onClick={() => void stop()}
            >
              <Square aria-hidden="true" />
            </button>
          ) : (
            <button
              type="button"
              className="send"
              aria-label={t("Ask")}
              title={`${t("Ask")} (${keyName("Enter")})`}
              disabled={!canAsk}
              onClick={send}
            >
              <ArrowUp aria-hidden="true" />
            </button>
          )}
        </div>
      </div>
    </footer>
  );
}

/** Says what a question is about: the conversation's documents, which need not be the one in view. */
function useInvitation(): string {
  return useFolio((s) => {
    const [first, ...others] = s.documents.filter((known) => s.conversation?.documentIds.includes(known.id));
    if (!first) return t("Add a document to ask about");
    return others.length === 0
      ? t("Ask about {name}", { name: shortName(first.name, 36) })
      : t("Ask about {count} documents", { count: others.length + 1 });
  });
}

/** The first document of the open conversation that is not in the library any more. */
function useMissing(): string | null {
  return useFolio((s) => {
    if (!s.conversation) return null;
    const gone = s.conversation.documentIds.find((id) => !s.documents.some((known) => known.id === id));
    if (gone === undefined) return null;
    const at = s.conversation.documentIds.indexOf(gone);
    return s.conversations.find((known) => known.id === s.conversation?.id)?.documentNames[at] ?? t("A document of this conversation");
  });
}

function BudgetChoice({ promptTokens }: { promptTokens: number | null }) {
  const budget = useFolio((s) => s.settings.budget);
  const custom = budgetPresets.every((preset) => !sameBudget(preset, budget));
  const kept = keptTokens(budget, promptTokens);
  const presets = budgetPresets.map((preset) => ({ budget: preset, label: budgetLabel(preset) }));
  const choices: { budget: Budget; label: string }[] = custom ? [...presets, { budget, label: budgetLabel(budget) }] : presets;
  return (
    <Hint
      text={
        kept === null
          ? t("How much of what was read the answer may keep, as a mean per layer. Takes effect at the next question.")
          : t("How much of what was read the answer may keep, as a mean per layer: now {tokens}. Takes effect at the next question.", {
              tokens: t("{count} tokens", { count: kept }),
            })
      }
    >
      <label className="keep">
        <span>{t("Keep")}</span>
        <select
          aria-label={t("Budget")}
          value={budgetLabel(budget)}
          onChange={(event) => {
            const chosen = choices.find((choice) => choice.label === event.target.value);
            if (chosen) void changeSettings({ budget: chosen.budget });
            else openDialog({ kind: "settings" });
          }}
        >
          {choices.map((choice) => (
            <option key={choice.label} value={choice.label}>
              {choice.label}
            </option>
          ))}
          <option value="other">{t("Other…")}</option>
        </select>
      </label>
    </Hint>
  );
}

/** The exact length of the prompt, template included, before anything is asked. */
function Length({ prompt, tooLong }: { prompt: PromptCount | null; tooLong: boolean }) {
  const inWindows = useFolio((s) => s.conversation?.extent.kind === "windows");
  if (!prompt) return <span className="length" />;
  const windows = inWindows ? prompt.windows : null;
  return (
    <span className="length" data-over={tooLong} aria-live="off">
      <Hint
        term
        text={
          windows
            ? t("Tokens of the documents, and the windows that they are read in. Each question looks through all of them.")
            : t("Exact length of what the model will read: documents, earlier turns, this question and the chat template.")
        }
      >
        {windows
          ? t("{tokens} in {count} windows", { tokens: t("{count} tokens", { count: windows.tokens }), count: windows.count })
          : t("{part} of {whole} tokens", { part: prompt.promptTokens, whole: prompt.limit })}
      </Hint>
    </span>
  );
}

/** Says that not everything is read at once, and is the way to change that. */
function ExtentBadge({ prompt }: { prompt: PromptCount | null }) {
  const extent = useFolio((s) => s.conversation?.extent ?? null);
  const limit = useFolio((s) => s.model?.contextLength ?? 0);
  if (!extent || extent.kind === "whole") return null;
  const [first, ...others] = extent.kind === "pages" ? extent.ranges : [];
  const words = !first
    ? prompt?.windows
      ? t("In {count} windows", { count: prompt.windows.count })
      : t("In windows")
    : others.length === 0
      ? t("Only {pages}", { pages: rangeWords(first) })
      : t("Only some pages of {count} documents", { count: others.length + 1 });
  // What cannot be counted, e.g. pages without text, can be changed all the same.
  const open = () => openDialog({ kind: "extent", prompt: prompt ?? { promptTokens: 0, limit, windows: null } });
  return (
    <Hint text={t("What the model is given of the documents. A click changes it.")}>
      <button type="button" className="extent-badge" onClick={open}>
        <BookOpenText aria-hidden="true" /> <span>{words}</span>
      </button>
    </Hint>
  );
}

/**
 * Too long is said before anything is read, with the numbers and what each way out would cost. It is read aloud once: the numbers change
 * with every word of the question.
 */
function TooLong({ prompt }: { prompt: PromptCount }) {
  const model = useFolio((s) => s.model?.name ?? t("this model"));
  const documents = useFolio((s) => s.documents);
  const opened = useFolio((s) => s.conversation?.documentIds ?? null);
  const asked = useFolio((s) => s.conversation?.turns.length ?? 0);
  const inside = documents.flatMap((known) => (known.phase === "ready" && opened?.includes(known.id) ? [known] : []));
  const over = prompt.promptTokens - prompt.limit;
  const pages = inside.reduce((sum, known) => sum + known.pages, 0);
  const tokens = inside.reduce((sum, known) => sum + (known.tokens ?? 0), 0);
  return (
    <div className="too-long" role="alert" aria-atomic="false">
      <AlertTriangle aria-hidden="true" />
      <div>
        <p>
          {rich(
            "{tokens} are too long for {model}, which reads at most {limit}. {over} Nothing has been left out, and nothing was read yet.",
            {
              tokens: <strong aria-live="off">{t("{count} tokens", { count: prompt.promptTokens })}</strong>,
              model,
              limit: <strong>{count(prompt.limit)}</strong>,
              over: (
                <span aria-live="off">
                  {tokens === 0
                    ? t("{over} too many.", { over })
                    : t("{over} too many, about {pages}.", {
                        over,
                        pages: t("{count} pages", { count: Math.ceil((over / tokens) * pages) }),
                      })}
                </span>
              ),
            },
          )}
        </p>
        <div className="ways" aria-live="off">
          <button type="button" className="button primary" onClick={() => openDialog({ kind: "extent", prompt })}>
            {t("Choose how to read it…")}
          </button>
          {inside.length > 1 &&
            inside.map((known) => (
              <button
                key={known.id}
                type="button"
                className="button"
                onClick={() => void newConversation(inside.filter((other) => other !== known).map((other) => other.id))}
              >
                {t("Without {name}: about {tokens}", {
                  name: shortName(known.name, 22),
                  tokens: prompt.promptTokens - (known.tokens ?? 0),
                })}
              </button>
            ))}
          {asked > 0 && opened && (
            <button type="button" className="button" onClick={() => void newConversation(opened)}>
              {t("New conversation, without the earlier turns")}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
