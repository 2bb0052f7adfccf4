/** What a person can do with models: requests to main, and moves between their pages. */
import type { ModelSettings } from "../../preload/api.ts";
import { closeDialog, openDialog, request } from "../actions.ts";
import { useFolio } from "../store.ts";

export const showModels = (): void => openDialog({ kind: "models", page: null });
export const showModel = (modelId: string): void => openDialog({ kind: "models", page: modelId });
export const showLinking = (): void => openDialog({ kind: "models", page: "link" });

/** Goes on in the dialog that a request was made in once main has taken it, unless that dialog has been left by then. */
async function goOn(asked: Promise<unknown>, then: () => void): Promise<void> {
  const { dialog } = useFolio.getState();
  if ((await asked) !== null && useFolio.getState().dialog === dialog) then();
}

/** Asks first about files of unknown origin. */
export async function chooseModel(modelId: string, trust = false): Promise<void> {
  const entry = useFolio.getState().models.find(({ id }) => id === modelId);
  if (entry && !entry.trusted && !trust) return openDialog({ kind: "trustModel", modelId });
  await goOn(
    request((api) => api.chooseModel(modelId, trust)),
    closeDialog,
  );
}
/** Links a file, or the models of a folder, and shows all models. */
export const linkModel = (path: string) =>
  goOn(
    request((api) => api.linkModel(path)),
    showModels,
  );

export const refreshModels = () => request((api) => api.refreshModels());
export const removeModel = (modelId: string) => request((api) => api.removeModel(modelId));
export const startDownload = (modelId: string) => request((api) => api.startDownload(modelId));
export const pauseDownload = (modelId: string) => request((api) => api.pauseDownload(modelId));
export const cancelDownload = (modelId: string) => request((api) => api.cancelDownload(modelId));
export const changeModelSettings = (modelId: string, settings: ModelSettings) =>
  request((api) => api.changeModelSettings(modelId, settings));
export const listFolder = (path: string | null) => request((api) => api.listFolder(path));
export const calibrate = () => request((api) => api.calibrate());
export const stopCalibration = () => request((api) => api.stopCalibration());
export const getProfile = () => request((api) => api.getProfile());
export const getSnapshotSizes = () => request((api) => api.getSnapshotSizes());
export const clearSnapshots = (documentId: string | null) => request((api) => api.clearSnapshots(documentId));
export const showFolder = (name: "data" | "models" | "snapshots") => request((api) => api.showFolder(name));
export const resetSettings = () => request((api) => api.resetSettings());
