/**
 * Child processes that talk in structured-clone messages: Electron's utilityProcess where there is one, child_process.fork otherwise.
 * Both sides are here: `spawnChild` for the parent, `childPort` for the child. Knows nothing of what is said.
 */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, getPriority, setPriority } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** How a child ended. Both are null when it could not be started; `signal` is always null in Electron, which does not tell it. */
export type ChildExit = { code: number | null; signal: NodeJS.Signals | null };

/** A running child. Messages are structured-cloned: typed arrays, Maps and Dates arrive as such; functions throw at once. */
export type Child = {
  /** Undefined until it has started and after it has ended. */
  pid(): number | undefined;
  /** Does nothing once the child has ended: who needs to know listens to `onExit`. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, after the last message, also when the child could not be started. */
  onExit(listener: (exit: ChildExit) => void): void;
  /** Ends it at once and for certain; `onExit` follows. */
  kill(): void;
};

export type ChildOptions = {
  /** Shown in the system's process list under Electron. */
  serviceName: string;
  /** Flags for Node or V8, e.g. `--max-old-space-size=1024`; nothing is inherited. */
  execArgv?: string[];
  /** It looks at what strangers made, and finishes with `confine` what is begun here. */
  confined?: boolean;
  /** What a person does in the window comes first, from the child's start on. */
  givesWay?: boolean;
  /** Added to what is passed on of this process's own environment. */
  env?: Record<string, string>;
};

/**
 * Starts `module` (a file URL made from `import.meta.url`, written with its `.ts` name) in a process of its own, which ends when this one does.
 * Its stdout goes to our stderr, so that what a command prints stays clean.
 */
export function spawnChild(module: URL, options: ChildOptions): Child {
  // The build keeps the folders and turns every .ts into .js, this file too.
  const path = fileURLToPath(module).replace(/\.ts$/, extname(import.meta.filename));
  return process.versions.electron ? spawnUtility(path, options) : spawnFork(path, options);
}

/** What it takes to find programs, libraries and folders. Everything else, keys and tokens among it, is none of a child's business. */
const neutral =
  /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|XDG_(CACHE|CONFIG|DATA|RUNTIME)_(HOME|DIR)|LD_LIBRARY_PATH|SYSTEMROOT|SYSTEMDRIVE|WINDIR|USERPROFILE|APPDATA|LOCALAPPDATA|NUMBER_OF_PROCESSORS|PROCESSOR_\w+)$/i;

function passedOn(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => neutral.test(name)));
}

/** Starts Node without a network (native/confine.c), where it was built. */
const confiner = fileURLToPath(new URL("../../native/confine", import.meta.url));

function spawnFork(path: string, options: ChildOptions): Child {
  const execArgv = options.execArgv ?? [];
  const child = fork(path, [], {
    ...(options.confined && existsSync(confiner) ? { execPath: confiner, execArgv: [process.execPath, ...execArgv] } : { execArgv }),
    env: { ...passedOn(), ...options.env },
    serialization: "advanced",
    stdio: ["ignore", 2, 2, "ipc"],
  });
  if (options.givesWay && child.pid !== undefined) giveWay(child.pid);
  const exited = new Promise<ChildExit>((resolve) => {
    child.once("exit", (code, signal) => {
      const done = () => resolve({ code, signal });
      if (child.connected) child.once("disconnect", done);
      else done();
    });
    child.on("error", () => child.pid === undefined && resolve({ code: null, signal: null }));
  });
  return {
    pid: () => (running() ? child.pid : undefined),
    send: (message) => void child.send(message as Parameters<typeof child.send>[0], () => {}),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => void exited.then(listener),
    kill: () => void (running() && child.kill("SIGKILL")),
  };
  function running() {
    return child.exitCode === null && child.signalCode === null;
  }
}

function spawnUtility(path: string, options: ChildOptions): Child {
  const { utilityProcess } = createRequire(import.meta.url)("electron") as typeof import("electron");
  const child = utilityProcess.fork(path, [], {
    execArgv: options.execArgv ?? [],
    env: { ...passedOn(), ...options.env },
    serviceName: options.serviceName,
    stdio: "inherit",
  });
  if (options.givesWay) child.once("spawn", () => child.pid !== undefined && giveWay(child.pid));
  const exited = new Promise<ChildExit>((resolve) => child.once("exit", (code) => resolve({ code, signal: null })));
  return {
    pid: () => child.pid,
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on("message", listener),
    onExit: (listener) => void exited.then(listener),
    // Its own kill() asks politely on POSIX, which a hanging child does not hear.
    kill: () => void (child.pid === undefined ? child.kill() : process.kill(child.pid, "SIGKILL")),
  };
}

/** With the machine to itself a child is as quick as ever. Threads have their process's priority from when they are made: it is lowered before there are any. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, Math.min(constants.priority.PRIORITY_LOW, getPriority() + constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // Some sandboxes refuse it: then both share as the system sees fit.
  }
}

/** The child's end: the parent's messages and the way to answer. */
export type ChildPort = { send(message: unknown): void; onMessage(listener: (message: unknown) => void): void };

/** Called once by the module that was spawned. From then on the process stays until its parent ends it or ends itself; Ctrl-C is left to the parent. */
export function childPort(): ChildPort {
  const port = process.parentPort;
  // Electron ends its utility processes itself.
  if (port)
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on("message", (event) => listener(event.data)),
    };
  // Not with exit(), which waits for what native code computes. The parent may be gone before this process has got here.
  const end = () => process.kill(process.pid, "SIGKILL");
  process.once("disconnect", end);
  if (!process.connected) end();
  // A terminal sends these to the whole group; only the parent knows how to close in order.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  return {
    send: (message) => void process.send?.(message, undefined, undefined, () => {}),
    onMessage: (listener) => void process.on("message", listener),
  };
}
