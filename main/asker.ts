/** Questions to the engine about documents of the library, whoever asks them: the window's conversation, or a program over the local server. */
import type {
  Coverage,
  EngineStatus,
  Evidence,
  Extent,
  KeptMap,
  MemoryReport,
  PromptCount,
  Quote,
  Settings,
  Turn,
} from "../preload/api.ts";
import type { EngineKeeper } from "./engine/keeper.ts";
import type { PastTurn, Pin } from "./engine/prompt.ts";
import type { AskRequest, ReadExtent, TurnResult } from "./engine/turn.ts";
import { readExtent } from "./extent.ts";
import type { Library } from "./library/library.ts";
import { modelUse } from "./models/use.ts";
import type { Shelf } from "./shelf.ts";
import type { LiveState } from "./state.ts";

/** What is asked, of which documents and what of them, after what was said before. */
export type Inquiry = { documentIds: string[]; extent: Extent; history: PastTurn[]; question: string };

/** Finished exchanges as history; a stopped answer counts with what was said, one without words does not. */
export function pastTurns(turns: readonly Turn[]): PastTurn[] {
  return turns.filter(({ answer }) => answer.trim() !== "").map(({ question, answer }) => ({ question, answer }));
}

/** An answer with its passages found in the documents. */
export type Answered = Omit<Extract<Turn, { phase: "done" }>, "id" | "question">;

export type AskOptions = {
  signal: AbortSignal;
  onText(text: string): void;
  /** The window's turn that is being answered. */
  turnId?: string;
  /** Instead of what the settings say. */
  maxAnswerTokens?: number | undefined;
  temperature?: number | undefined;
  /** Whether to answer from the full cache. */
  fullCache?: boolean;
};

export class Asker {
  readonly #state: LiveState;
  readonly #library: Library;
  readonly #engine: EngineKeeper;
  readonly #shelf: Shelf;
  #running = 0;
  #closed = false;

  constructor(state: LiveState, library: Library, engine: EngineKeeper, shelf: Shelf) {
    this.#state = state;
    this.#library = library;
    this.#engine = engine;
    this.#shelf = shelf;
  }

  /** @throws EngineError */
  countPrompt({ extent: wanted, ...inquiry }: Inquiry): Promise<PromptCount> {
    return this.#shelf.use(inquiry.documentIds, async () => {
      const extent = this.#extent(wanted, inquiry.documentIds);
      return await this.#engine.call<"countPrompt">({ op: "countPrompt", extent, ...inquiry });
    });
  }

  /** Reads documents, and what was said of them, ahead of the next question. @throws EngineError */
  read({ documentIds, extent: wanted, history }: Omit<Inquiry, "question">, signal: AbortSignal): Promise<void> {
    return this.#work(documentIds, signal, async () => {
      const extent = this.#extent(wanted, documentIds);
      const { mode, smallestShare } = this.#state.now.settings;
      const { readingKv } = modelUse(this.#state.now);
      const call = { op: "read", documentIds, extent, history, pins: this.#pins(documentIds), mode, smallestShare, readingKv } as const;
      await this.#engine.call<"read">(call, this.#listeners(signal, ""));
    });
  }

  /** Answers with the settings as they are now; when stopped, with what was said. @throws EngineError */
  ask({ documentIds, extent: wanted, history, question }: Inquiry, options: AskOptions): Promise<Answered> {
    const { settings } = this.#state.now;
    return this.#work(documentIds, options.signal, async () => {
      const extent = this.#extent(wanted, documentIds);
      const request = {
        documentIds,
        extent,
        history,
        question,
        pins: this.#pins(documentIds),
        window: "question" as const,
        ...(options.fullCache ? inFull(settings) : { policy: settings.policy, budget: settings.budget, mode: settings.mode }),
        smallestShare: settings.smallestShare,
        maxAnswerTokens: options.maxAnswerTokens ?? settings.maxAnswerTokens,
        ...modelUse(this.#state.now),
        ...(options.temperature !== undefined && { temperature: options.temperature }),
      };
      const listeners = { ...this.#listeners(options.signal, options.turnId ?? ""), onText: options.onText };
      const result = await this.#engine.call<"ask">({ op: "ask", request }, listeners);
      return { ...(await this.#placed(documentIds, result)), ...coverageOf(wanted, result) };
    });
  }

  /** From now on the engine's state is nobody's news. */
  close(): void {
    this.#closed = true;
  }

  /** Works with these documents, and says so when the last work has ended. */
  async #work<Result>(documentIds: string[], signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#running++;
    try {
      return await this.#shelf.use(documentIds, work, signal);
    } finally {
      this.#running--;
      if (this.#running === 0 && !this.#closed) this.#engine.idle();
    }
  }

  #pins(documentIds: readonly string[]): Pin[] {
    return documentIds.flatMap((id, document) => {
      const known = this.#state.document(id);
      return known?.phase === "ready" ? known.pins.map((pin) => ({ document, ...pin })) : [];
    });
  }

  #listeners(signal: AbortSignal, turnId: string) {
    return {
      signal,
      onStatus: (status: Extract<EngineStatus, { phase: "reading" | "answering" }>) =>
        this.#state.set("engine", { engine: status.phase === "answering" ? { ...status, turnId } : status }),
      onMemory: (memory: MemoryReport) => this.#state.set("memory", { memory }),
    };
  }

  #extent(extent: Extent, documentIds: readonly string[]): ReadExtent {
    return readExtent(extent, documentIds, (range) => this.#library.documents.span(range));
  }

  async #placed(documentIds: string[], { details: _, windows: __, evidence, quotes, keptShares, ...done }: TurnResult): Promise<Answered> {
    // A document may have been removed while it was being asked about; its passages go with it.
    const texts = await Promise.all(documentIds.map((id) => this.#library.documents.text(id).catch(() => null)));
    const place = ({ documentIndex, start, end }: { documentIndex: number; start: number; end: number }) => {
      const known = texts[documentIndex];
      if (!known) return null;
      const { number: page = 1, label } = known.pages.findLast((candidate) => candidate.start <= start) ?? {};
      return { documentId: documentIds[documentIndex]!, page, ...(label && { label }), start, end };
    };
    const passages = evidence
      .toSorted((a, b) => a.documentIndex - b.documentIndex || a.start - b.start)
      .flatMap((passage): Evidence[] => {
        const at = place(passage);
        return at ? [{ ...at, text: texts[passage.documentIndex]!.text.slice(at.start, at.end), score: passage.score }] : [];
      });
    return {
      phase: "done",
      ...done,
      evidence: passages,
      quotes: quotes.map(({ start, end, passage }): Quote => ({ start, end, found: passage && place(passage) })),
      kept: keptShares.map((shares, i): KeptMap => ({ documentId: documentIds[i]!, shares })),
    };
  }
}

/** What was read of the documents, when it was not all of them at once. */
function coverageOf(extent: Extent, { windows }: TurnResult): { coverage?: Coverage } {
  if (windows) return { coverage: { kind: "windows", windows: windows.count, tokens: windows.tokens, pickedTokens: windows.picked } };
  return extent.kind === "pages" ? { coverage: extent } : {};
}

/** Nothing is let go of. */
function inFull({ mode }: Settings): Pick<AskRequest, "policy" | "budget" | "mode"> {
  return { policy: "full", budget: { kind: "full" }, mode: mode === "smallest" ? "fast" : mode };
}
