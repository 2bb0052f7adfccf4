/** `npm run bench -- cost|quality [--quick]`: measures, writes a dated JSON into bench/results/, and fails when a promise of Folio's is broken. */
import { cost } from "./cost.ts";
import { quality } from "./quality.ts";

const [what, ...options] = process.argv.slice(2);
const quick = options.includes("--quick");
const unknown = options.filter((option) => option !== "--quick");
if (unknown.length > 0 || (what !== "cost" && what !== "quality")) {
  console.error("Use it like this: npm run bench -- cost|quality [--quick]");
  process.exitCode = 2;
} else {
  const missed = what === "cost" ? await cost(quick) : await quality(quick);
  for (const line of missed) console.error(`missed: ${line}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}
