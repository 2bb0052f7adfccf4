/** The window in German: switched in the settings, at once and everywhere. */
import { writeFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { defaultSystemPrompt, type Turn } from "../../preload/api.ts";
import { translations } from "../../preload/language.ts";
import { fakeApp } from "../unit/host/fake-app.ts";
import { busyApp, findings } from "./busy-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

/** English sentences that are not also German ones, nor a language's own name, as patterns of what is shown of them. */
const german = translations.de;
const words = new Set(Object.values(german).flatMap((said) => (typeof said === "string" ? [said] : [said.one, said.other])));
const english = Object.keys(german)
  .filter((text) => !words.has(text) && text !== "English" && /[a-z]{2}/i.test(text.replace(/\{\w+\}/g, "")))
  .map((text) => new RegExp(`^${text.replace(/[\\^$.*+?()[\]|]/g, "\\$&").replace(/\{\w+\}/g, ".+")}$`));

/** Everything that the page says now, by sight or to a screen reader: texts of elements with nothing but words in them, and attributes. Runs in the page. */
const everythingSaid = `(() => {
  const said = new Set();
  const spoken = ["aria-label", "aria-valuetext", "title", "placeholder"];
  for (const element of document.querySelectorAll("body *")) {
    for (const name of spoken) if (element.hasAttribute(name)) said.add(element.getAttribute(name).trim());
    if (element.closest(".answer, .page, .passage, .hit-title, .hit-text, script, style")) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) said.add(node.textContent.replace(/\\s+/g, " ").trim());
    if (element.matches("p, li, dt, dd, button, label, h1, h2, h3, h4, summary, figcaption span, .number")) said.add(element.textContent.replace(/\\s+/g, " ").trim());
  }
  return [...said];
})()`;

/** What is shown in English although it has a translation, each with the screen it is on. */
async function englishOn(page: Page, screen: string): Promise<string[]> {
  const said = ((await page.evaluate(everythingSaid)) as string[]).filter((text) => text !== "" && text !== defaultSystemPrompt);
  return said.filter((text) => english.some((pattern) => pattern.test(text))).map((text) => `${screen}: ${text}`);
}

const folder = process.env.FOLIO_SCREENSHOTS;

for (const look of [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 800, height: 600 } },
  { colorScheme: "dark", viewport: { width: 800, height: 600 } },
] as const) {
  const narrow = look.viewport.width < 1080;
  const name = `${look.colorScheme}, ${look.viewport.width} px`;

  test(`every screen in German: ${name}`, async () => {
    const fake = await busyApp();
    fake.app.requests.changeSettings = async (changes) => {
      fake.state.settings = { ...fake.state.settings, ...changes };
      fake.emit("settings", fake.state.settings);
    };
    window = await openTestWindow(fake.app, look);
    const { page } = window;
    const found: string[] = [];
    const dialog = page.locator("dialog[open]");
    const see = async (screen: string) => {
      found.push(...(await englishOn(page, screen)));
      const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      if (Number(wide) > 0) found.push(`${screen}: scrolls sideways`);
      if (!narrow || look.colorScheme === "light") found.push(...(await findings(page, screen)));
      if (folder)
        await writeFile(
          `${folder}/${look.viewport.width}-${look.colorScheme}-${screen}.png`,
          await page.screenshot({ animations: "disabled" }),
        );
    };
    const closed = async () => {
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    };
    const click = (button: Locator) => button.first().click();
    const button = (said: string | RegExp) => page.getByRole("button", { name: said });

    await page.getByText("The lamp was lit again").waitFor();
    await page.keyboard.press("Control+,");
    await page.getByRole("tab", { name: "Window" }).click();
    await page.getByLabel("Deutsch").check({ force: true });
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    await expect.poll(() => page.evaluate("document.documentElement.lang")).toBe("de");
    for (const tab of await dialog.getByRole("tab").all()) {
      await tab.click();
      await see(`settings ${await tab.textContent()}`);
    }
    fake.emit("settings", { ...fake.state.settings, mode: "smallest", server: { enabled: true, port: 7650 } });
    await page.getByText("127.0.0.1").waitFor();
    await see("settings server");
    await closed();

    await see("document");
    if (narrow) await page.getByRole("tab", { name: "Gespräch" }).click();
    await page.locator(".receipt summary").first().click();
    await see("receipt");
    await button("Speicheranzeige öffnen").click();
    await see("gauge");
    await page.keyboard.press("Escape");
    await click(button("Frage ändern"));
    await see("editing a question");
    await page.keyboard.press("Escape");
    await page.locator(".answer .link").click();
    await see("link");
    await closed();
    await click(button("Mit dem vollen Cache vergleichen"));
    await see("comparison");
    await closed();
    await page.locator(".passage").first().click();
    await page.locator("mark").first().waitFor();
    await page.keyboard.press("Control+f");
    await page.keyboard.type("lamp");
    await see("find");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+ArrowDown");
    await page.locator(".choice-bar").waitFor();
    await see("choosing a passage");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+/");
    await see("shortcuts");
    await closed();
    await page.keyboard.press("Control+m");
    await dialog.waitFor();
    await see("models");
    await click(dialog.getByRole("button", { name: "Einstellungen von SmolLM2 135M" }));
    await see("a model");
    await click(button("Alle Modelle"));
    await click(button("Ein vorhandenes Modell benutzen…"));
    await see("linking");
    await closed();
    await page.keyboard.press("Control+k");
    await see("search");
    await page.keyboard.type("harbour");
    await dialog.getByRole("option").first().waitFor();
    await see("found");
    await closed();

    const library = async () => {
      if (narrow) await page.getByRole("button", { name: "Bibliothek", exact: true }).click();
    };
    await library();
    await see("library");
    await page.getByRole("tab", { name: "Gespräche" }).click();
    await see("conversations");
    await page.getByRole("tab", { name: "Dokumente" }).click();
    const row = page.locator(".row", { hasText: "Harbour.pdf" });
    await row.hover();
    await row.getByRole("button", { name: /^Mehr zu/ }).click();
    await see("menu");
    await page.getByRole("menuitem", { name: "In einen Ordner verschieben…" }).click();
    await see("move");
    await closed();
    await library();
    await click(button(/^Torn/));
    await page.getByRole("alert").waitFor();
    await see("failed document");
    await library();
    await click(button(/^Harbour/));
    await page.locator("canvas").first().waitFor();
    await see("pages");
    await library();
    await button("Hinzufügen von Opening.pdf abbrechen").waitFor();
    await button(/^Opening/)
      .first()
      .click();
    await see("opening");

    // What the engine and the answer are doing.
    const turns = fake.state.conversation!.turns;
    if (narrow) await page.getByRole("tab", { name: "Gespräch" }).click();
    fake.emit("engine", { phase: "reading", done: 3000, total: 7012, tokensPerSecond: 120, secondsLeft: 34 });
    const waiting: Turn = { id: "waiting", question: "Wo?", answer: "", phase: "waiting" };
    fake.emit("turn", waiting);
    await page.locator(".reading").waitFor();
    await see("reading");
    fake.emit("engine", { phase: "loading", model: "smollm2.gguf", progress: 0.4 });
    fake.emit("turn", { ...waiting, phase: "answering" });
    await page.getByText("wird geladen").first().waitFor();
    await see("loading");
    fake.emit("engine", { phase: "idle" });
    for (const stopReason of ["stopped", "repeating", "end"] as const)
      fake.emit("turn", { ...(turns[0] as Turn & { phase: "done" }), id: stopReason, answer: "", stopReason });
    await page.getByText("Das Modell gab keine Antwort").waitFor();
    await see("endings");
    expect(found).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
}

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 800, height: 600 },
])
  test(`what the model does and costs, in German: ${viewport.width} px`, async () => {
    const fake = await busyApp();
    const { state, app } = fake;
    state.settings = { ...state.settings, language: "de" };
    state.model = {
      ...{ name: "SmolLM2 135M", file: "/models/used.gguf", bytes: 98e6, sha256: "0", layers: 2, heads: 3, kvHeads: 3 },
      ...{ contextLength: 8192, longestContext: 8192, tokenBytes: 23_040, readingSpeed: 120, gpu: null, profile: null, unsupported: null },
    };
    state.models = [
      ...state.models,
      { ...state.models[0]!, id: "stranger", name: "Stranger", origin: "linked", file: "/stranger.gguf", trusted: false },
    ];
    app.requests.countPrompt = async () => ({ promptTokens: 9396, limit: 8176, windows: { count: 2, tokens: 9300 } });
    app.requests.getSnapshotSizes = async () => ({
      bytes: 5e8,
      documents: [
        { documentId: "text", bytes: 4e8 },
        { documentId: "gone", bytes: 1e8 },
      ],
    });
    app.requests.getProfile = async () => ({
      calibration: "90 of 90 needle runs at 500, 1000 tokens; 15 runs for layer errors; 2026-11-22",
      scores: [
        [0.1, 0.5, 0.2],
        [0.3, 0, 0.9],
      ],
      layerErrors: [0.4, 0.6],
    });
    window = await openTestWindow(app, { viewport });
    const { page } = window;
    const dialog = page.locator("dialog[open]");
    const found: string[] = [];
    const see = async (screen: string) => {
      found.push(...(await englishOn(page, screen)));
      if (Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0) found.push(`${screen}: scrolls sideways`);
      if (folder) await writeFile(`${folder}/${viewport.width}-${screen}.png`, await page.screenshot({ animations: "disabled" }));
    };
    const closed = async () => {
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    };
    await page.getByText("The lamp was lit again").waitFor();
    await page.locator(".estimate summary, .page").first().waitFor();
    if (viewport.width < 1080) await page.getByRole("tab", { name: "Gespräch" }).click();
    await page.getByRole("alert").filter({ hasText: "9.396 Tokens" }).waitFor();
    await see("too long");
    await page.getByRole("button", { name: "Auswählen, wie es gelesen wird…" }).click();
    for (const way of await dialog.getByRole("radio").all()) await way.check();
    await see("extent");
    await closed();

    fake.emit("conversation", { ...state.conversation!, extent: { kind: "windows" } });
    await page.locator(".extent-badge").waitFor();
    await see("windows");
    await page.keyboard.press("Control+m");
    await dialog.getByRole("listitem", { name: "Stranger" }).getByRole("button", { name: "Benutzen" }).click();
    await page.getByText("Stranger vertrauen?").waitFor();
    await see("trust");
    await closed();
    for (const phase of [
      { phase: "waiting", why: { text: "The connection broke." } },
      { phase: "paused" },
      { phase: "checking" },
      { phase: "failed", why: { text: "The server is busy." } },
    ] as const) {
      await page.keyboard.press("Control+m");
      fake.emit("downloads", [{ modelId: "offered", done: 1e6, total: 5e7, ...phase }]);
      await page.locator(`.download[data-phase=${phase.phase}]`).waitFor();
      await see(`download ${phase.phase}`);
      await closed();
    }
    await page.keyboard.press("Control+m");
    await dialog.getByRole("button", { name: "Einstellungen von SmolLM2 135M" }).click();
    await dialog.locator(".head-plot summary").click();
    await see("calibrated");
    for (const stage of ["starting", "heads", "layers"] as const) {
      fake.emit("calibration", { model: "SmolLM2", stage, share: 0.3, secondsLeft: 900 });
      await page.getByText("Anhalten und ein andermal weitermachen").waitFor();
      await see(`calibrating ${stage}`);
    }
    fake.emit("calibration", null);
    await closed();
    fake.emit("model", { ...state.model!, unsupported: "recurrent state" });
    await page.getByText("ein rekurrenter Zustand").waitFor();
    await see("unsupported");
    await page.keyboard.press("Control+,");
    await page.getByRole("tab", { name: "Ablage" }).click();
    await page.getByText("1 Dokument, das nicht in der Bibliothek ist").waitFor();
    await see("snapshots");
    await closed();
    fake.emit("engine", {
      phase: "restarting",
      error: { code: "engine-stopped", text: "The engine stopped unexpectedly and is starting again. Nothing you wrote was lost." },
    });
    await page.getByText("Die Engine startet neu.").waitFor();
    await see("restarting");
    fake.emit("engine", { phase: "no-model", error: { code: "no-model", text: "No model is loaded: choose one first." } });
    await page.getByText("Es gibt kein Modell zum Antworten.").waitFor();
    await see("no model");
    expect(found).toEqual([]);
    expect(window.complaints).toEqual([]);
  });

test("the first run in German follows the browser, with a guide to read in German", async () => {
  const fake = fakeApp();
  fake.state.memory = { ...fake.state.memory, systemTotalBytes: 8e9, systemFreeBytes: 4e9 };
  window = await openTestWindow(fake.app, { locale: "de-DE" });
  const { page } = window;
  await page.getByText("Ein langes Dokument hier ablegen").waitFor();
  const found = await englishOn(page, "first run");
  if (folder) await writeFile(`${folder}/first-run.png`, await page.screenshot());
  await page.getByRole("button", { name: "Mit einem kurzen Wegweiser durch Folio ausprobieren" }).click();
  await expect.poll(() => fake.calls.find(([name]) => name === "importFile")?.[1]).toBe("Ein kurzer Wegweiser durch Folio.md");
  expect(found).toEqual([]);
  await expect.poll(() => page.evaluate("document.documentElement.lang")).toBe("de");
});

test("a browser of another language gets English", async () => {
  window = await openTestWindow(fakeApp().app, { locale: "fr-FR" });
  await window.page.getByText("Drop a long document here").waitFor();
  await expect.poll(() => window!.page.evaluate("document.documentElement.lang")).toBe("en");
});
