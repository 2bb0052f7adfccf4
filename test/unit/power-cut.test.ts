/** The power goes, or the disk fails, at every single step of a write: afterwards there is the old file or the new one, never a mixture. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { NativeContext } from "../../main/engine/addon.ts";
import { SnapshotStore } from "../../main/engine/snapshot.ts";
import { type LibraryDatabase, openDatabase } from "../../main/library/database.ts";
import { Documents } from "../../main/library/documents.ts";
import { asLibraryError } from "../../main/library/errors.ts";
import { Originals } from "../../main/library/originals.ts";
import { PlainError } from "../../main/plain-error.ts";
import { loadSettings, saveSettings } from "../../main/settings.ts";
import { defaultSettings } from "../../preload/api.ts";
import { type DataFolder, ownDataFolder } from "../data-folder.ts";
import { figure } from "../rounds.ts";
import { disk, type Loss, losses } from "./failing-disk.ts";
import { textDocument } from "./library/text-document.ts";

vi.mock("node:fs/promises", async (importActual) => {
  const { disk } = await import("./failing-disk.ts");
  return disk.wrap(await importActual<typeof import("node:fs/promises")>());
});

let home: DataFolder;
beforeEach(async () => {
  home = await ownDataFolder();
});
afterEach(() => home.restore());

type Write = {
  /** What was there before. */
  prepare(): Promise<void>;
  write(): Promise<unknown>;
  /** What is there now; throws when that is neither the old nor the new. */
  found(): Promise<"old" | "new">;
  end?(): void;
  /** Whether it must survive a power cut once it is done; a snapshot only saves time. */
  lasting: boolean;
};

const first = { ...defaultSettings, maxAnswerTokens: 77, theme: "dark" as const };
const second = { ...first, maxAnswerTokens: 88, theme: "light" as const };
const text = "The words of an added file. ".repeat(500);
const identity = { modelSha256: "m", patchVersion: 1, kvType: "f16" as const, layers: 2, contextLength: 100, gpuLayers: 0 };
const tokens = [1, 2, 3, 4, 5, 6, 7, 8];

/** A cache whose rows are known; it can tell when it is given others. */
function cache(): NativeContext {
  let spoilt = false;
  return {
    getKvRowBytes: () => [512, 512],
    getKvRows: (layer: number, from: number, to: number) => Buffer.alloc(512 * (to - from), 7 + layer),
    setKvRows: (layer: number, _from: number, _to: number, rows: Uint8Array) => {
      spoilt ||= rows.some((byte) => byte !== 7 + layer);
    },
    setKvLength: () => expect(spoilt).toBe(false),
  } as unknown as NativeContext;
}

const writes: Record<string, () => Write> = {
  settings: () => ({
    prepare: () => saveSettings(first),
    write: () => saveSettings(second),
    async found() {
      const { settings, problem } = await loadSettings();
      expect(problem).toBeNull();
      expect([first, second]).toContainEqual(settings);
      return settings.theme === "light" ? "new" : "old";
    },
    lasting: true,
  }),
  "an added file": () => {
    let library: LibraryDatabase;
    const documents = () => new Documents(library.db, new Originals(join(home.folder, "files")));
    return {
      async prepare() {
        await mkdir(join(home.folder, "files"), { recursive: true });
        library = await openDatabase(home.folder);
      },
      write: async () => documents().add(await textDocument(1, text)),
      // As the next start finds it, once it has cleared away what was interrupted.
      async found() {
        await documents().purge(Date.now());
        const ids = documents()
          .list()
          .map(({ id }) => id);
        expect(await readdir(join(home.folder, "files"))).toEqual(ids);
        for (const id of ids) expect(Buffer.from(await documents().file(id)).toString()).toBe(text);
        return ids.length > 0 ? "new" : "old";
      },
      end: () => library.close(),
      lasting: true,
    };
  },
  "a snapshot": () => ({
    prepare: async () => {},
    write: () => new SnapshotStore(join(home.folder, "snapshots"), 1e9).of("d").save(cache(), identity, tokens, 0, 8),
    async found() {
      const reached = await new SnapshotStore(join(home.folder, "snapshots"), 1e9).of("d").restore(cache(), identity, tokens, [8], 0);
      expect([[], [8]]).toContainEqual(reached);
      return reached.length > 0 ? "new" : "old";
    },
    lasting: false,
  }),
};

for (const [what, make] of Object.entries(writes)) {
  /** Fails at the nth change and starts again; null when there are fewer changes than that. */
  async function attempt(n: number, power: boolean, loss: Loss): Promise<{ resolved: boolean; found: "old" | "new" } | null> {
    await rm(home.folder, { recursive: true });
    await mkdir(home.folder);
    const { prepare, write, found, end } = make();
    await prepare();
    disk.failAt(n, power);
    const outcome: unknown = await write().then(
      () => null,
      (error: unknown) => error,
    );
    const { failed } = disk;
    await disk.startAgain(loss);
    if (outcome !== null) expect(asLibraryError(outcome)).toBeInstanceOf(PlainError);
    const result = { resolved: outcome === null, found: await found() };
    // Whatever was left behind, the next time it works.
    await write();
    expect(await found()).toBe("new");
    end?.();
    return failed ? result : null;
  }

  test(`${what}: the power goes at any step`, async () => {
    let steps = 0;
    for (const loss of losses) {
      for (let n = 1; (await attempt(n, true, loss)) !== null; n++) steps++;
    }
    expect(steps).toBeGreaterThanOrEqual(3 * losses.length);
    figure(`power cuts while writing ${what}`, `${steps} ways: each time the old one or the new one, whole`);
  });

  test(`${what}: the disk fails at any step`, async () => {
    let steps = 0;
    for (let n = 1; ; n++, steps++) {
      const result = await attempt(n, false, { bytes: "all", names: "new" });
      if (result === null) break;
      const { lasting } = make();
      if (lasting && result.resolved) expect(result.found).toBe("new");
    }
    expect(steps).toBeGreaterThanOrEqual(3);
  });

  test(`${what}: the power goes once it is done`, async () => {
    for (const loss of losses) {
      await rm(home.folder, { recursive: true });
      await mkdir(home.folder);
      const { prepare, write, found, end, lasting } = make();
      await prepare();
      disk.failAt(Number.POSITIVE_INFINITY, true);
      await write();
      await disk.startAgain(loss);
      const left = await found();
      if (lasting) expect(left, JSON.stringify(loss)).toBe("new");
      end?.();
    }
  });
}
