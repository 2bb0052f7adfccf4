/** What the window can ask about models: each request put together from the parts that answer it. */
import type { EngineStatus, ModelRequests, Requests } from "../../preload/api.ts";
import type { ReadingAhead } from "../ahead.ts";
import { EngineError } from "../engine/errors.ts";
import type { EngineKeeper } from "../engine/keeper.ts";
import { loadProfile } from "../engine/profile.ts";
import { SnapshotStore } from "../engine/snapshot.ts";
import { openWithSystem } from "../hosts/chromium.ts";
import type { LiveState } from "../state.ts";
import { snapshotsFolder } from "../system/folders.ts";
import type { Talk } from "../talk.ts";
import type { Calibrator } from "./calibrator.ts";
import { listFolder } from "./files.ts";
import type { Models } from "./models.ts";

type Parts = { state: LiveState; models: Models; engine: EngineKeeper; talk: Talk; ahead: ReadingAhead; calibrator: Calibrator };

export function modelRequests({ state, models, engine, talk, ahead, calibrator }: Parts): ModelRequests & Pick<Requests, "setSafeMode"> {
  state.on((name) => name === "memory" && models.measure(state.now.memory));
  const load = (safely: boolean) => {
    state.set("safeMode", { safeMode: safely });
    talk.stop();
    engine.use(safely ? models.safeRequest : models.request);
    // Another model has read nothing yet.
    void ahead.read();
  };
  return {
    refreshModels: () => models.refresh(),
    linkModel: (path) => models.link(path),
    listFolder,
    removeModel: (id) => models.remove(id),
    async chooseModel(id, trust) {
      const before = models.request.file;
      await models.choose(id, trust);
      if (models.request.file !== before || state.now.safeMode || !isUsable(state.now.engine)) load(false);
    },
    async changeModelSettings(id, settings) {
      if (await models.change(id, settings)) load(false);
    },
    setSafeMode: async (on) => load(on),
    startDownload: async (id) => models.download(id),
    pauseDownload: async (id) => models.pause(id),
    cancelDownload: (id) => models.cancel(id),
    async calibrate() {
      const { model } = state.now;
      if (model === null) throw new EngineError("no-model", "No model is loaded: choose one first.");
      if (model.unsupported !== null)
        throw new EngineError("bad-model", "{name} cannot be calibrated: {why}.", { name: model.name, why: { text: model.unsupported } });
      calibrator.start(models.request);
    },
    stopCalibration: async () => calibrator.stop(),
    async getProfile() {
      const { model } = state.now;
      // The engine knows which layers policies choose for.
      if (model === null || model.profile === null) return null;
      const found = await loadProfile(model.sha256, null, model.heads);
      return found && { calibration: found.calibration, ...found.profile };
    },
    getSnapshotSizes: () => snapshotsOf(state).sizes(),
    async clearSnapshots(documentId) {
      await snapshotsOf(state).clear(documentId);
      await tellEngine(state, engine);
    },
    async showFolder(name) {
      const folder = state.now.folders[name];
      if (!(await openWithSystem(folder)))
        throw new EngineError("bad-path", "This system has nothing to show folders with. It is {folder}.", { folder });
    },
  };
}

const isUsable = ({ phase }: EngineStatus): boolean => phase !== "no-model" && phase !== "down";

/** Snapshots may take what the settings say from now on. */
export async function capSnapshots(state: LiveState, engine: EngineKeeper): Promise<void> {
  await snapshotsOf(state).setCap(state.now.settings.snapshotCapBytes);
  await tellEngine(state, engine);
}

/** The store in the engine's child holds no list of what is on disk, so that looking at the same folder from here is safe. */
export const snapshotsOf = (state: LiveState): SnapshotStore => new SnapshotStore(snapshotsFolder(), state.now.settings.snapshotCapBytes);

/** An engine that is not there has nothing to be told. */
async function tellEngine(state: LiveState, engine: EngineKeeper): Promise<void> {
  await engine.call<"snapshots">({ op: "snapshots", capBytes: state.now.settings.snapshotCapBytes }).catch(() => {});
}
