/** `npm run bench -- NAME [--quick]`: measures, writes a dated JSON into bench/results/, and fails when a promise of Folio's is broken. `report` writes what was measured into the README. */
import { cost } from "./cost.ts";
import { quality } from "./quality/quality.ts";
import { report } from "./report.ts";
import { shapes } from "./shapes.ts";
import { turns } from "./turns.ts";
import { waiting } from "./waiting.ts";
import { window } from "./window.ts";
import { windows } from "./windows.ts";

const benches = { cost, quality, report, shapes, turns, waiting, window, windows };
const [what, ...options] = process.argv.slice(2);
const quick = options.includes("--quick");
const bench = what !== undefined && Object.hasOwn(benches, what) ? benches[what as keyof typeof benches] : null;
if (bench === null || options.some((option) => option !== "--quick")) {
  console.error(`Use it like this: npm run bench -- ${Object.keys(benches).join("|")} [--quick]`);
  process.exitCode = 2;
} else {
  const missed = await bench(quick);
  for (const line of missed) console.error(`missed: ${line}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}
