/** The documents of the app: files come in, are parsed in their own process, kept in the library, and counted by the engine. */
import type { DocumentInfo, Pin, SourceState } from "../preload/api.ts";
import { cleanName, DocumentError, type ParsedDocument, parseDocument } from "./documents/import.ts";
import type { Recognised } from "./documents/recognised.ts";
import { EngineError } from "./engine/errors.ts";
import type { EngineKeeper } from "./engine/keeper.ts";
import { maxFileBytes } from "./hosts/router.ts";
import type { StoredDocument } from "./library/documents.ts";
import type { Insertion } from "./library/insertion.ts";
import type { Library } from "./library/library.ts";
import { sha256 } from "./library/originals.ts";
import { Sharing } from "./sharing.ts";
import { sourceState } from "./sources.ts";
import { type LiveState, plainError } from "./state.ts";
import { FileRefused, readWhole } from "./system/read.ts";

export class Shelf {
  readonly #state: LiveState;
  readonly #library: Library;
  readonly #engine: EngineKeeper;
  readonly #imports = new Map<string, { controller: AbortController; over: Promise<void> }>();
  readonly #sharing = new Sharing();
  /** Documents that the running engine knows, with their tokens. */
  #given = new Map<string, Promise<number>>();

  constructor(state: LiveState, library: Library, engine: EngineKeeper) {
    this.#state = state;
    this.#library = library;
    this.#engine = engine;
  }

  /** Shows what the library has; `model` is the SHA-256 of the model whose token counts are shown. */
  load(model: string | null): void {
    const tokens = model === null ? new Map<string, number>() : this.#library.documents.tokenCounts(model);
    this.#state.now.documents = this.#library.documents.list().map((stored) => infoOf(stored, tokens.get(stored.id) ?? null));
  }

  /** Another model counts other tokens. */
  showTokensOf(model: string): void {
    const tokens = this.#library.documents.tokenCounts(model);
    const counted = (document: DocumentInfo) => tokens.get(document.id) ?? null;
    const before = this.#state.now.documents;
    if (before.every((document) => document.phase !== "ready" || document.tokens === counted(document))) return;
    // In one event: a window that draws its list anew for each of a thousand stands still for seconds.
    this.#state.set("documents", {
      documents: before.map((document) => (document.phase === "ready" ? { ...document, tokens: counted(document) } : document)),
    });
  }

  /** Resolves to the id once the file is known; a name with folders before it goes into folders of these names; `onReady` is called when it can be asked about. */
  async add(name: string, bytes: Uint8Array, source: string | null, onReady: (id: string) => void): Promise<string> {
    const id = await sha256(bytes);
    const phase = this.#state.document(id)?.phase;
    if (this.#imports.has(id) || phase === "ready" || phase === "scanned") return id;
    if (this.#restored(id)) return id;
    const controller = new AbortController();
    const over = this.#import({ id, name: cleanName(name), folder: folderOf(name), bytes, source }, controller.signal, onReady).finally(
      () => this.#imports.get(id)?.controller === controller && this.#imports.delete(id),
    );
    this.#imports.set(id, { controller, over });
    return id;
  }

  /** The same, for who waits: what became of it, `ready` or `failed`; a failed one is not shown any more. @throws EngineError when it was removed */
  async addAndWait(name: string, bytes: Uint8Array): Promise<DocumentInfo> {
    const id = await this.add(name, bytes, null, () => {});
    await this.#imports.get(id)?.over;
    const document = this.#state.document(id);
    if (document === null) throw gone();
    if (document.phase === "failed") this.#state.hideDocument(id);
    if (document.phase !== "scanned") return document;
    return { ...document, phase: "failed", error: plainError(new DocumentError("document-scanned", document.name)) };
  }

  async remove(id: string): Promise<void> {
    this.#imports.get(id)?.controller.abort();
    // It ends in its own time; the same file may be added again before.
    this.#imports.delete(id);
    this.#library.documents.remove(id, Date.now());
    this.#state.hideDocument(id);
    await this.#forget(id);
  }

  rename(id: string, name: string): void {
    // What a name ends with says how its file is shown.
    const ending = /\.[^.]+$/.exec(this.#state.document(id)?.name ?? "")?.[0] ?? "";
    const whole = name.trim().toLowerCase().endsWith(ending.toLowerCase()) ? name : `${name.trim()}${ending}`;
    this.#library.documents.rename(id, cleanName(whole));
    this.#showStored(id);
  }

  move(id: string, folder: string): void {
    this.#library.documents.move(id, folderPath(folder.split("/")));
    this.#showStored(id);
  }

  async checkSource(id: string): Promise<SourceState> {
    const stored = this.#library.documents.get(id);
    return stored ? await sourceState(stored) : "unknown";
  }

  /** The file that a document was added from, as it is now. @throws EngineError when it is not there or too large */
  async readSource(id: string): Promise<{ name: string; source: string; bytes: Uint8Array }> {
    const { name, source } = this.#library.documents.get(id) ?? {};
    if (!name || !source) throw gone();
    const bytes = await readWhole(source, maxFileBytes).catch((error: unknown) => {
      if (error instanceof FileRefused && error.code === "EFBIG")
        throw new EngineError(
          "nothing-to-read",
          "This is larger than 1 GB, more than Folio takes. Split it, and add the parts that matter.",
        );
      throw moved();
    });
    return { name, source, bytes };
  }

  /** @throws EngineError when there is no such passage */
  pin(id: string, start: number, end: number): void {
    const stored = this.#library.documents.get(id);
    if (!stored || start >= end || end > stored.characters) throw gone();
    this.#library.documents.setPins(id, withPin(stored.pins, { start, end }));
    this.#showStored(id);
  }

  unpin(id: string, start: number): void {
    const pins = this.#library.documents.get(id)?.pins ?? [];
    this.#library.documents.setPins(
      id,
      pins.filter((pin) => pin.start !== start),
    );
    this.#showStored(id);
  }

  restore(id: string): void {
    if (!this.#restored(id)) throw gone();
  }

  /**
   * Works while the engine has these documents and no others: their texts and tokens take memory there. Works with the same documents run
   * together, others wait for their turn. @throws EngineError, `stopped` when the signal was aborted meanwhile
   */
  use<Result>(documentIds: readonly string[], work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const key = [...documentIds].sort().join();
    const begin = async () => {
      await this.#give(documentIds);
      return await work();
    };
    return this.#sharing.run(key, begin, signal);
  }

  async #give(documentIds: readonly string[]): Promise<void> {
    for (const id of [...this.#given.keys()]) if (!documentIds.includes(id)) await this.#forget(id);
    for (const id of documentIds) await this.#giveOne(id);
  }

  /** A fresh engine knows nothing. */
  forgetGiven(): void {
    this.#given = new Map();
  }

  close(): void {
    for (const { controller } of this.#imports.values()) controller.abort();
  }

  async #import(
    file: { id: string; name: string; folder: string; bytes: Uint8Array; source: string | null },
    signal: AbortSignal,
    onReady: (id: string) => void,
  ): Promise<void> {
    const base = { id: file.id, name: file.name, fileBytes: file.bytes.length, folder: file.folder, addedAt: Date.now() };
    this.#state.showDocument({ ...base, phase: "parsing", pagesDone: 0, pagesTotal: 0 });
    try {
      const parsed = await parseDocument(file.name, file.bytes, {
        signal,
        onProgress: (pagesDone, pagesTotal) => this.#state.showDocument({ ...base, phase: "parsing", pagesDone, pagesTotal }),
      });
      signal.throwIfAborted();
      if (parsed.text.trim() === "" && !isScan(parsed.pages.length, parsed.emptyPages))
        throw new EngineError("nothing-to-read", "This document has no text to read.");
      await this.#keep({ ...base, ...file }, parsed, signal);
      if (this.#state.document(file.id)?.phase === "ready") onReady(file.id);
    } catch (error) {
      if (!signal.aborted) this.#state.showDocument({ ...base, phase: "failed", error: plainError(error) });
    }
  }

  async #keep(
    file: { id: string; name: string; bytes: Uint8Array; source: string | null; fileBytes: number; folder: string; addedAt: number },
    { text, pages, emptyPages, notes }: ParsedDocument,
    signal: AbortSignal,
  ): Promise<void> {
    const { bytes, source, ...base } = file;
    this.#state.showDocument({ ...base, phase: "counting", pages: pages.length, characters: text.length });
    await this.#library.documents.add({ ...base, source, bytes, text, pages, emptyPages, notes }, signal);
    signal.throwIfAborted();
    if (text !== "") await this.#giveOne(file.id).catch(() => null);
    signal.throwIfAborted();
    this.#showStored(file.id);
  }

  /** A page's recognised text joins its document, once nobody is being answered. @throws LibraryError */
  addRecognised(id: string, page: number, recognised: Recognised): Promise<Insertion> {
    return this.#sharing.run(`text of ${id}`, async () => {
      const insertion = this.#library.addRecognised(id, page, recognised);
      await this.#forget(id);
      this.#showStored(id);
      return insertion;
    });
  }

  /** Counts the tokens of a text that has changed. */
  async count(id: string): Promise<void> {
    if (this.#state.document(id)?.phase === "ready") await this.#giveOne(id).catch(() => null);
  }

  #giveOne(id: string): Promise<number> {
    const given = this.#given.get(id) ?? this.#tokenize(id);
    this.#given.set(id, given);
    given.catch(() => this.#given.get(id) === given && this.#given.delete(id));
    return given;
  }

  async #tokenize(id: string): Promise<number> {
    const { text } = await this.#library.documents.text(id);
    const tokens = await this.#engine.call<"addDocument">({ op: "addDocument", documentId: id, text });
    const { model } = this.#state.now;
    if (model) this.#library.documents.setTokens(id, model.sha256, tokens);
    const document = this.#state.document(id);
    if (document?.phase === "ready" && document.tokens !== tokens) this.#state.showDocument({ ...document, tokens });
    return tokens;
  }

  async #forget(id: string): Promise<void> {
    if (this.#given.delete(id)) await this.#engine.removeDocument(id);
  }

  #restored(id: string): boolean {
    if (!this.#library.documents.restore(id)) return false;
    this.#showStored(id);
    return true;
  }

  #showStored(id: string): void {
    const stored = this.#library.documents.get(id);
    if (!stored) throw gone();
    const { model } = this.#state.now;
    const tokens = model ? (this.#library.documents.tokenCounts(model.sha256).get(id) ?? null) : null;
    this.#state.showDocument(infoOf(stored, tokens));
  }
}

function infoOf({ source: _, characters, notes, pins, ...stored }: StoredDocument, tokens: number | null): DocumentInfo {
  if (isScan(stored.pages, stored.emptyPages)) return { ...stored, phase: "scanned" };
  return { ...stored, characters, notes, pins, phase: "ready", tokens };
}

/** In order; passages that touch or overlap are one. */
function withPin(pins: readonly Pin[], { start, end }: Pin): Pin[] {
  const touched = pins.filter((pin) => pin.start <= end && pin.end >= start);
  const pin = { start: Math.min(start, ...touched.map((other) => other.start)), end: Math.max(end, ...touched.map((other) => other.end)) };
  return [...pins.filter((other) => !touched.includes(other)), pin].sort((a, b) => a.start - b.start);
}

/** "Contracts/2024" of "Contracts/2024/Lease.pdf"; of a name alone, and of a path that begins at the top or above, none. */
function folderOf(name: string): string {
  const names = name.split("/").slice(0, -1);
  return names.length === 0 || isNowhere(names[0]!) ? "" : folderPath(names.map((part) => (isNowhere(part) ? "" : cleanName(part))));
}

/** A folder in folders is a path of their names. */
const folderPath = (names: readonly string[]): string =>
  names
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .join("/");

const isNowhere = (name: string): boolean => /^\.*$/.test(name);

const isScan = (pages: number, emptyPages: readonly number[]): boolean => pages > 0 && emptyPages.length === pages;

const moved = () => new EngineError("nothing-to-read", "The file is not where it was any more: add it from its new place.");
const gone = () => new EngineError("nothing-to-read", "This document is not there any more: add it again.");
