/** The local server for programs, with a key that is kept: as a command, and beside the window while the settings say so. */
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EventName } from "../../preload/api.ts";
import { inEnglish } from "../../preload/sentences.ts";
import { type App, createApp } from "../app.ts";
import { EngineError } from "../engine/errors.ts";
import { type Loopback, randomKey } from "../hosts/loopback.ts";
import { dataFolder } from "../system/folders.ts";
import { signals } from "../system/signals.ts";
import { writeWhole } from "../system/write.ts";
import { startApiServer } from "./server.ts";

const keyFile = () => join(dataFolder(), "api-key");

/** The key that programs must know, and where a person finds it. @throws EngineError `bad-setting` */
export async function apiKey(): Promise<{ key: string; where: string }> {
  const own = process.env.FOLIO_API_TOKEN;
  if (own !== undefined) {
    if (!/^[\x21-\x7e]{16,200}$/.test(own))
      throw new EngineError(
        "bad-setting",
        "FOLIO_API_TOKEN must be 16 to 200 letters, digits and signs without spaces: choose a longer one.",
      );
    return { key: own, where: "the environment, as FOLIO_API_TOKEN" };
  }
  const file = keyFile();
  const kept = await readFile(file, "utf8").catch(() => "");
  if (/^[\w-]{43}\n?$/.test(kept)) {
    await chmod(file, 0o600);
    return { key: kept.trim(), where: file };
  }
  const key = randomKey();
  await writeWhole(file, `${key}\n`);
  return { key, where: file };
}

/** `folio serve`: everything but the window, until a signal comes. @throws LibraryError, EngineError */
export async function serve(port: number | undefined): Promise<void> {
  const ended = signals();
  const { key, where } = await apiKey();
  const app = await createApp();
  try {
    const server = await start(app, port ?? (await app.requests.getState()).settings.server.port, key);
    sayFailures(app);
    console.log(`Folio serves programs at ${server.origin}/v1\nThe key is in ${where}\nCtrl-C ends it.`);
    await ended;
    // Whatever hangs now must not keep the process.
    setTimeout(() => process.exit(1), 3000).unref();
    await server.close();
  } finally {
    await app.close();
  }
}

/** Serves while the settings say so; what prevents it is said in the window. */
export function followServerSetting(app: App): { close(): Promise<void> } {
  /** The port that was wanted last, whether it could be had or not. */
  let tried: number | null = null;
  let server: Loopback | null = null;
  let work: Promise<void> = Promise.resolve();
  const follow = async () => {
    const { enabled, port } = (await app.requests.getState()).settings.server;
    const wanted = enabled ? port : null;
    if (wanted === tried) return;
    tried = wanted;
    await server?.close();
    server = null;
    if (enabled) server = await start(app, port, (await apiKey()).key);
  };
  const next = () => {
    work = work.then(follow).catch((error: unknown) => app.programs.notice(error));
  };
  const stop = app.on((name) => {
    if (name === "settings") next();
  });
  next();
  return {
    async close() {
      stop();
      await work;
      await server?.close();
    },
  };
}

async function start(app: App, port: number, key: string): Promise<Loopback> {
  return await startApiServer(app, { port, key }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    const values = { port: String(port) };
    throw error.code === "EADDRINUSE"
      ? new EngineError(
          "bad-setting",
          "Folio's server could not start: port {port} is used by another program. Choose another one.",
          values,
        )
      : new EngineError("bad-setting", "Folio's server could not start: port {port} may not be used by you. Choose another one.", values);
  });
}

/** Without a window, a terminal is where a person sees what went wrong. */
function sayFailures(app: App): void {
  const say = async (name: EventName) => {
    const { engine, notice } = await app.requests.getState();
    const error = name === "notice" ? notice : "error" in engine ? engine.error : null;
    if (error) console.error(`folio: ${inEnglish(error)}`);
  };
  app.on((name) => {
    if (name === "engine" || name === "notice") void say(name);
  });
}
