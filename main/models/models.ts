/** The models of this computer: Folio's list, its models folder, and files that were linked. Which one is used, and how, is remembered. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { defaultModelSettings, type MemoryReport, type ModelEntry, type ModelSettings, reloading } from "../../preload/api.ts";
import { EngineError } from "../engine/errors.ts";
import { defaultModelFile, modelOfEnvironment, starterModel } from "../engine/models.ts";
import type { LoadRequest } from "../engine/protocol.ts";
import { saidBy } from "../plain-error.ts";
import type { LiveState } from "../state.ts";
import { dataFolder, modelsFolder } from "../system/folders.ts";
import { type Offer, readCatalogue } from "./catalogue.ts";
import { Downloads } from "./downloads.ts";
import { findModels } from "./files.ts";
import { type GgufHeader, readGgufHeader } from "./gguf.ts";
import { loadRecord, type ModelRecord, saveRecord } from "./record.ts";

/** Tokens of the longest prompt and answer in safe mode. */
const safeContextLength = 2048;

/** How long measurements wait to be written, in ms: they come ten times a second. */
const measuredEveryMs = 5_000;

export class Models {
  readonly #state: LiveState;
  readonly #record: ModelRecord;
  readonly #offers: Offer[];
  readonly #downloads: Downloads;
  /** Headers by path, with size and time of the file they were read from. */
  readonly #headers = new Map<string, { stamp: string; header: Promise<GgufHeader> }>();
  #saving: Promise<void> = Promise.resolve();
  #measuredAt = 0;
  #used: string;

  private constructor(state: LiveState, record: ModelRecord, offers: Offer[], base?: string) {
    this.#state = state;
    this.#record = record;
    this.#offers = offers;
    this.#used = modelOfEnvironment() ?? (record.chosen || defaultModelFile());
    this.#downloads = new Downloads(state, () => void this.refresh(), base);
  }

  /** @param base the server that models come from, for tests */
  static async open(state: LiveState, base?: string): Promise<Models> {
    const { record, problem } = await loadRecord(recordFile());
    if (problem) state.notice(problem);
    const models = new Models(state, record, await readCatalogue(), base);
    await models.#downloads.load(models.#offers);
    return models;
  }

  /** How to load the model that is used now. */
  get request(): LoadRequest {
    const { contextLength, threads, gpuLayers, systemPrompt } = this.settings;
    return {
      file: this.#used,
      threads: Math.min(threads ?? this.#state.now.machine.threads, this.#state.now.machine.cores),
      ...(gpuLayers > 0 && { gpuLayers }),
      ...(contextLength !== null && { contextLength }),
      ...(systemPrompt !== null && { systemPrompt }),
    };
  }

  /** How to load what surely runs: the starter model where it is here, with the least that can be asked about. */
  get safeRequest(): LoadRequest {
    const starter = join(modelsFolder(), starterModel.file);
    return { file: existsSync(starter) ? starter : this.#used, threads: this.#state.now.machine.threads, contextLength: safeContextLength };
  }

  /** The settings of the model that is used now. */
  get settings(): ModelSettings {
    return this.#record.settings[this.#used] ?? defaultModelSettings;
  }

  /** Looks at the disk again, and tells the window what is there. */
  async refresh(): Promise<void> {
    const files = new Map<string, "folder" | "linked">();
    for (const file of await findModels(modelsFolder()).catch(() => [])) files.set(resolve(file), "folder");
    for (const link of [...this.#record.links, this.#used])
      for (const file of await findModels(link).catch(() => [link])) if (!files.has(resolve(file))) files.set(resolve(file), "linked");

    const entries: ModelEntry[] = [];
    for (const offer of this.#offers) {
      const place = join(modelsFolder(), offer.file);
      const here = files.delete(resolve(place)) && (await stat(place).catch(() => null))?.size === offer.bytes;
      entries.push(this.#offered(offer, here ? place : null));
    }
    for (const [file, origin] of files) entries.push(await this.#own(file, origin));
    this.#state.set("models", { models: entries });
  }

  /** Links a file, or every model of a folder; resolves to how many there are. @throws EngineError `bad-model` */
  async link(path: string): Promise<number> {
    const place = resolve(path);
    const files = await findModels(place);
    const headers = await Promise.allSettled(files.map((file) => this.#header(file)));
    const failed = headers.find((result) => result.status === "rejected");
    if (failed && headers.every((result) => result.status === "rejected"))
      throw new EngineError("bad-model", "{name} cannot be used. {why}", { name: basename(files[0]!), why: saidBy(failed.reason) });
    if (!this.#record.links.includes(place)) this.#record.links.push(place);
    await this.#save();
    await this.refresh();
    return headers.filter((result) => result.status === "fulfilled").length;
  }

  /** Deletes what Folio downloaded; what was linked is only forgotten, and stays where it is. */
  async remove(id: string): Promise<void> {
    const entry = this.entry(id);
    if (entry.file === null) return;
    if (entry.file === this.#used) throw new EngineError("busy", "{name} is in use: choose another model first.", { name: entry.name });
    if (entry.origin === "list") await rm(entry.file, { force: true });
    else if (entry.origin === "linked") await this.#forget(entry.file);
    else throw new EngineError("bad-setting", "Folio did not put this file into its models folder, so it does not delete it.");
    await this.refresh();
  }

  /** From now on this model is used. @param trust a person said that a file of unknown origin may be loaded */
  async choose(id: string, trust: boolean): Promise<void> {
    const entry = this.entry(id);
    if (entry.file === null)
      throw new EngineError("no-model", "{name} is not on this computer yet: download it first.", { name: entry.name });
    if (!existsSync(entry.file))
      throw new EngineError("no-model", "{file} is not there any more: choose another model.", { file: entry.file });
    await this.#header(entry.file);
    if (!entry.trusted) {
      if (!trust)
        throw new EngineError("untrusted", "Folio does not know {name}: say that you trust where it comes from.", { name: entry.name });
      this.#record.trusted.push(entry.file);
    }
    this.#used = entry.file;
    this.#record.chosen = entry.file;
    await this.#save();
    await this.refresh();
  }

  /** @returns whether the model that is used now has to be loaded again for it */
  async change(id: string, settings: ModelSettings): Promise<boolean> {
    const entry = this.entry(id);
    if (entry.file === null)
      throw new EngineError("no-model", "{name} is not on this computer yet: download it first.", { name: entry.name });
    const before = this.#record.settings[entry.file] ?? defaultModelSettings;
    this.#record.settings[entry.file] = settings;
    await this.#save();
    await this.refresh();
    const reload = reloading.some((key) => before[key] !== settings[key]);
    return entry.file === this.#used && reload;
  }

  download(id: string): void {
    this.#downloads.start(this.#offer(id));
  }

  pause(id: string): void {
    this.#downloads.pause(this.#offer(id));
  }

  async cancel(id: string): Promise<void> {
    await this.#downloads.cancel(this.#offer(id));
  }

  /** Remembers the most memory that the engine was seen to take with the model that is loaded: one that was just chosen is not yet. */
  measure({ processBytes, promptTokens }: MemoryReport): void {
    const { model } = this.#state.now;
    if (model === null || processBytes <= (this.#record.measured[model.file]?.processBytes ?? 0)) return;
    this.#record.measured[model.file] = { processBytes, promptTokens };
    const now = performance.now();
    if (now - this.#measuredAt < measuredEveryMs) return;
    this.#measuredAt = now;
    void this.#save();
    void this.refresh();
  }

  /** @throws EngineError `no-model` */
  entry(id: string): ModelEntry {
    const entry = this.#state.now.models.find((known) => known.id === id);
    if (!entry) throw new EngineError("no-model", "This model is not there any more: choose another one.");
    return entry;
  }

  /** Stops downloads; what came stays. */
  async close(): Promise<void> {
    this.#downloads.close();
    await this.#saving;
  }

  #offer(id: string): Offer {
    const offer = this.#offers.find((known) => known.id === id);
    if (!offer) throw new EngineError("no-model", "This model is not in Folio's list: choose another one.");
    return offer;
  }

  #offered({ id, name, bytes, shape, repository, size, why, licence, languages }: Offer, file: string | null): ModelEntry {
    const offer = { size, why, licence, languages, repository };
    return { id, name, bytes, origin: "list", file, shape, offer, problem: null, trusted: true, ...this.#remembered(file) };
  }

  async #own(file: string, origin: "folder" | "linked"): Promise<ModelEntry> {
    const id = `file-${createHash("sha256").update(file).digest("hex").slice(0, 16)}`;
    const trusted = origin === "folder" || file === modelOfEnvironment() || this.#record.trusted.includes(file);
    const base = { id, origin, file, offer: null, trusted, ...this.#remembered(file) };
    const bytes = (await stat(file).catch(() => null))?.size ?? 0;
    const name = basename(file).replace(/\.gguf$/i, "");
    try {
      const { shape } = await this.#header(file);
      return { ...base, name, bytes, shape, problem: null };
    } catch (error) {
      return { ...base, name, bytes, shape: null, problem: saidBy(error) };
    }
  }

  #remembered(file: string | null): Pick<ModelEntry, "settings" | "measured"> {
    const { settings, measured } = this.#record;
    return { settings: (file && settings[file]) || defaultModelSettings, measured: (file && measured[file]) || null };
  }

  async #header(file: string): Promise<GgufHeader> {
    const found = await stat(file).catch(() => null);
    const stamp = `${found?.size} ${found?.mtimeMs}`;
    const known = this.#headers.get(file);
    if (known?.stamp === stamp) return await known.header;
    const header = readGgufHeader(file);
    this.#headers.set(file, { stamp, header });
    return await header;
  }

  /** A file that came with a folder leaves it behind, since a link is the whole folder. */
  async #forget(file: string): Promise<void> {
    const kept: string[] = [];
    for (const link of this.#record.links) {
      if (resolve(link) === file) continue;
      const files = await findModels(link).catch((): string[] => []);
      if (files.includes(file)) kept.push(...files.filter((other) => other !== file));
      else kept.push(link);
    }
    this.#record.links = kept;
    this.#record.trusted = this.#record.trusted.filter((known) => known !== file);
    await this.#save();
  }

  /** One after another: the last change is the one that stays. */
  #save(): Promise<void> {
    const text = structuredClone(this.#record);
    this.#saving = this.#saving.then(() => saveRecord(recordFile(), text)).catch((error: unknown) => this.#state.notice(error));
    return this.#saving;
  }
}

const recordFile = (): string => join(dataFolder(), "models.json");
