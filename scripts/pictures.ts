/**
 * Takes the pictures of docs/pictures: the screens of a real session with the starter model and texts of our own, light and dark. Run it
 * after a change that can be seen: `node scripts/run.mjs scripts/pictures.ts`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { createApp } from "../main/app.ts";
import { dataFolder } from "../main/system/folders.ts";
import { openTestWindow, printPdf } from "../test/app/window.ts";
import { ownDataFolder } from "../test/data-folder.ts";

const folder = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const essay = (name: string) => readFile(new URL(`../bench/data/reported/${name}.txt`, import.meta.url), "utf8");
const paragraphsOnAPage = 3;

/** Essays as a PDF of some pages. */
async function pdfOf(names: string[], title: string) {
  const paragraphs = (await Promise.all(names.map(essay))).flatMap((text) => text.trim().split("\n\n"));
  const pages: string[] = [];
  for (let i = 0; i < paragraphs.length; i += paragraphsOnAPage) pages.push(paragraphs.slice(i, i + paragraphsOnAPage).join("\n"));
  return { name: title, mimeType: "application/pdf", buffer: Buffer.from(await printPdf(window.browser, pages, "2cm")) };
}

await mkdir(folder, { recursive: true });
const home = await ownDataFolder();
const app = await createApp();
const window = await openTestWindow(app);
const { page } = window;
const dialog = page.locator("dialog[open]");
const button = (name: string | RegExp) => page.getByRole("button", { name }).first();

/** Where this computer keeps its files is nobody's business. Runs in the page. */
const hidePaths = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    for (const [path, name] of ${JSON.stringify([
      [dataFolder(), "~/.local/share/folio"],
      [homedir(), "~"],
    ])}) if (node.data.includes(path)) node.data = node.data.replaceAll(path, name);
  }
})()`;

/** One picture in the light and one in the dark. */
async function see(name: string): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    // Pages are drawn anew; nothing says when the last one is there.
    await page.waitForTimeout(700);
    await page.evaluate(hidePaths);
    await writeFile(`${folder}${name}-${colorScheme}.png`, await page.screenshot({ animations: "disabled" }));
  }
}

async function ask(question: string): Promise<void> {
  const turns = await page.locator(".turn").count();
  await page.getByLabel("Question", { exact: true }).fill(question);
  await page.keyboard.press("Enter");
  await page.locator(".turn[data-phase=done]").nth(turns).waitFor({ timeout: 240_000 });
}

async function closeDialog(): Promise<void> {
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

try {
  while ((await app.requests.getState()).engine.phase !== "idle") await page.waitForTimeout(200);
  await see("welcome");
  await page.locator("#files").setInputFiles(file("../test/documents/password.pdf"));
  await page.getByText("Could not be opened").waitFor({ timeout: 60_000 });
  await see("failed");
  await page.locator("#files").setInputFiles(file("../test/documents/ships.xlsx"));
  await page.locator("#files").setInputFiles(await pdfOf(["flood-chronicle"], "Flood chronicle.pdf"));
  await page
    .locator(".row", { hasText: "Flood chronicle.pdf" })
    .getByText(/tokens/)
    .waitFor({ timeout: 240_000 });
  await page.locator("#files").setInputFiles(await pdfOf(["lighthouse"], "Lighthouse.pdf"));
  await page
    .locator(".row", { hasText: "Lighthouse.pdf" })
    .getByText(/tokens/)
    .waitFor({ timeout: 240_000 });
  await page.locator(".row", { hasText: "Lighthouse.pdf" }).getByRole("button").first().click();
  await ask("When was the lighthouse on Skerrow Rock first lit?");
  await page.locator(".passage").first().click();
  await see("window");
  await button("Open the memory panel").click();
  await see("gauge");
  await page.keyboard.press("Escape");
  await button("Text").click();
  await see("text");
  await button("Compare with the full cache").click();
  await dialog.locator("section[data-phase=done]").nth(1).waitFor({ timeout: 240_000 });
  await see("compare");
  await closeDialog();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("lamp");
  await page.waitForTimeout(800);
  await see("search");
  await closeDialog();
  await page.keyboard.press("Control+,");
  for (const tab of await dialog.getByRole("tab").all()) {
    await tab.click();
    await see(`settings-${(await tab.textContent())!.trim().toLowerCase().replace(/\W+/g, "-")}`);
  }
  await closeDialog();
  await page.keyboard.press("Control+/");
  await see("shortcuts");
  await closeDialog();
  await page.keyboard.press("Control+,");
  await dialog.getByText("Models…").click();
  await see("models");
  await dialog.getByRole("button", { name: /^Settings of SmolLM2/ }).click();
  await see("model");
  await closeDialog();
  await page.getByRole("tab", { name: "Conversations" }).click();
  await see("conversations");
  await page.getByRole("tab", { name: "Documents" }).click();
  await page.locator(".row", { hasText: "ships.xlsx" }).getByRole("button").first().click();
  await page.locator(".sheet table").first().waitFor();
  await see("spreadsheet");
  await page.getByText("Ask about it").click();
  await page.getByRole("alert").waitFor({ timeout: 60_000 });
  await page.getByLabel("Question", { exact: true }).fill("Which ship carried the most?");
  await page.keyboard.press("Enter");
  await dialog.getByText("More than fits at once").waitFor({ timeout: 60_000 });
  await see("too-long");
  await closeDialog();
  await page.locator(".row", { hasText: "Lighthouse.pdf" }).getByRole("button").first().click();
  await app.requests.changeSettings({ language: "de" });
  await see("german");
  await app.requests.changeSettings({ language: "en" });
  await page.setViewportSize({ width: 800, height: 600 });
  await see("narrow");
  await page.getByRole("tab", { name: "Conversation" }).click();
  await see("narrow-conversation");
} finally {
  await window.close();
  await app.close();
  await home.restore();
}
