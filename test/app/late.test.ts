/** The window in front of an app that is slow to answer: what a person does meanwhile counts. */
import { afterEach, expect, test } from "vitest";
import { finishedTurn } from "../finished-turn.ts";
import { busyApp } from "./busy-app.ts";
import { appWith, longDocument, passage } from "./one-document.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

test("a reader who moves on while a passage comes into view is not pulled back to it", async () => {
  const pages = longDocument(3);
  window = await openTestWindow(appWith(pages, [finishedTurn({ answer: "Yes.", evidence: [passage(pages, 2)] })]).app);
  const { page } = window;
  await page.locator(".sheet").first().waitFor();
  await page.getByRole("button", { name: /^p 2/ }).waitFor();
  for (const move of ["wheel", "keydown", "pointerdown"]) {
    const place = await page.evaluate(`(async () => {
      document.querySelector(".passage").click();
      await new Promise((begun) => setTimeout(begun));
      const box = document.querySelector(".pages");
      box.dispatchEvent(new Event("${move}", { bubbles: true }));
      box.scrollTop = 0;
      for (let frames = 0; frames < 20; frames++) await new Promise((drawn) => requestAnimationFrame(drawn));
      return box.scrollTop;
    })()`);
    expect([move, place]).toEqual([move, 0]);
  }
});

test("what main answers late closes no dialog but its own, opens none again, and takes no words that were typed", async () => {
  const fake = await busyApp();
  const [used] = fake.state.models;
  fake.state.models = [used!, { ...used!, id: "other", name: "Other", file: "/models/other.gguf" }];
  const chosen = Promise.withResolvers<void>();
  const listed = Promise.withResolvers<void>();
  const linked = Promise.withResolvers<void>();
  fake.app.requests.chooseModel = () => chosen.promise;
  fake.app.requests.listFolder = () => listed.promise.then(() => ({ path: "/home", parent: "/", folders: [], models: [] }));
  fake.app.requests.linkModel = () => linked.promise.then(() => 1);
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByText("The lamp was lit again").waitFor();
  const answer = async (name: string, resolve: () => void) => {
    const response = page.waitForResponse(new RegExp(`/rpc/${name}$`));
    resolve();
    await (await response).finished();
    // What the window does with it follows at once.
    await page.evaluate("new Promise((passed) => setTimeout(passed, 100))");
  };
  const settings = page.getByRole("dialog", { name: "Settings" });
  await page.keyboard.press("Control+m");
  await page.getByRole("listitem", { name: "Other" }).getByRole("button", { name: "Use", exact: true }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await settings.waitFor();
  await answer("chooseModel", chosen.resolve);
  expect(await settings.isVisible()).toBe(true);
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+m");
  await page.getByRole("button", { name: "Use a model that is here already" }).click();
  const path = page.getByLabel("Path of a file or folder");
  await path.fill("/mnt/models");
  await answer("listFolder", listed.resolve);
  expect(await path.inputValue()).toBe("/mnt/models");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await settings.waitFor();
  await answer("linkModel", linked.resolve);
  expect(await settings.isVisible()).toBe(true);
});

test("a conversation that is opened brings its document into view, also when it is heard of after that", async () => {
  const fake = appWith(longDocument(2), [finishedTurn({ answer: "Yes." })]);
  fake.state.documents = [...fake.state.documents, { ...fake.state.documents[0]!, id: "e", name: "Ferry.pdf" }];
  const info = { documentNames: [""], turns: 1, branchOf: null, createdAt: 0, changedAt: 0 };
  fake.state.conversations = [
    { ...info, id: "c", title: "The harbour", documentIds: ["d"] },
    { ...info, id: "other", title: "The ferry", documentIds: ["e"] },
  ];
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".turn").waitFor();
  await page.getByRole("tab", { name: "Conversations" }).click();
  await page.getByRole("button", { name: /^The ferry/ }).click();
  await expect.poll(() => page.title()).toBe("Ferry.pdf · Folio");
});

test("keys are heard as soon as the page is loaded", async () => {
  const fake = appWith(longDocument(1), []);
  window = await openTestWindow(fake.app);
  const { page } = window;
  const press = `dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }))`;
  await page.addInitScript(`addEventListener("DOMContentLoaded", () => ${press})`);
  await page.reload();
  await page.getByRole("dialog", { name: "Search the library" }).waitFor();
});

test("what is asked twice before main has heard of it is asked once; a comparison closed so early is stopped", async () => {
  const fake = appWith(longDocument(2), [finishedTurn({ question: "Who?", answer: "Yes." })]);
  const [branched, compared] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const asked: string[] = [];
  fake.app.requests.branch = (_turn, question) => {
    asked.push(question);
    return branched.promise;
  };
  fake.app.requests.compare = () => compared.promise;
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.getByRole("button", { name: "Compare with the full cache" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(fake.calls.filter(([name]) => name === "stop")).toEqual([]);
  compared.resolve();
  await expect.poll(() => fake.calls.filter(([name]) => name === "stop").length).toBe(1);

  await page.getByRole("button", { name: "Edit the question" }).click();
  await page.keyboard.type("When?");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  branched.resolve("turn-2");
  await page.getByRole("textbox", { name: "Edited question" }).waitFor({ state: "detached" });
  expect(asked).toEqual(["When?"]);
});
