/**
 * The browser host's entry, `node main/host.ts [FILE...]`: starts the app and its server, opens a window, imports the files, and ends
 * everything when the window is closed or a signal comes.
 */
import { createApp } from "./app.ts";
import { importPaths } from "./files.ts";
import { openWindow } from "./hosts/chromium.ts";
import { startHost } from "./hosts/server.ts";
import { LibraryError } from "./library/errors.ts";
import { followServerSetting } from "./programs/serve.ts";
import { signals } from "./system/signals.ts";

export { type Host, type HostOptions, startHost } from "./hosts/server.ts";

async function run(files: string[]): Promise<void> {
  const ended = signals();
  const app = await createApp().catch((error: unknown) => {
    if (!(error instanceof LibraryError)) throw error;
    console.error(error.message);
    process.exit(1);
  });
  const host = await startHost(app);
  const programs = followServerSetting(app);
  const window = await openWindow(host.ticketUrl());
  console.log(`Folio ${window ? "opens a window; it" : "is ready: open its address in a browser. It"} is at ${host.url}`);
  void importPaths(app, files);
  await Promise.race([ended, window?.kind === "app" ? closedByPerson(window.closed) : never()]);

  // Whatever hangs now must not keep the process.
  setTimeout(() => process.exit(1), 3000).unref();
  if (window?.kind === "app") window.close();
  await Promise.allSettled([host.close(), programs.close(), app.close(), window?.kind === "app" ? window.closed : null]);
  process.exit(0);
}

/** A window that goes at once was never there: no usable display. The address works all the same. */
async function closedByPerson(closed: Promise<void>): Promise<void> {
  const start = performance.now();
  await closed;
  if (performance.now() - start > 3000) return;
  console.log("The window could not be shown: open the address above in a browser.");
  await never();
}

const never = () => new Promise<void>(() => {});

if (import.meta.main) await run(process.argv.slice(2));
