import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { starterModel } from "../../../main/engine/models.ts";
import { Downloads } from "../../../main/models/downloads.ts";
import { listFolder } from "../../../main/models/files.ts";
import { Models } from "../../../main/models/models.ts";
import { LiveState } from "../../../main/state.ts";
import { dataFolder, modelsFolder } from "../../../main/system/folders.ts";
import { defaultModelSettings, defaultSettings, type ModelInfo } from "../../../preload/api.ts";
import { ownFolders } from "../../data-folder.ts";
import { randomWeights, tinyVocabulary, writeGguf } from "../../gguf.ts";

let folder: string;
let state: LiveState;
let models: Models;

const open = async (): Promise<void> => {
  state = new LiveState(defaultSettings, { cores: 4, threads: 2 }, [], false);
  models = await Models.open(state);
  await models.refresh();
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-models-"));
  for (const [name, value] of Object.entries(ownFolders(folder))) vi.stubEnv(name, value);
  vi.stubEnv("FOLIO_MODEL", "");
  await open();
});
afterEach(async () => {
  await models.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function model(path: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const shape = { "llama.block_count": 2, "llama.embedding_length": 32, "llama.context_length": 512, "llama.attention.head_count": 4 };
  writeGguf(file, { "general.architecture": "llama", ...shape, ...tinyVocabulary() }, [
    { name: "token_embd.weight", dims: [32, 265], data: randomWeights(32 * 265, 0.1, 1) },
  ]);
  return file;
}
const entryOf = (file: string) => state.now.models.find((entry) => entry.file === file);

test("Folio's list is shown before anything is here, and a model counts as here only when it is whole", async () => {
  const starter = () => state.now.models.find(({ id }) => id === "smollm2-135m");
  expect(starter()).toMatchObject({ origin: "list", file: null, bytes: starterModel.bytes });
  const place = join(modelsFolder(), starterModel.file);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, "");
  await truncate(place, 1000);
  await models.refresh();
  expect(starter()?.file).toBe(null);
  await truncate(place, starterModel.bytes);
  await models.refresh();
  expect(starter()?.file).toBe(place);
});

test("a file is linked in place, used only after a person trusts it, and remembered", async () => {
  const file = await model("mine/tiny.gguf");
  expect(await models.link(file)).toBe(1);
  const entry = entryOf(file)!;
  expect(entry).toMatchObject({ name: "tiny", origin: "linked", trusted: false, problem: null, shape: { layers: 2, contextLength: 512 } });
  await expect(models.choose(entry.id, false)).rejects.toMatchObject({ code: "untrusted" });
  await models.choose(entry.id, true);
  expect(models.request).toEqual({ file, threads: 2 });

  await models.close();
  await open();
  expect(models.request.file).toBe(file);
  expect(entryOf(file)?.trusted).toBe(true);
  await expect(models.remove(entry.id)).rejects.toMatchObject({ code: "busy" });

  vi.stubEnv("FOLIO_MODEL", join(folder, "other.gguf"));
  await open();
  expect(models.request.file).toBe(join(folder, "other.gguf"));
});

test("a folder is linked with the models in it, as LM Studio keeps them, without what is no model", async () => {
  const one = await model("lm/publisher/one/one-Q4.gguf");
  const two = await model("lm/publisher/two/two-Q8.gguf");
  await model("lm/publisher/two/mmproj-two.gguf");
  await model("lm/publisher/split/big-00001-of-00002.gguf");
  await model("lm/a/b/c/too-deep.gguf");
  await writeFile(join(folder, "lm", "broken.gguf"), "GGUF");
  expect(await models.link(join(folder, "lm"))).toBe(2);
  expect(entryOf(one)?.problem).toBe(null);
  expect(entryOf(join(folder, "lm", "broken.gguf"))?.problem).toEqual({ text: "It is cut off: fetch it again." });
  expect(state.now.models.filter(({ origin }) => origin === "linked").length).toBe(3);

  await models.remove(entryOf(two)!.id);
  expect(existsSync(two)).toBe(true);
  expect(entryOf(two)).toBe(undefined);
  expect(entryOf(one)).toBeDefined();
});

test.each([
  ["nothing", "gone.gguf", /nothing at/],
  ["no model", "page.gguf", /page\.gguf cannot be used\. It is no GGUF file/],
  ["a part", "big-00001-of-00002.gguf", /part of a model/],
  ["an empty folder", "empty", /no model in/],
])("linking %s says so, and links nothing", async (_, name, says) => {
  await writeFile(join(folder, "page.gguf"), "<html></html>");
  await model("big-00001-of-00002.gguf");
  await mkdir(join(folder, "empty"));
  const before = state.now.models.length;
  await expect(models.link(join(folder, name))).rejects.toThrow(says);
  await models.refresh();
  expect(state.now.models.length).toBe(before);
});

test("only what Folio downloaded is deleted", async () => {
  const place = modelsFolder();
  const own = await model(join(relative(folder, place), "own.gguf"));
  const linked = await model("linked.gguf");
  await models.link(linked);
  await models.choose(entryOf(linked)!.id, true);
  await writeFile(join(place, starterModel.file), "");
  await truncate(join(place, starterModel.file), starterModel.bytes);
  await models.refresh();
  await expect(models.remove(entryOf(own)!.id)).rejects.toThrow(/does not delete it/);
  await models.remove("smollm2-135m");
  expect(existsSync(join(place, starterModel.file))).toBe(false);
});

test("each model has settings of its own; only some need it to be loaded again", async () => {
  const file = await model("mine/tiny.gguf");
  await models.link(file);
  const { id } = entryOf(file)!;
  await models.choose(id, true);
  expect(await models.change(id, { ...defaultModelSettings, temperature: 0.7, readingKv: "q8_0" })).toBe(false);
  const asked = { contextLength: 300, gpuLayers: 12, systemPrompt: "Be kind." };
  expect(await models.change(id, { ...defaultModelSettings, ...asked, threads: 99 })).toBe(true);
  expect(models.request).toEqual({ file, ...asked, threads: 4 });
  expect(models.safeRequest.gpuLayers).toBeUndefined();
  await models.close();
  await open();
  expect(models.request.contextLength).toBe(300);
});

test("what the engine takes is remembered for the model that is loaded, not for one that was just chosen", async () => {
  const [before, chosen] = [await model("mine/before.gguf"), await model("mine/chosen.gguf")];
  await models.link(join(folder, "mine"));
  const measured = (file: string, processBytes: number) => {
    state.now.model = { file } as ModelInfo;
    models.measure({ ...state.now.memory, processBytes, promptTokens: 100 });
  };
  await models.choose(entryOf(before)!.id, true);
  measured(before, 1e9);
  await models.choose(entryOf(chosen)!.id, true);
  measured(before, 2e9);
  await models.refresh();
  expect(entryOf(before)?.measured?.processBytes).toBe(2e9);
  expect(entryOf(chosen)?.measured).toBe(null);
  state.now.model = null;
  models.measure({ ...state.now.memory, processBytes: 3e9 });
  measured(chosen, 5e8);
  await models.refresh();
  expect(entryOf(chosen)?.measured).toEqual({ processBytes: 5e8, promptTokens: 100 });
});

test("a damaged record counts as none", async () => {
  await mkdir(dataFolder(), { recursive: true });
  const record = join(dataFolder(), "models.json");
  for (const text of ["{", "[]", '{"chosen": 7, "links": "x", "settings": {"a": {"temperature": 99}}}']) {
    await writeFile(record, text);
    await open();
    expect(state.now.models.length).toBeGreaterThan(5);
  }
  const file = await model("tiny.gguf");
  await models.link(file);
  expect(JSON.parse(await readFile(record, "utf8"))).toMatchObject({ links: [file] });
});

test("a folder is shown with its folders and models, and nothing else", async () => {
  await model("home/models/tiny.gguf");
  await mkdir(join(folder, "home", "models", "more"));
  await mkdir(join(folder, "home", "models", ".hidden"));
  await writeFile(join(folder, "home", "models", "letter.txt"), "");
  expect(await listFolder(join(folder, "home", "models"))).toEqual({
    path: join(folder, "home", "models"),
    parent: join(folder, "home"),
    folders: ["more"],
    models: [{ name: "tiny.gguf", bytes: expect.any(Number) }],
  });
  await expect(listFolder(join(folder, "gone"))).rejects.toMatchObject({ code: "bad-path" });
});

test("a download is shown from its start to its end, can be paused and thrown away, and is offered again after a restart", async () => {
  const bytes = Buffer.alloc(2_000_000, 7);
  const { createHash } = await import("node:crypto");
  const offer = {
    id: "tiny",
    name: "Tiny",
    size: "small" as const,
    why: "",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    licence: "",
    languages: "",
    repository: "some/body",
    file: "tiny.gguf",
    shape: {
      architecture: "llama",
      layers: 1,
      heads: 1,
      kvHeads: 1,
      keyLength: 1,
      valueLength: 1,
      embedding: 1,
      vocabulary: 1,
      contextLength: 1,
    },
  };
  const part = join(modelsFolder(), "tiny.gguf.part");
  let slow = true;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
    const head = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from, ...head });
    if (slow) response.write(bytes.subarray(from, from + 500_000));
    else response.end(bytes.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    let ready = 0;
    const downloads = new Downloads(state, () => ready++, base);
    const phase = () => state.now.downloads[0]?.phase;
    downloads.start(offer);
    await expect.poll(() => state.now.downloads[0]?.done).toBeGreaterThan(0);
    downloads.pause(offer);
    await expect.poll(phase).toBe("paused");
    expect(asked[0]).toBe("/some/body/resolve/main/tiny.gguf");

    state.set("downloads", { downloads: [] });
    const again = new Downloads(state, () => ready++, base);
    await again.load([offer]);
    expect(state.now.downloads).toEqual([{ modelId: "tiny", done: expect.any(Number), total: bytes.length, phase: "paused" }]);
    await again.cancel(offer);
    expect(state.now.downloads).toEqual([]);
    expect(existsSync(part)).toBe(false);

    slow = false;
    again.start(offer);
    await expect.poll(() => ready).toBe(1);
    expect(state.now.downloads).toEqual([]);
    expect(existsSync(join(dirname(part), "tiny.gguf"))).toBe(true);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
