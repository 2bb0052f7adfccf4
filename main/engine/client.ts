/** The main side's end of the engine child: calls become promises, the child's death becomes one plain error. */
import { availableParallelism } from "node:os";
import type { EngineStatus, MemoryReport } from "../../preload/api.ts";
import { type Child, spawnChild } from "../system/child.ts";
import type { CalibrationProgress } from "./calibrate.ts";
import { EngineError, engineErrorOf } from "./errors.ts";
import type { Call, FromEngine, Results, ToEngine } from "./protocol.ts";
import { type Busy, tickMs, Watch } from "./watch.ts";

export type EngineListeners = {
  signal?: AbortSignal;
  onLoading?(share: number): void;
  onCalibrating?(progress: CalibrationProgress): void;
  onStatus?(status: Extract<EngineStatus, { phase: "reading" | "answering" }>): void;
  onMemory?(memory: MemoryReport): void;
  onText?(text: string): void;
};

/** Blocks of this many bytes and more are mapped by themselves in the engine's process. */
const mappedBytes = 2 ** 18;

type Pending = {
  op: Call["op"];
  /** Whether a word of its answer has come. */
  spoke: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
  listeners: EngineListeners;
};

export class EngineClient {
  readonly #child: Child;
  readonly #pending = new Map<number, Pending>();
  readonly #watch = new Watch();
  #nextId = 1;
  #ended = false;

  /** Starts an engine child. `onDeath` is called when it ends without being asked to; one that hangs is ended. */
  constructor(onDeath: () => void) {
    this.#child = spawnChild(new URL("./process.ts", import.meta.url), {
      serviceName: "Folio engine",
      confined: true,
      givesWay: true,
      // V8 would let the space for what is young grow to tens of MiB, though hardly anything here is V8's.
      execArgv: ["--expose-gc", "--max-semi-space-size=2"],
      // glibc would keep freed rows for later: large blocks go back to the system at once. It would also keep what each thread has freed for that
      // thread alone, and the pool's threads take turns: with one heap for all, memory is flat from the twentieth turn on (decision 0082).
      env: { MALLOC_MMAP_THRESHOLD_: String(mappedBytes), MALLOC_TRIM_THRESHOLD_: String(mappedBytes), MALLOC_ARENA_MAX: "1" },
    });
    this.#child.onMessage((message) => this.#receive(message as FromEngine));
    const watching = setInterval(() => this.#watch.tick(this.#busy()) && this.#child.kill(), tickMs).unref();
    this.#child.onExit(() => {
      clearInterval(watching);
      const asked = this.#ended;
      this.#ended = true;
      for (const { reject } of this.#pending.values())
        reject(
          asked
            ? new EngineError("stopped", "Stopped.")
            : new EngineError("engine-stopped", "The engine stopped unexpectedly: ask again, it starts by itself."),
        );
      this.#pending.clear();
      if (!asked) onDeath();
    });
  }

  /** @throws EngineError with the code that the engine named; code `stopped` when the signal was aborted */
  call<Op extends Call["op"]>(call: Extract<Call, { op: Op }>, listeners: EngineListeners = {}): Promise<Results[Op]> {
    if (this.#ended) return Promise.reject(new EngineError("engine-stopped", "The engine is not running: ask again in a moment."));
    const id = this.#nextId++;
    const send = (message: ToEngine) => this.#child.send(message);
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { op: call.op, spoke: false, resolve, reject, listeners });
      send({ kind: "call", id, call });
      const abort = () => {
        send({ kind: "abort", id });
        // Before the first word there is nothing to wait for: the engine ends its piece on its own.
        if (this.#pending.get(id)?.spoke) return;
        this.#pending.delete(id);
        reject(new EngineError("stopped", "Stopped."));
      };
      if (listeners.signal?.aborted) abort();
      else listeners.signal?.addEventListener("abort", abort, { once: true });
    }) as Promise<Results[Op]>;
  }

  /** Undefined once it has ended. */
  get pid(): number | undefined {
    return this.#child.pid();
  }

  /** Ends the child at once. */
  stop(): void {
    this.#ended = true;
    this.#child.kill();
  }

  #busy(): Busy {
    const ops = [...this.#pending.values()].map(({ op }) => op);
    if (ops.includes("load")) return "load";
    return ops.includes("calibrate") ? "calibrate" : ops.length > 0 ? "work" : null;
  }

  #receive(message: FromEngine): void {
    this.#watch.heard(message.kind !== "alive");
    if (message.kind === "alive") return;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    const { listeners } = pending;
    if (message.kind === "result" || message.kind === "failure") this.#pending.delete(message.id);
    switch (message.kind) {
      case "loading":
        listeners.onLoading?.(message.share);
        break;
      case "calibrating":
        listeners.onCalibrating?.(message.progress);
        break;
      case "status":
        listeners.onStatus?.(message.status);
        break;
      case "memory":
        listeners.onMemory?.(message.memory);
        break;
      case "text":
        pending.spoke = true;
        listeners.onText?.(message.text);
        break;
      case "result":
        pending.resolve(message.result);
        break;
      case "failure":
        pending.reject(engineErrorOf(message.error));
        break;
      default:
        message satisfies never;
    }
  }
}

/** Threads for the engine: the cores, less the hyper-threads that slow llama.cpp down, so at most half of many. */
export function defaultThreads(): number {
  const logical = availableParallelism();
  return logical <= 4 ? logical : Math.ceil(logical / 2);
}
