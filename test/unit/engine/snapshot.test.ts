/** What a damaged part of a snapshot leaves behind in the cache. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { NativeContext } from "../../../main/engine/addon.ts";
import { SnapshotStore } from "../../../main/engine/snapshot.ts";

const rowBytes = 64;
const layers = 2;
const tokens = [1, 2, 3, 4, 5, 6, 7, 8];
const identity = { modelSha256: "m", patchVersion: 1, kvType: "f16" as const, layers, contextLength: 100, gpuLayers: 0 };

/** A cache of two layers that holds on to its rows. */
function cache(fill: number) {
  const rows = Array.from({ length: layers }, () => new Uint8Array(rowBytes * tokens.length).fill(fill));
  const context = {
    getKvRowBytes: () => new Array<number>(layers).fill(rowBytes),
    getKvRows: (layer: number, from: number, to: number) => rows[layer]!.slice(from * rowBytes, to * rowBytes),
    setKvRows: (layer: number, from: number, _to: number, bytes: Uint8Array) => rows[layer]!.set(bytes, from * rowBytes),
    setKvLength: () => {},
  } as unknown as NativeContext;
  return { rows, context };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-snapshot-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("nothing of a damaged part stays in the cache: a value that is no number would spoil what is read beside it", async () => {
  const parts = new SnapshotStore(folder, 1e9).of("d");
  expect(await parts.save(cache(7).context, identity, tokens, 0, tokens.length)).toBe(true);
  const whole = cache(0);
  expect(await parts.restore(whole.context, identity, tokens, [tokens.length], 0)).toEqual([tokens.length]);
  expect(whole.rows.every((rows) => rows.every((byte) => byte === 7))).toBe(true);

  const file = join(folder, (await readdir(folder))[0]!);
  const bytes = await readFile(file);
  await writeFile(file, bytes.fill(0xff, bytes.length - 100, bytes.length - 40));
  const damaged = cache(0);
  expect(await parts.restore(damaged.context, identity, tokens, [tokens.length], 0)).toEqual([]);
  expect(damaged.rows.flatMap((rows) => [...rows]).filter((byte) => byte !== 0)).toEqual([]);
});
