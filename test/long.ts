/**
 * `npm run test:long`: the tests of docs/reliability.md in their long form and what takes long in docs/security.md, one after another, then a table of what was counted and measured.
 * `npm run test:long -- kills soak` runs those whose file has one of the words in its name; FOLIO_LONG=0.1 a tenth of all.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const files = [
  "unit/library/kill.test.ts",
  "unit/library/damage.test.ts",
  "unit/library/disk-full.test.ts",
  "unit/kept-files.test.ts",
  "unit/power-cut.test.ts",
  "unit/library/many.test.ts",
  "unit/documents/huge.test.ts",
  "unit/documents/mutations.test.ts",
  "model/kills.test.ts",
  "model/cancel.test.ts",
  "model/mutated-models.test.ts",
  "model/snapshot.test.ts",
  "model/soak.test.ts",
  "long/linear.test.ts",
  "long/package.test.ts",
  "long/backends.test.ts",
  "long/graphics.test.ts",
];

const words = process.argv.slice(2);
const work = await mkdtemp(join(tmpdir(), "folio-long-"));
const figures = join(work, "figures.jsonl");
let failed = 0;
for (const file of files.filter((name) => words.length === 0 || words.some((word) => name.includes(word)))) {
  console.log(`\n== ${file}`);
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", file.split("/")[0]!, `test/${file}`];
  const env = { ...process.env, FOLIO_LONG: process.env.FOLIO_LONG ?? "1", FOLIO_FIGURES: figures };
  if (spawnSync(process.execPath, args, { stdio: "inherit", env }).status !== 0) failed++;
}
console.log("\n| what | found |\n|---|---|");
if (existsSync(figures)) {
  for (const line of readFileSync(figures, "utf8").trim().split("\n")) {
    const [what, found] = JSON.parse(line) as [string, string];
    console.log(`| ${what} | ${found} |`);
  }
}
console.log(failed === 0 ? "all passed" : `${failed} files failed`);
process.exitCode = failed > 0 ? 1 : 0;
await rm(work, { recursive: true, force: true });
