/** Answers as they are shown, in front of an app that holds a real PDF: what is set in them, and what is checked and told under them. */
import { afterEach, expect, test } from "vitest";
import { finishedTurn } from "../finished-turn.ts";
import { appWithPdf, current, manyPages, underMarks } from "./one-pdf.ts";
import { openTestWindow, type TestWindow } from "./window.ts";

let window: TestWindow | null = null;
afterEach(async () => {
  await window?.close();
  window = null;
});

const rich = String.raw`Costs of $5 and $10, and \(\sqrt{x^2}\) beside.

| Year | Height |
|------|-------:|
| 1874 | 31 m |

\[
E = mc^2
\]

~~~python
def tide(hour: int) -> str:
    return "flood"
~~~

$$\frac{bad$$

![secret](https://evil.example/x.png)`;

test("tables, code and formulas are set from our own files, also while an answer streams; pictures are left out", async () => {
  const fake = await appWithPdf(manyPages(1));
  fake.state.conversation!.turns = [{ id: "t", question: "Q", answer: "", phase: "answering" }];
  window = await openTestWindow(fake.app);
  const { page } = window;
  await page.locator(".turn").waitFor();
  for (const text of rich.match(/[\s\S]{1,7}/g)!) fake.emit("answer", { turnId: "t", text });
  fake.emit("turn", finishedTurn({ answer: rich }));
  const answer = page.locator(".answer");
  await expect.poll(() => answer.locator(".katex").count()).toBe(2);
  await expect.poll(() => answer.locator(".katex-display").count()).toBe(1);
  await expect.poll(() => answer.locator("pre .hljs-keyword").allTextContents()).toEqual(["def", "return"]);
  await expect.poll(() => answer.locator("td").allTextContents()).toEqual(["1874", "31 m"]);
  await expect.poll(() => answer.locator("p").first().textContent()).toMatch(/^Costs of \$5 and \$10, and /);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await answer.locator(".code").hover();
  await answer.getByRole("button", { name: "Copy the code" }).click();
  await answer.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe('def tide(hour: int) -> str:\n    return "flood"\n');
  await answer.getByText("\\frac{bad").waitFor();
  await answer.getByText("[image left out: secret]").waitFor();
  const loaded = "[...document.fonts].some((font) => font.family.includes('KaTeX') && font.status === 'loaded')";
  await expect.poll(() => page.evaluate(loaded)).toBe(true);
  expect(window.complaints).toEqual([]);
  expect(window.strays).toEqual([]);
});

test("quotes are marked with their page or as not found, the keep map and the receipt say what was kept and read", async () => {
  const quoted =
    'It says that \u201cthe keeper wrote down number 7011\u201d, and "**nobody wrote** anything at all" there. Line 30 of page 5 says that the harbour was built in three stages.';
  const fake = await appWithPdf(manyPages(40), ["On page 12 the keeper wrote down number 7011."], quoted);
  const [known] = fake.state.documents;
  if (known?.phase === "ready") known.emptyPages = [7, 9];
  const turn = fake.state.conversation!.turns[0]!;
  if (turn.phase !== "done") throw new Error("no answer");
  const texts = await fake.app.requests.getPages("d");
  const text = texts.map((page) => page.text).join("\n\n");
  const { checkQuotes } = await import("../../main/engine/quotes.ts");
  const { evidence } = turn;
  const offset = evidence[0]!.start - text.indexOf(evidence[0]!.text);
  turn.quotes = checkQuotes(quoted, turn.question, [{ text }]).map(({ start, end, passage }) => ({
    start,
    end,
    found: passage && {
      documentId: "d",
      page: texts.findLast((page) => page.start <= passage.start + offset)!.number,
      start: passage.start + offset,
      end: passage.end + offset,
    },
  }));
  turn.kept = [{ documentId: "d", shares: Array.from({ length: 200 }, (_, i) => (i === 57 ? 1 : i % 7 === 0 ? 0.1 : 0.02)) }];
  window = await openTestWindow(fake.app);
  const { page } = window;
  const checks = page.locator(".quote-check");
  await expect.poll(() => checks.allTextContents()).toEqual(["Found on p 12", "not found", "Found on p 5"]);
  expect(await page.locator(".answer").textContent()).toContain("number 7011\u201dFound on p 12, and");
  await checks.first().click();
  await expect.poll(() => current(page).count()).toBe(1);
  await expect.poll(() => underMarks(page)).toBe("thekeeperwrotedownnumber7011");
  await checks.last().click();
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("5");

  const map = page.locator(".keep-map .strip");
  await expect
    .poll(() => map.getAttribute("aria-label"))
    .toMatch(/^Most was kept around page .*12.* Evidence is on page 12\. Page 5 is in view\.$/);
  expect((await map.locator("path").getAttribute("d"))!.length).toBeGreaterThan(500);
  const box = (await map.boundingBox())!;
  await map.click({ position: { x: box.width * 0.9, y: 8 } });
  await expect.poll(async () => Number(await page.getByLabel("Go to page").inputValue())).toBeGreaterThan(34);
  await map.click({ position: { x: box.width * (evidence[0]!.start / text.length), y: 8 } });
  await expect.poll(() => page.getByLabel("Go to page").inputValue()).toBe("12");

  const receipt = page.locator(".receipt");
  await expect.poll(() => receipt.locator("summary").textContent()).toContain("38 of 40 pages read");
  await receipt.locator("summary").click();
  expect(await receipt.locator("dl").textContent()).toMatch(
    /Pages read38 of 40Pages without text7 and 9 \(skipped\)Kept200 tokens a layer/,
  );
  expect(window.complaints).toEqual([]);
});
