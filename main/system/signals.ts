/** The ends that the system, or a person at a terminal, asks for. */

/** Resolves at the first signal to end; a second one ends at once. */
export function signals(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}
