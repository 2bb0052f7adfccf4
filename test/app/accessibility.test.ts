/** Every screen and dialog under axe-core, light and dark, wide and narrow; and what axe cannot see: where the focus is, direction of text, motion. */
import type { Locator } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { fakeApp } from "../unit/host/fake-app.ts";
import { busyApp, findings } from "./busy-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

const looks = (["light", "dark"] as const).flatMap((colorScheme) => [
  { colorScheme, viewport: { width: 1280, height: 800 } },
  { colorScheme, viewport: { width: 700, height: 800 } },
]);

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.viewport.width} px`;
  const narrow = look.viewport.width < 1080;

  test(`first run and failures: ${name}`, async () => {
    const fake = fakeApp();
    window = await openTestWindow(fake.app, look);
    const { page } = window;
    await page.getByText("Drop a long document here").waitFor();
    const found = await findings(page, "first run");
    fake.emit("engine", { phase: "no-model", error: { code: "no-model", text: "No model was found: run npm start." } });
    fake.emit("notice", { code: "restored", text: "The library was damaged, so its copy was opened." });
    await page.getByRole("alert").waitFor();
    found.push(...(await findings(page, "no model")));
    expect(found).toEqual([]);
  });

  test(`document, conversation and dialogs: ${name}`, async () => {
    const fake = await busyApp();
    window = await openTestWindow(fake.app, look);
    const { page } = window;
    const found: string[] = [];
    const see = async (screen: string) => found.push(...(await findings(page, screen)));
    const dialog = page.locator("dialog[open]");
    const closed = async () => {
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    };
    await page.getByText("The lamp was lit again").waitFor();
    await see("text of a document");
    if (narrow) await page.getByRole("tab", { name: "Conversation" }).click();
    await page.locator(".turn").first().waitFor();
    await see("conversation");
    await page.locator(".receipt summary").first().click();
    await see("receipt");
    await page.getByRole("button", { name: "Open the memory panel" }).click();
    await see("gauge panel");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Edit the question" }).first().click();
    await see("editing a question");
    await page.keyboard.press("Escape");
    await page.locator(".answer .link").click();
    await dialog.waitFor();
    await see("link");
    await closed();
    await page.getByRole("button", { name: "Compare with the full cache" }).click();
    await dialog.waitFor();
    await see("comparison");
    await closed();
    await page.locator(".passage").first().click();
    await page.locator("mark").first().waitFor();
    await see("evidence");
    await page.keyboard.press("Control+f");
    await page.keyboard.type("lamp");
    await see("find");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+ArrowDown");
    await page.locator(".choice-bar").waitFor();
    await see("choosing a passage");
    await page.keyboard.press("Escape");
    for (const [keys, screen] of [
      ["Control+,", "settings"],
      ["Control+/", "shortcuts"],
    ] as const) {
      await page.keyboard.press(keys);
      await dialog.waitFor();
      await see(screen);
      for (const tab of await dialog.getByRole("tab").all()) {
        await tab.click();
        await see(`${screen}, ${await tab.textContent()}`);
      }
      await closed();
    }
    await page.keyboard.press("Control+m");
    await dialog.waitFor();
    await see("models");
    await dialog.getByRole("button", { name: "Settings of SmolLM2 135M" }).first().click();
    await see("a model");
    await closed();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("harbour");
    await dialog.getByRole("option").first().waitFor();
    await see("search");
    await closed();
    if (narrow) {
      await page.getByRole("button", { name: "Library", exact: true }).click();
      await dialog.waitFor();
    }
    await see("library");
    await page.getByRole("tab", { name: "Conversations" }).click();
    await see("list of conversations");
    await page.getByRole("tab", { name: "Documents" }).click();
    const row = page.locator(".row", { hasText: "Harbour.pdf" });
    await row.hover();
    await row.getByRole("button", { name: /^More about/ }).click();
    await see("menu");
    await page.getByRole("menuitem", { name: "Move to a folder…" }).click();
    await see("move");
    await closed();
    if (narrow) await page.getByRole("button", { name: "Library", exact: true }).click();
    await page.getByRole("button", { name: /^Torn/ }).click();
    await page.getByRole("alert").waitFor();
    await see("a document that could not be read");
    if (narrow) await page.getByRole("button", { name: "Library", exact: true }).click();
    await page.getByRole("button", { name: /^Harbour/ }).click();
    await page.locator("canvas").first().waitFor();
    await see("pages of a PDF");
    expect(found).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
}

/** The direction of a piece of text, whether that was said or found by its words. */
const directionOf = (text: Locator) => text.evaluate((element) => (element.matches(":dir(rtl)") ? "rtl" : "ltr"));

test("a document, a question and an answer from right to left are set from right to left", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  for (const place of [".viewer p", ".answer p", ".asked h3", ".passage .words"]) {
    const text = page.locator(place, { hasText: /[\u0600-\u06ff]/ }).first();
    await expect.poll(async () => [place, await directionOf(text)]).toEqual([place, "rtl"]);
  }
  const english = page.locator(".viewer p", { hasText: "The lamp was lit" });
  expect(await directionOf(english)).toBe("ltr");
  expect(await directionOf(page.locator(".answer code").first())).toBe("ltr");
});

test("the focus is back on what opened a dialog, or somewhere useful when that is gone", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  const focused = () =>
    page.evaluate(
      "document.activeElement === document.body ? 'nothing' : document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
    );
  const settings = page.getByRole("button", { name: "Settings" });
  await settings.focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(focused).toBe("Settings");
  // A menu closes as it opens a dialog: what had the focus is not shown any more.
  const row = page.locator(".row", { hasText: "Harbour.pdf" });
  await row.getByRole("button", { name: /^More about/ }).focus();
  await page.keyboard.press("Enter");
  // An open menu has the focus on its first item.
  await page.locator("[role=menuitem]:focus").waitFor();
  await page.getByRole("menuitem", { name: "Move to a folder…" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(focused).toBe("More about Harbour.pdf");
  // A dialog that leads elsewhere leaves the reader there.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("harbour");
  await page.getByRole("option", { name: /the harbour/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await expect.poll(focused).not.toBe("nothing");
});

test("every dialog that a key or a button opens gives the focus back to where it was", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  const dialog = page.locator("dialog[open]");
  const focused = () =>
    page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent");
  const question = page.getByLabel("Question", { exact: true });
  for (const keys of ["Control+,", "Control+/", "Control+m", "Control+k"]) {
    await question.focus();
    await page.keyboard.press(keys);
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect([keys, await focused()]).toEqual([keys, "question"]);
  }
  for (const opener of [page.getByRole("button", { name: "Compare with the full cache" }), page.locator(".answer .link")]) {
    await opener.focus();
    const before = await focused();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await focused()).toBe(before);
  }
  // The pages of one dialog: from the settings to the models, to one of them, and back.
  await question.focus();
  await page.keyboard.press("Control+,");
  await dialog.getByRole("button", { name: "Models…" }).click();
  await dialog.getByRole("button", { name: "Settings of SmolLM2 135M" }).click();
  await dialog.getByRole("button", { name: "All models" }).click();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement === document.body")).toBe(false);
});

test("what cannot be taken back asks first, in its place, and the focus stays in the dialog", async () => {
  const fake = await busyApp();
  const [used, offered] = fake.state.models;
  fake.state.models = [used!, { ...offered!, id: "here", name: "Llama 3.2 3B", bytes: 2.02e9, file: "/models/here.gguf" }, offered!];
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  await page.keyboard.press("Control+m");
  const dialog = page.getByRole("dialog", { name: "Models" });
  const asked = (name: string) => fake.calls.filter(([request]) => request === name).length;
  const trash = dialog.getByRole("button", { name: "Delete Llama 3.2 3B from this computer" });
  await trash.click();
  await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("Keep it");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^Delete Llama/);
  expect([asked("removeModel"), await dialog.count()]).toEqual([0, 1]);
  await trash.click();
  await dialog.getByRole("button", { name: "Delete it, 2.0 GB become free" }).click();
  await expect.poll(() => asked("removeModel")).toBe(1);
  await expect.poll(() => page.evaluate("document.activeElement.closest('dialog') !== null")).toBe(true);
  await dialog.getByRole("button", { name: /^Throw away what has come of/ }).click();
  await dialog.getByRole("button", { name: "Throw 1.0 MB away" }).click();
  await expect.poll(() => asked("cancelDownload")).toBe(1);
  // What is only offered has its page too: what it would take here, and no settings yet.
  await dialog.getByRole("button", { name: "Settings of Llama 3.2 3B" }).click();
  await page
    .getByRole("table")
    .getByRole("row", { name: /^8,192 tokens/ })
    .waitFor();
});

test("nothing moves for those who want less motion", async () => {
  const fake = await busyApp();
  window = await openTestWindow(fake.app, { reducedMotion: "reduce" });
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  await page.keyboard.press("Control+,");
  await page.locator("dialog[open]").waitFor();
  const moving = `[...document.querySelectorAll("*")].filter((element) => {
    const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(element);
    const lasts = (duration) => duration.split(", ").some((one) => parseFloat(one) > 0);
    return (animationName !== "none" && lasts(animationDuration)) || lasts(transitionDuration) || scrollBehavior === "smooth";
  }).map((element) => element.outerHTML.slice(0, 100))`;
  expect(await page.evaluate(moving)).toEqual([]);
});
