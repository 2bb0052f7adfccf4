/** What docs/security.md and docs/reliability.md say of tests: every file is there, and every title that is quoted of it is in it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => name.replaceAll("\\", "/"));

test("links in the documentation lead somewhere", () => {
  const documents = [
    "README.md",
    "CONTRIBUTING.md",
    "native/README.md",
    ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
  ];
  const broken = documents
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .filter(([, to]) => !existsSync(join(root, file, "..", to!)))
        .map(([, to]) => `${file}: ${to}`),
    );
  expect(broken).toEqual([]);
});

/** Rows of the tables as cells. The last one of a row is what holds it: links to tests, each followed by titles in quotation marks. */
const rows = read("docs/security.md")
  .split("\n")
  .filter((line) => /^\|(?! ?-)/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .filter((cells) => cells.at(-1) !== "held by");

test("every row of docs/security.md names a test, or says that there is none", () => {
  expect(rows.length).toBeGreaterThan(45);
  for (const cells of rows)
    expect({ row: cells[0], held: cells.at(-1) }).toEqual({
      row: cells[0],
      held: expect.stringMatching(/\.test\.ts\)|^no test: |^does not apply: /),
    });
});

test("tests that docs/security.md quotes are called so", () => {
  let quoted = 0;
  for (const cells of rows) {
    for (const [, file, titles] of cells.at(-1)!.matchAll(/\]\(\.\.\/(test\/[^)]+)\)([^[]*)/g)) {
      const text = read(file!);
      for (const [, title] of titles!.matchAll(/"([^"]+)"/g)) {
        quoted++;
        // "…" stands for what a test's table fills in.
        for (const part of title!.split("…"))
          expect({ file, title, found: text.includes(part.trim()) }).toEqual({ file, title, found: true });
      }
    }
  }
  expect(quoted).toBeGreaterThan(60);
});

test("tests that docs/reliability.md names are there", () => {
  const named = [...read("docs/reliability.md").matchAll(/`((?:unit|model|app|long)\/[\w/-]+\.test\.ts)`/g)].map(([, file]) => file!);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((file) => !tests.includes(file))).toEqual([]);
});
