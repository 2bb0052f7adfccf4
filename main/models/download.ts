/**
 * Fetches one model file: in pieces that survive a broken connection, a pause and a restart, hashed while it comes. It lies beside its place as
 * `<file>.part` and gets its name only when its SHA-256 is the expected one.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sentence, Text } from "../../preload/sentences.ts";
import { EngineError } from "../engine/errors.ts";
import { PlainError } from "../plain-error.ts";

export type Source = { url: string; bytes: number; sha256: string };

export type Progress =
  | { phase: "running"; done: number; bytesPerSecond: number; secondsLeft: number | null }
  | { phase: "waiting"; done: number; why: Sentence }
  | { phase: "checking"; done: number };

export type DownloadOptions = {
  /** Aborting pauses: what has come stays. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** Waits before the first, second ... attempt after one without any progress, in ms. */
  retryMs?: readonly number[];
  /** A connection that brings nothing for so long is given up. */
  stallMs?: number;
};

const defaultRetryMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 30_000, 60_000];
const defaultStallMs = 30_000;
const reportEveryMs = 250;
/** The speed is that of the last seconds. */
const speedOverMs = 5_000;

/** What the server sends cannot be this file; fetching it again would not help. */
const wrongFile = () => new EngineError("download", "The server has another file than the one in Folio's list: choose another model.");
const fullDisk = () => new EngineError("download", "There is not enough room on the disk for this model: make room, and go on.");

/** A failure that another attempt may mend. */
class Broken<T extends Text = Text> extends PlainError<"broken", T> {}

/**
 * Downloads to `file`; resolves once it is there, whole and verified.
 * @throws EngineError `download` when it cannot succeed by trying again; the signal's reason when aborted
 */
export async function download(source: Source, file: string, options: DownloadOptions): Promise<void> {
  const waits = options.retryMs ?? defaultRetryMs;
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  let failures = 0;
  let startedOver = false;
  for (;;) {
    options.signal.throwIfAborted();
    const before = await sizeOf(part);
    let why: Sentence;
    try {
      const { sha256, pieced } = await attempt(source, part, options);
      if (sha256 === source.sha256) break;
      await rm(part, { force: true });
      // Pieces of different answers may not fit together; what came in one piece will not get better.
      if (!pieced || startedOver) throw damaged();
      startedOver = true;
      continue;
    } catch (error) {
      options.signal.throwIfAborted();
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || code === "EDQUOT") throw fullDisk();
      if (!(error instanceof Broken)) throw error;
      why = error.said;
    }
    const done = await sizeOf(part);
    failures = done > before ? 0 : failures + 1;
    if (failures > waits.length)
      throw new EngineError("download", "{why} Check the connection, and go on later: what has come stays.", { why });
    options.onProgress({ phase: "waiting", done, why });
    await pause(waits[Math.max(0, failures - 1)]!, options.signal);
  }
  await rename(part, file);
}

/** One connection: continues the part file to its end, if it holds; resolves to the checksum of all of it. */
async function attempt(source: Source, part: string, options: DownloadOptions): Promise<{ sha256: string; pieced: boolean }> {
  if ((await sizeOf(part)) > source.bytes) await rm(part, { force: true });
  const hash = createHash("sha256");
  const from = await hashPart(part, hash, options);
  if (from === source.bytes) return { sha256: hash.digest("hex"), pieced: true };
  await requireRoom(part, source.bytes - from);

  const stalled = new AbortController();
  const signal = AbortSignal.any([options.signal, stalled.signal]);
  const wait = () => setTimeout(() => stalled.abort(), options.stallMs ?? defaultStallMs);
  let timer = wait();
  const response = await request(source.url, from, signal).finally(() => clearTimeout(timer));
  if (response.status === 416) {
    // The part is of no use to this server: begin again.
    await rm(part, { force: true });
    throw new Broken("broken", "The server cannot go on from here.");
  }
  let start: number;
  let handle: FileHandle;
  try {
    start = startOf(response, from, source.bytes);
    handle = await open(part, start === 0 ? "w" : "r+");
  } catch (error) {
    // What is not wanted must not wait in an open connection.
    await response.body?.cancel().catch(() => {});
    throw error;
  }
  const total = start === 0 && from > 0 ? createHash("sha256") : hash;
  try {
    const report = progressOf(source.bytes, start, options.onProgress);
    let done = start;
    timer = wait();
    for await (const chunk of response.body!) {
      clearTimeout(timer);
      timer = wait();
      if (done + chunk.length > source.bytes) throw wrongFile();
      await writeAll(handle, chunk, done);
      total.update(chunk);
      done += chunk.length;
      report(done);
    }
    if (done < source.bytes) throw new Broken("broken", "The connection ended too early.");
    await handle.sync();
    return { sha256: total.digest("hex"), pieced: start > 0 };
  } catch (error) {
    // What the disk refuses is no fault of the connection.
    if (error instanceof EngineError || error instanceof Broken || (error as NodeJS.ErrnoException).syscall) throw error;
    throw stalled.signal.aborted ? new Broken("broken", "The server does not answer.") : new Broken("broken", "The connection broke.");
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

async function request(url: string, from: number, signal: AbortSignal): Promise<Response> {
  // A compressed answer would have other offsets.
  const headers = { "accept-encoding": "identity", ...(from > 0 && { range: `bytes=${from}-` }) };
  const response = await fetch(url, { headers, signal }).catch(() => {
    throw new Broken("broken", "The server cannot be reached.");
  });
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  if (response.status === 416) return response;
  if (response.status === 429 || response.status >= 500) throw new Broken("broken", "The server is busy.");
  throw new EngineError("download", "The server does not give this model away (it answered {status}): choose another one.", {
    status: response.status,
  });
}

/** Where the answer's first byte belongs: where we asked for, or the file's beginning when the server starts there. */
function startOf(response: Response, from: number, bytes: number): number {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  if (response.status !== 206) {
    if (length !== bytes && !Number.isNaN(length)) throw wrongFile();
    return 0;
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (range?.[2] !== undefined && range[2] !== "*" && Number(range[2]) !== bytes) throw wrongFile();
  if (range === null || Number(range[1]) !== from) throw new Broken("broken", "The server sent another piece than the one asked for.");
  return from;
}

async function hashPart(part: string, hash: Hash, { signal, onProgress }: DownloadOptions): Promise<number> {
  const length = await sizeOf(part);
  if (length === 0) return 0;
  let done = 0;
  let reported = 0;
  for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
    done += (chunk as Buffer).length;
    const at = performance.now();
    if (at - reported < reportEveryMs) continue;
    reported = at;
    onProgress({ phase: "checking", done });
  }
  return done;
}

async function requireRoom(part: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part));
  if (bavail * bsize < bytes) throw fullDisk();
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
}

function progressOf(bytes: number, start: number, onProgress: (progress: Progress) => void): (done: number) => void {
  const samples = [{ at: performance.now(), done: start }];
  let reported = 0;
  return (done) => {
    const at = performance.now();
    if (at - reported < reportEveryMs && done < bytes) return;
    reported = at;
    samples.push({ at, done });
    while (samples.length > 2 && at - samples[0]!.at > speedOverMs) samples.shift();
    const [first] = samples;
    const bytesPerSecond = (done - first!.done) / Math.max(0.05, (at - first!.at) / 1000);
    onProgress({ phase: "running", done, bytesPerSecond, secondsLeft: bytesPerSecond > 0 ? (bytes - done) / bytesPerSecond : null });
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

export async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

function damaged(): EngineError {
  return new EngineError("download", "What came is not the file that it should be, so it was thrown away: fetch it again later.");
}
