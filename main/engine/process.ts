/** The engine child's entry: one Engine, driven by messages. A native abort, a hang or an out-of-memory kill ends this process and nothing else. */
import { parse } from "node:path";
import { asLibraryError } from "../library/errors.ts";
import { PlainError } from "../plain-error.ts";
import { childPort } from "../system/child.ts";
import { confine } from "../system/confine.ts";
import { type CalibrationProgress, calibrate } from "./calibrate.ts";
import { Engine } from "./engine.ts";
import { EngineError } from "./errors.ts";
import type { Call, FromEngine, ToEngine } from "./protocol.ts";
import { SnapshotStore } from "./snapshot.ts";
import type { Hooks } from "./turn.ts";
import { tickMs } from "./watch.ts";

// Stock libraries look for what they need in the working folder, too: it must be none that a stranger can put a library into.
process.chdir(parse(process.cwd()).root);
// A model file may be made to take over the process that loads it.
confine({ mayWrite: true });

/** How often it is told how far a model is loaded, in ms. */
const loadingMs = 100;

const port = childPort();
const running = new Map<number, AbortController>();
let engine: Engine | null = null;

port.onMessage((message) => {
  const received = message as ToEngine;
  if (received.kind === "abort") running.get(received.id)?.abort();
  else void answer(received.id, received.call);
});

setInterval(() => port.send({ kind: "alive" } satisfies FromEngine), tickMs).unref();

async function answer(id: number, call: Call): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  const send = (reply: FromEngine) => port.send(reply);
  const hooks: Hooks = {
    signal: controller.signal,
    onStatus: (status) => send({ kind: "status", id, status }),
    onMemory: (memory) => send({ kind: "memory", id, memory }),
    onText: (text) => send({ kind: "text", id, text }),
  };
  try {
    let next = 0;
    // Told at every hundredth, the window would draw a hundred times in half a second, when it has most to do.
    const onLoading = (share: number) => {
      const now = performance.now();
      if (now < next) return;
      next = now + loadingMs;
      send({ kind: "loading", id, share });
    };
    const onCalibrating = (progress: CalibrationProgress) => send({ kind: "calibrating", id, progress });
    send({ kind: "result", id, result: await perform(call, hooks, onLoading, onCalibrating) });
  } catch (error) {
    send({ kind: "failure", id, error: failureOf(error, controller.signal.aborted).told });
  } finally {
    running.delete(id);
  }
}

function failureOf(thrown: unknown, stopped: boolean): PlainError<string> {
  if (stopped) return new EngineError("stopped", "Stopped.");
  const error = asLibraryError(thrown);
  if (error instanceof PlainError) return error;
  console.error(error);
  return new EngineError("engine-stopped", "The engine could not finish: {error}. Ask again.", { error: String(error) });
}

async function perform(
  call: Call,
  hooks: Hooks,
  onLoading: (share: number) => void,
  onCalibrating: (progress: CalibrationProgress) => void,
): Promise<unknown> {
  if (call.op === "load") {
    await engine?.dispose();
    engine = null;
    const snapshots = call.snapshots && new SnapshotStore(call.snapshots.folder, call.snapshots.capBytes);
    const { file, op: _op, snapshots: _where, ...how } = call;
    engine = await Engine.load(file, { ...how, ...(snapshots && { snapshots }), onProgress: onLoading });
    return engine.loaded.info;
  }
  if (call.op === "calibrate") {
    await calibrate(call.file, { threads: call.threads, out: null, signal: hooks.signal, onProgress: onCalibrating });
    return undefined;
  }
  if (engine === null) throw new EngineError("no-model", "No model is loaded: choose one in settings.");
  switch (call.op) {
    case "addDocument":
      return await engine.addDocument(call.documentId, call.text);
    case "removeDocument":
      return engine.removeDocument(call.documentId);
    case "countPrompt":
      return await engine.countPrompt(call);
    case "read":
      return await engine.read(call, hooks);
    case "ask":
      return await engine.ask(call.request, hooks);
    case "profile":
      return await engine.findProfile();
    case "snapshots":
      return await engine.snapshotsChanged(call.capBytes);
    default:
      return call satisfies never;
  }
}
