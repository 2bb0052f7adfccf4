/**
 * `npm test`: format and lint, types, then the unit, model and app tests; ends with one line "N passed, N failed".
 * `npm run check` runs only what needs no model and no browser.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseHost } from "../main/hosts/choose.ts";

const quick = process.argv.includes("--quick");
const node = process.execPath;
const count = { passed: 0, failed: 0 };

await step("format and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]);
await step("types, main side", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json"]);
await step("types, window", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.web.json"]);
await vitest("unit");
if (!quick) {
  await vitest("model");
  installBrowser();
  await vitest("app");
  console.log(`not run: the app tests in Electron itself; they ran in the browser host (here: ${chooseHost().reason})`);
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;

/** A check that passes or fails as a whole. */
async function step(name: string, script: string, args: string[]): Promise<void> {
  console.log(`\n== ${name}`);
  const passed = (await run([script, ...args])) === 0;
  if (passed) count.passed++;
  else count.failed++;
}

/** One project of vitest; its tests are counted one by one. */
async function vitest(project: string): Promise<void> {
  console.log(`\n== ${project} tests`);
  const work = await mkdtemp(join(tmpdir(), "folio-test-"));
  const report = join(work, "report.json");
  const code = await run([
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const result = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number })
    : null;
  await rm(work, { recursive: true, force: true });
  count.passed += result?.numPassedTests ?? 0;
  // A file that cannot be loaded, or a runner that dies, fails no single test.
  const failed = result?.numFailedTests ?? 0;
  count.failed += failed === 0 && code !== 0 ? Math.max(1, result?.numFailedTestSuites ?? 0) : failed;
}

function run(args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(node, args, { stdio: "inherit" });
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** The app tests need a Chromium. As root on Debian it is installed, the only thing that the tests put outside the project. */
function installBrowser(): void {
  if (["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"].some(existsSync)) return;
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    console.log("No Chromium was found: install it (package chromium) for the app tests.");
    return;
  }
  console.log("installing the Debian package chromium for the app tests");
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
    stdio: "inherit",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
