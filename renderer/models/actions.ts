/** What a person can do with models: requests to main, and moves between their pages. */
import type { ModelSettings } from "../../preload/api.ts";
import { closeDialog, openDialog, request } from "../actions.ts";
import { useFolio } from "../store.ts";

export const showModels = (): void => openDialog({ kind: "models", page: null });
export const showModel = (modelId: string): void => openDialog({ kind: "models", page: modelId });
export const showLinking = (): void => openDialog({ kind: "models", page: "link" });

/** Asks first about files of unknown origin. Once main has taken it, the dialog that it was chosen in closes, and none that was opened since. */
export async function chooseModel(modelId: string, trust = false): Promise<void> {
  const entry = useFolio.getState().models.find(({ id }) => id === modelId);
  if (entry && !entry.trusted && !trust) return openDialog({ kind: "trustModel", modelId });
  const { dialog } = useFolio.getState();
  if ((await request((api) => api.chooseModel(modelId, trust))) !== null && useFolio.getState().dialog === dialog) closeDialog();
}

export const refreshModels = () => request((api) => api.refreshModels());
export const removeModel = (modelId: string) => request((api) => api.removeModel(modelId));
export const startDownload = (modelId: string) => request((api) => api.startDownload(modelId));
export const pauseDownload = (modelId: string) => request((api) => api.pauseDownload(modelId));
export const cancelDownload = (modelId: string) => request((api) => api.cancelDownload(modelId));
export const changeModelSettings = (modelId: string, settings: ModelSettings) =>
  request((api) => api.changeModelSettings(modelId, settings));
export const linkModel = (path: string) => request((api) => api.linkModel(path));
export const listFolder = (path: string | null) => request((api) => api.listFolder(path));
export const calibrate = () => request((api) => api.calibrate());
export const stopCalibration = () => request((api) => api.stopCalibration());
export const getProfile = () => request((api) => api.getProfile());
export const getSnapshotSizes = () => request((api) => api.getSnapshotSizes());
export const clearSnapshots = (documentId: string | null) => request((api) => api.clearSnapshots(documentId));
export const showFolder = (name: "data" | "models" | "snapshots") => request((api) => api.showFolder(name));
export const resetSettings = () => request((api) => api.resetSettings());
