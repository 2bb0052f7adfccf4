/** Models as a person meets them: with the real engine, another model is linked, trusted and used; calibration starts and stops; disk room. */
import { link, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { starterModel } from "../../main/engine/models.ts";
import { modelsFolder } from "../../main/system/folders.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { randomWeights, tinyVocabulary, writeGguf } from "../gguf.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let app: App;
let window: TestWindow;
let folder: string;
let home: DataFolder;

beforeAll(async () => {
  home = await ownDataFolder();
  // Another name for the same bytes: another model to Folio, without a second copy on the disk of the tests.
  folder = await mkdtemp(join(modelsFolder(), ".test-"));
  await mkdir(join(folder, "ada", "tiny"), { recursive: true });
  await link(join(modelsFolder(), starterModel.file), join(folder, "ada", "tiny", "tiny.gguf"));
  await writeFile(join(folder, "ada", "broken.gguf"), "GGUF");
  app = await createApp();
  window = await openTestWindow(app);
  await window.page.locator(".machine").getByText("SmolLM2").waitFor();
});
afterAll(async () => {
  await window?.close();
  await app?.close();
  await rm(folder, { recursive: true, force: true });
  await home?.restore();
});

/** A model that was chosen closes the dialog once main has taken it; no key opens another one before that. */
async function openModels(): Promise<void> {
  await window.page.getByRole("dialog").waitFor({ state: "detached" });
  await window.page.keyboard.press("Control+m");
  await window.page.getByRole("dialog", { name: "Models" }).waitFor();
}

const row = (name: string) => window.page.getByRole("listitem", { name, exact: true });

test("the list says what is here, what fits and what is in use", async () => {
  const { page } = window;
  await openModels();
  const starter = row("SmolLM2 135M Instruct");
  await starter.getByText("In use").waitFor();
  await expect.poll(() => starter.textContent()).toMatch(/98\.4 MB · up to 8,192 tokens · Apache 2\.0 · English.*about \d+ MB/);
  await expect.poll(() => page.getByRole("button", { name: "Download" }).count()).toBeGreaterThan(5);
});

test("a folder is found by clicking, its models are linked, and what is broken says why", async () => {
  const { page } = window;
  await page.getByRole("button", { name: "Use a model that is here already" }).click();
  const path = page.getByLabel("Path of a file or folder");
  await expect.poll(() => path.inputValue()).not.toBe("");
  await path.fill(join(tmpdir(), "nothing-here"));
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog")
    .getByRole("alert")
    .getByText(/There is nothing at/)
    .waitFor();

  await path.fill(folder);
  await page.getByRole("button", { name: "Link it" }).click();
  await row("tiny").waitFor();
  expect(await row("tiny").textContent()).toContain(join("ada", "tiny", "tiny.gguf"));
  await row("broken").getByText("It is cut off").waitFor();
  expect(await row("broken").getByRole("button", { name: "Use", exact: true }).count()).toBe(0);
});

test("a file of unknown origin is loaded only after a question, and then counts the documents", async () => {
  const { page } = window;
  await row("tiny").getByRole("button", { name: "Use", exact: true }).click();
  const asked = page.getByRole("dialog", { name: "Do you trust tiny?" });
  await asked.getByText(join(folder, "ada", "tiny", "tiny.gguf")).waitFor();
  await asked.getByRole("button", { name: "Use it", exact: true }).click();
  await page.locator(".machine").getByText("tiny", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Try it with a short guide" }).click();
  await page
    .getByText(/[\d,]+ of 8,192 tokens|[\d,]+ of 8,176 tokens/)
    .first()
    .waitFor();
});

test("a model's own settings are kept, and loading again uses them", async () => {
  const { page } = window;
  await openModels();
  await row("tiny").getByRole("button", { name: "Settings of tiny" }).click();
  const dialog = page.getByRole("dialog", { name: "tiny" });
  const context = dialog.getByLabel("Longest prompt in tokens");
  await context.fill("9000");
  await dialog.getByRole("alert").getByText("256 to 8,192").waitFor();
  await context.fill("4096");
  await dialog.getByLabel("Temperature").fill("0.5");
  await page.keyboard.press("Enter");
  await dialog.getByLabel("Seed").fill("7");
  await dialog.getByLabel("Min-p").fill("0.2");
  await dialog.getByLabel("Repeat penalty").fill("1.1");
  await dialog.getByLabel("Layers on the graphics card").fill("2");
  await dialog.getByRole("button", { name: "Save and load again" }).click();
  await expect.poll(async () => (await app.requests.getState()).model?.contextLength, { timeout: 60_000 }).toBe(4096);
  const { models } = await app.requests.getState();
  expect(models.find(({ name }) => name === "tiny")?.settings).toMatchObject({
    contextLength: 4096,
    temperature: 0.5,
    seed: 7,
    minP: 0.2,
    repeatPenalty: 1.1,
    threads: null,
    gpuLayers: 2,
  });
  await dialog.getByText(/^No graphics card that Folio can use was found|computes 2 of \d+ layers/).waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByText(/[\d,]+ of 4,080 tokens/)
    .first()
    .waitFor();
});

test("the heads of the model in use are drawn, with a table; a calibration starts, says how far it is, and stops", async () => {
  const { page } = window;
  await openModels();
  await row("tiny").getByRole("button", { name: "Settings of tiny" }).click();
  const part = page.getByRole("region", { name: "Calibration" });
  await part.getByRole("img", { name: /^30 layers of 9 heads; the strongest is head \d of layer \d+$/ }).waitFor();
  await part.getByText("As a table").click();
  await expect.poll(() => part.getByRole("row").count()).toBe(31);
  await part.getByRole("button", { name: "Calibrate again" }).click();
  await part.getByText(/Looking for heads that retrieve, \d/).waitFor();
  await part.getByRole("button", { name: "Stop, and go on another time" }).click();
  await part.getByRole("button", { name: "Calibrate again" }).waitFor();
  expect((await app.requests.getState()).engine.phase).not.toBe("no-model");
  await page.keyboard.press("Escape");
});

test("what was read takes room on disk, which can be limited and cleared for each document", async () => {
  const { page } = window;
  const saved = async () => {
    const { conversation } = await app.requests.getState();
    const { documents } = await app.requests.getSnapshotSizes();
    return documents.some(({ documentId }) => documentId === conversation?.documentIds[0]);
  };
  await expect.poll(saved, { timeout: 120_000 }).toBe(true);
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Answers" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("tabpanel", { name: "Storage" }).waitFor();
  await page.getByRole("button", { name: "Clear what was read of A short guide to Folio.md" }).click();
  await expect.poll(saved).toBe(false);
  await page.getByLabel("Room for what was read, in GB").fill("2,5");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await app.requests.getState()).settings.snapshotCapBytes).toBe(2.5e9);
  await page.getByRole("button", { name: "Reset all" }).click();
  await page.getByRole("button", { name: "Really reset all?" }).click();
  await expect.poll(async () => (await app.requests.getState()).settings.snapshotCapBytes).toBe(8e9);
  await page.keyboard.press("Escape");
});

test("a file with a good header and nothing behind it ends no more than its own loading", async () => {
  const { page } = window;
  const file = join(folder, "hollow.gguf");
  const shape = { "llama.block_count": 2, "llama.embedding_length": 32, "llama.context_length": 512, "llama.attention.head_count": 4 };
  writeGguf(file, { "general.architecture": "llama", ...shape, ...tinyVocabulary() }, [
    { name: "token_embd.weight", dims: [32, 265], data: randomWeights(32 * 265, 0.1, 1) },
  ]);
  await openModels();
  await row("hollow").getByRole("button", { name: "Use", exact: true }).click();
  await page.getByRole("dialog", { name: "Do you trust hollow?" }).getByRole("button", { name: "Use it", exact: true }).click();
  const notice = page.locator(".notice[data-kind=warning]");
  await notice.getByText("There is no model to answer with.").waitFor();
  await expect.poll(() => notice.textContent()).toMatch(/hollow/);
  await notice.getByRole("button", { name: "Choose a model" }).click();
  await row("tiny").getByRole("button", { name: "Use", exact: true }).click();
  await expect.poll(async () => (await app.requests.getState()).model?.name ?? "", { timeout: 60_000 }).toBe("tiny");
});

test("a linked model is forgotten, and its file stays; the choice is remembered", async () => {
  await openModels();
  await row("SmolLM2 135M Instruct").getByRole("button", { name: "Use", exact: true }).click();
  await expect.poll(async () => (await app.requests.getState()).model?.file ?? "", { timeout: 60_000 }).toContain(starterModel.file);
  await openModels();
  await row("tiny")
    .getByRole("button", { name: /^Forget tiny/ })
    .click();
  await expect.poll(() => row("tiny").count()).toBe(0);
  expect((await stat(join(folder, "ada", "tiny", "tiny.gguf"))).size).toBe(starterModel.bytes);
  // The path that does not exist was refused, which the browser notes.
  expect(window.complaints.filter((text) => !text.includes("422"))).toEqual([]);
  expect(window.strays).toEqual([]);
});
