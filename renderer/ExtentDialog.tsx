import { type ReactNode, useEffect, useId, useState } from "react";
import type { DocumentInfo, Extent, ModelInfo, Page, PromptCount } from "../preload/api.ts";
import { changeExtent, closeDialog, getPages } from "./actions.ts";
import { costWords, firstPages, longerContext, longerModel, rangeOf, tokensOfRange, windowWords } from "./extent.ts";
import { bytes, count } from "./format.ts";
import { t } from "./language.ts";
import { Modal } from "./Modal.tsx";
import { changeModelSettings, chooseModel } from "./models/actions.ts";
import { fitOf } from "./models/fit.ts";
import { useFits } from "./models/useFits.ts";
import { rich } from "./rich.ts";
import { useFolio } from "./store.ts";

type Ready = Extract<DocumentInfo, { phase: "ready" }>;
type Range = { from: number; to: number };

/** One way to go on, what it costs, and what it does. */
type Way = {
  id: string;
  title: string;
  says: string;
  costs: string[];
  more?: ReactNode;
  problem?: string | null;
  choose(): Promise<unknown>;
};

/** What of long documents the model is given. Nothing is chosen by itself, and everything has its price beside it. */
export function ExtentDialog({ prompt }: { prompt: PromptCount }) {
  const model = useFolio((s) => s.model);
  const extent = useFolio((s) => s.conversation?.extent ?? null);
  if (!model || !extent) return null;
  const tooLong = prompt.promptTokens > prompt.limit && extent.kind !== "windows";
  return (
    <Modal title={tooLong ? t("More than fits at once") : t("What is read")} className="extent">
      <p className="lead">
        {tooLong
          ? rich(
              "Documents and question are {tokens}, but {model} reads at most {limit} at once. Nothing was left out so far: how shall it go on?",
              {
                tokens: <strong>{t("{count} tokens", { count: prompt.promptTokens })}</strong>,
                model: model.name,
                limit: <strong>{count(prompt.limit)}</strong>,
              },
            )
          : t("What {model} is given of the documents of this conversation, from the next question on.", { model: model.name })}
      </p>
      <Ways prompt={prompt} model={model} extent={extent} />
    </Modal>
  );
}

function Ways({ prompt, model, extent }: { prompt: PromptCount; model: ModelInfo; extent: Extent }) {
  const ways = [
    useWhole(prompt, model, extent),
    useWindows(prompt, model),
    usePages(prompt, model, extent),
    ...useModels(prompt, model, extent),
  ];
  const offered = ways.filter((way) => way !== null);
  const [chosen, setChosen] = useState<string | null>(extent.kind === "whole" ? null : extent.kind);
  const group = useId();
  const way = offered.find(({ id }) => id === chosen) ?? null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!way || way.problem) return;
        closeDialog();
        void way.choose();
      }}
    >
      <div className="ways" role="radiogroup" aria-label={t("Ways to go on")}>
        {offered.map(({ id, title, says, costs, more, problem }, i) => (
          <div className="way" key={id} data-chosen={id === chosen}>
            <label>
              <input
                type="radio"
                name={group}
                data-first={chosen === null ? i === 0 || undefined : id === chosen || undefined}
                checked={id === chosen}
                onChange={() => setChosen(id)}
              />
              <span className="title">{title}</span>
              <span className="says">{says}</span>
              <span className="costs number">
                {costs.map((cost) => (
                  <span key={cost}>{cost}</span>
                ))}
              </span>
            </label>
            {id === chosen && more}
            {id === chosen && problem && (
              <p className="wrong" role="status">
                {problem}
              </p>
            )}
          </div>
        ))}
      </div>
      <div className="actions">
        <button type="button" className="button" onClick={closeDialog}>
          {t("Cancel")}
        </button>
        <button type="submit" className="button primary" disabled={!way || Boolean(way.problem)}>
          {t("Go on this way")}
        </button>
      </div>
    </form>
  );
}

/** Offered only to go back to, once all fits. */
function useWhole({ limit, windows }: PromptCount, model: ModelInfo, extent: Extent): Way | null {
  const documents = useOpenDocuments();
  const tokens = windows?.tokens ?? documents.reduce((sum, known) => sum + (known.tokens ?? 0), 0);
  if (extent.kind === "whole" || tokens > limit - aside) return null;
  return {
    id: "whole",
    title: t("Everything at once"),
    says: t("All of it fits into what the model reads at once."),
    costs: tokens > 0 ? costWords(tokens, model) : [],
    choose: () => changeExtent({ kind: "whole" }),
  };
}

/** About what template and question take. */
const aside = 150;

function useWindows({ windows }: PromptCount, model: ModelInfo): Way | null {
  const capBytes = useFolio((s) => s.settings.snapshotCapBytes);
  if (!windows || model.unsupported !== null) return null;
  return {
    id: "windows",
    title: t("Read in windows"),
    says: t(
      "Everything is read, one part after another. Each question looks through all parts, and is answered from the passages that it finds in them.",
    ),
    costs: windowWords(windows, model, capBytes),
    choose: () => changeExtent({ kind: "windows" }),
  };
}

function usePages({ limit }: PromptCount, model: ModelInfo, extent: Extent): Way | null {
  const documents = useOpenDocuments();
  const pages = useAllPages(documents);
  const [ranges, setRanges] = useState<Record<string, Range>>({});
  if (documents.every((known) => known.pages < 2)) return null;
  const room = Math.max(0, limit - aside) / Math.max(1, documents.length);
  const wanted = documents.map((known) => {
    const list = pages[known.id] ?? [];
    const before = rangeOf(extent, known.id);
    const range = ranges[known.id] ?? before ?? firstPages(list, known.tokens ?? 0, room);
    return { known, range, tokens: tokensOfRange(range, list, known.tokens ?? 0) };
  });
  const tokens = wanted.reduce((sum, each) => sum + each.tokens, 0);
  const wrong = wanted.find(({ known, range }) => !(range.from >= 1 && range.from <= range.to && range.to <= known.pages));
  const problem = wrong
    ? t("{name} has the pages 1 to {last}.", { name: wrong.known.name, last: wrong.known.pages })
    : tokens > limit - aside / 2
      ? t("These pages are about {tokens} tokens; at most {limit} fit with the question.", { tokens, limit })
      : null;
  return {
    id: "pages",
    title: t("Choose pages"),
    says: t("Only these pages are read. Questions know nothing of the others."),
    costs: costWords(tokens, model),
    problem,
    more: (
      <div className="page-ranges">
        {wanted.map(({ known, range }) => (
          <PageFields key={known.id} known={known} range={range} onChange={(changed) => setRanges({ ...ranges, [known.id]: changed })} />
        ))}
      </div>
    ),
    choose: () =>
      changeExtent({ kind: "pages", ranges: wanted.map(({ known, range }) => ({ documentId: known.id, from: range.from, to: range.to })) }),
  };
}

function PageFields({ known, range, onChange }: { known: Ready; range: Range; onChange: (range: Range) => void }) {
  const field = (name: "from" | "to", label: string) => (
    <input
      type="number"
      min={1}
      max={known.pages}
      aria-label={label}
      value={Number.isNaN(range[name]) ? "" : range[name]}
      onChange={(event) => onChange({ ...range, [name]: event.target.valueAsNumber })}
    />
  );
  return (
    <p>
      <span className="name" dir="auto" title={known.name}>
        {known.name}
      </span>
      <span className="fields number">
        {rich("pages {from} to {to} of {whole}", {
          from: field("from", t("First page of {name}", { name: known.name })),
          to: field("to", t("Last page of {name}", { name: known.name })),
          whole: known.pages,
        })}
      </span>
    </p>
  );
}

/** This model with the context that it was made for, and another model that has a longer one; only where this machine has room for it. */
function useModels({ promptTokens, limit, windows }: PromptCount, model: ModelInfo, extent: Extent): Way[] {
  const fits = useFits();
  const { budget, readingKv, answeringKv } = useFolio((s) => s.settings);
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  const tokens = Math.max(promptTokens, windows?.tokens ?? 0);
  if (tokens <= limit) return [];
  const choose = async (change: () => Promise<unknown>) => {
    if (extent.kind !== "whole") await changeExtent({ kind: "whole" });
    await change();
  };
  const ways: Way[] = [];
  const own = fits.find(({ entry }) => entry.file === model.file)?.entry;
  const contextLength = longerContext(model, tokens);
  if (own && contextLength !== null) {
    const settings = { ...own.settings, contextLength: contextLength === model.longestContext ? null : contextLength };
    const fit = fitOf({ ...own, settings }, { tokens, budget, readingKv, answeringKv, totalBytes });
    if (fit && fit.verdict !== "large") {
      ways.push({
        id: "context",
        title: t("Give {model} a longer context", { model: model.name }),
        says: t("It is set to {now} tokens, and was made for up to {most}. Everything is then read at once.", {
          now: model.contextLength,
          most: model.longestContext,
        }),
        costs: costWords(tokens, model),
        choose: () => choose(() => changeModelSettings(own.id, settings)),
      });
    }
  }
  const other = longerModel(fits, model.file, tokens);
  if (other?.fit) {
    const { entry, fit } = other;
    ways.push({
      id: "model",
      title: t("Use {model}", { model: entry.name }),
      says: t("It is on this computer, and reads up to {most} tokens at once.", {
        most: Math.min(entry.settings.contextLength ?? Infinity, entry.shape?.contextLength ?? 0),
      }),
      costs: [
        t("about {tokens}", { tokens: t("{count} tokens", { count: tokens }) }),
        t("{bytes} of memory, model included", { bytes: bytes(fit.bytes) }),
      ],
      choose: () => choose(() => chooseModel(entry.id)),
    });
  }
  return ways;
}

function useOpenDocuments(): Ready[] {
  const documents = useFolio((s) => s.documents);
  const open = useFolio((s) => s.conversation?.documentIds ?? null);
  return (open ?? []).flatMap((id) => documents.filter((known): known is Ready => known.id === id && known.phase === "ready"));
}

/** The pages of every open document, once they are here. */
function useAllPages(documents: readonly Ready[]): Record<string, Page[]> {
  const [pages, setPages] = useState<Record<string, Page[]>>({});
  const ids = documents.map(({ id }) => id).join();
  useEffect(() => {
    let closed = false;
    for (const id of ids.split(",")) {
      // Without them nothing can be offered, and the request to choose would say why.
      getPages(id).then(
        (list) => closed || setPages((known) => ({ ...known, [id]: list })),
        () => {},
      );
    }
    return () => {
      closed = true;
    };
  }, [ids]);
  return pages;
}
