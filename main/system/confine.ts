/** Shutting a child process in, before it looks at what a stranger made: models, documents. */
import { createRequire } from "node:module";
import { getSystemErrorName } from "node:util";

type Native = { confine(mayWrite: boolean): number };

/**
 * From now on this process has no network, starts no programs, looks into no other process and leaves no core dump; without `mayWrite` it
 * changes no file either. For good, with all its threads, enforced by the system's kernel. On Linux only: docs/security.md says what there is
 * elsewhere. Where it cannot be done, Folio works all the same, and says so.
 */
export function confine({ mayWrite }: { mayWrite: boolean }): void {
  if (process.platform !== "linux") return;
  try {
    const failed = load().confine(mayWrite);
    if (failed !== 0) throw new Error(getSystemErrorName(-failed));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    console.error(`folio: this process could not be confined (${reason}).`);
  }
}

/** Built by native/confine.mjs. It lies beside this folder as it is, and beside the built one. */
function load(): Native {
  return createRequire(import.meta.url)("../../native/confine.node") as Native;
}
