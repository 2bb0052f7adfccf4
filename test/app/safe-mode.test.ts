/** The engine has stopped three times: the window says so in plain words, and one button starts it in safe mode. */
import { afterEach, expect, test } from "vitest";
import { fakeApp } from "../unit/host/fake-app.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

test("safe mode is offered, started with one button, shown while it lasts, and left again", async () => {
  const fake = fakeApp();
  window = await openTestWindow(fake.app);
  const { page } = window;
  // Drawn once main's state is here: what main says before that is in it, and not heard.
  await page.getByText("Drop a long document here").waitFor();
  const text = "The engine stopped three times within five minutes: start it in safe mode, or choose another model.";
  fake.emit("engine", { phase: "down", error: { code: "engine-stopped", text } });
  const notice = page.locator(".notice", { hasText: "The engine has stopped." });
  await notice.getByText(text).waitFor();
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => fake.calls.at(-1)).toEqual(["setSafeMode", false]);
  await notice.getByRole("button", { name: "Start in safe mode" }).click();
  await expect.poll(() => fake.calls.at(-1)).toEqual(["setSafeMode", true]);

  fake.emit("safeMode", true);
  fake.emit("engine", { phase: "idle" });
  fake.emit("model", {
    name: "SmolLM2-135M-Instruct.Q4_1",
    file: "/models/smol.gguf",
    bytes: 98e6,
    sha256: "0",
    layers: 30,
    heads: 9,
    kvHeads: 3,
    contextLength: 2048,
    longestContext: 8192,
    tokenBytes: 1,
    readingSpeed: null,
    gpu: null,
    profile: "SmolLM2",
    unsupported: null,
  });
  await page.getByText("from at most 2,048 tokens").waitFor();
  await expect.poll(() => notice.count()).toBe(0);
  await page.getByRole("button", { name: "Start as usual" }).click();
  await expect.poll(() => fake.calls.at(-1)).toEqual(["setSafeMode", false]);
  expect(window.complaints).toEqual([]);
});
