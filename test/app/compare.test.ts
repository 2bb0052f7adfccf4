/** The first minutes with the real model: the sample document, an answer with evidence, and the same answer from the full cache. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, createApp } from "../../main/app.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let home: DataFolder;
let app: App;
let window: TestWindow;
beforeAll(async () => {
  home = await ownDataFolder();
  app = await createApp();
  await app.requests.changeSettings({ maxAnswerTokens: 32 });
  window = await openTestWindow(app);
});
afterAll(async () => {
  await window?.close();
  await app?.close();
  await home?.restore();
});

const state = () => app.requests.getState();
const lastTurn = async () => (await state()).conversation!.turns.at(-1)!;

test("a question about the sample document is answered with evidence in under five clicks", async () => {
  const { page } = window;
  await page.evaluate("window.clicks = 0; addEventListener('click', (event) => event.isTrusted && window.clicks++, true)");
  await page.getByRole("button", { name: /^Try it with a short guide/ }).click();
  await page.getByRole("button", { name: "What is this document about?" }).click();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.locator(".turn[data-phase=done]").waitFor({ timeout: 240_000 });
  await page.locator(".passage").first().click();
  await page.locator("mark").first().waitFor();
  expect(await page.evaluate("window.clicks")).toBeLessThan(5);
});

test("the same question is answered from the full cache, and both are shown with what they took", async () => {
  const { page } = window;
  const before = structuredClone((await state()).conversation);
  await page.locator(".turn").getByRole("button", { name: "Compare with the full cache" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare with the full cache" });
  await dialog.locator("section[data-phase=done]").nth(1).waitFor({ timeout: 240_000 });
  const { comparison, conversation } = await state();
  const [small, full] = [await lastTurn(), comparison!.full];
  if (small.phase !== "done" || full.phase !== "done") throw new Error("one of them was not answered");
  expect(comparison!.turnId).toBe(small.id);
  expect(full.question).toBe(small.question);
  expect(full.promptTokens).toBe(small.promptTokens);
  expect(full.cache.keptPerLayer.every((kept) => kept === full.promptTokens)).toBe(true);
  // The full cache was really allocated, and the small one is small.
  expect(full.cache.answeringBytes).toBeGreaterThanOrEqual(full.cache.fullBytes);
  expect(small.cache.answeringBytes).toBeLessThan(full.cache.answeringBytes / 3);
  expect(conversation).toEqual(before);
  await expect.poll(() => dialog.locator(".answer").nth(1).textContent()).not.toBe("");
  expect(await dialog.getByRole("status").textContent()).toMatch(/^(Both say the same|They say the same up to|They differ)/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Compare with the full cache");
});

test("the panel opens it again without asking again; closing it while it answers stops that, and it can be tried again", async () => {
  const { page } = window;
  const made = (await state()).comparison!.full.id;
  await page.getByRole("button", { name: "Open the memory panel" }).click();
  await page.locator(".gauge-panel").getByRole("button", { name: "Compare with the full cache" }).click();
  const dialog = page.getByRole("dialog", { name: "Compare with the full cache" });
  await dialog.locator("section[data-phase=done]").nth(1).waitFor();
  expect((await state()).comparison!.full.id).toBe(made);

  const end = async () => {
    const { full } = (await state()).comparison!;
    return full.phase === "failed" ? full.error.code : full.phase === "done" ? full.stopReason : null;
  };
  await app.requests.compare((await lastTurn()).id);
  await app.requests.stop();
  await expect.poll(end, { timeout: 60_000 }).toBe("stopped");
  // The window has heard of it, too.
  await dialog.getByRole("button", { name: "Try again" }).waitFor();
  await page.keyboard.press("Escape");
  const stopped = (await state()).comparison!.full.id;
  await page.locator(".gauge-panel").getByRole("button", { name: "Compare with the full cache" }).click();
  await expect.poll(async () => (await state()).comparison!.full.id).not.toBe(stopped);
  await page.keyboard.press("Escape");
  await expect.poll(end, { timeout: 60_000 }).not.toBe(null);
  await expect.poll(async () => (await state()).engine.phase).toBe("idle");
  expect((await lastTurn()).phase).toBe("done");
  expect(window.complaints).toEqual([]);
});
