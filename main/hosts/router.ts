/**
 * The one way from a window's message to the app, whichever host carried it: known names only, every argument checked against the
 * contract, every failure turned into one sentence.
 */
import { z } from "zod";
import type { Answer, RequestName, Requests } from "../../preload/api.ts";
import { languages, sentence } from "../../preload/sentences.ts";
import { extentSchema } from "../extent.ts";
import { modelSettingsSchema } from "../models/record.ts";
import { settingsSchema } from "../settings.ts";
import { plainError } from "../state.ts";

/** Answers `name(...args)`, both as they came from outside. Never rejects. */
export type Router = (name: unknown, args: unknown) => Promise<Answer>;

/** The largest file that a window may send, in bytes. */
export const maxFileBytes = 2 ** 30;
/** The largest picture of a page, in bytes. */
const maxPictureBytes = 2 ** 26;

const id = z.string().min(1).max(100);
const path = z.string().min(1).max(4096);
const question = z.string().max(100_000);
const offset = z.int().min(0);
const title = z.string().trim().min(1).max(200);

/** What each request accepts: exactly these arguments, no extra keys, bounded sizes. */
const schemas = {
  getState: z.tuple([]),
  importFile: z.tuple([
    z.string().max(4096),
    z.instanceof(Uint8Array).refine((bytes) => bytes.length <= maxFileBytes),
    z.string().max(4096).optional(),
  ]),
  removeDocument: z.tuple([id]),
  restoreDocument: z.tuple([id]),
  getPages: z.tuple([id]),
  getFile: z.tuple([id]),
  checkSource: z.tuple([id]),
  addChangedSource: z.tuple([id]),
  pin: z.tuple([id, offset, offset]),
  unpin: z.tuple([id, offset]),
  recognisePage: z.tuple([id, z.int().min(1).max(1e6), z.instanceof(Uint8Array).refine((bytes) => bytes.length <= maxPictureBytes)]),
  finishRecognition: z.tuple([id]),
  renameDocument: z.tuple([id, title]),
  moveDocument: z.tuple([id, z.string().max(4096)]),
  showInFolder: z.tuple([id]),
  search: z.tuple([z.string().max(1000)]),
  openConversation: z.tuple([z.array(id).max(1000)]),
  showConversation: z.tuple([id]),
  addToConversation: z.tuple([id]),
  renameConversation: z.tuple([id, title]),
  removeConversation: z.tuple([id]),
  restoreConversation: z.tuple([id]),
  branch: z.tuple([id, question]),
  exportConversation: z.tuple([id, z.enum(["markdown", "html", "json"]), z.enum(languages)]),
  changeExtent: z.tuple([extentSchema]),
  countPrompt: z.tuple([question]),
  ask: z.tuple([question]),
  compare: z.tuple([id]),
  stop: z.tuple([]),
  changeSettings: z.tuple([settingsSchema.exactPartial()]),
  resetSettings: z.tuple([]),
  setSafeMode: z.tuple([z.boolean()]),
  closeNotice: z.tuple([]),
  refreshModels: z.tuple([]),
  linkModel: z.tuple([path]),
  listFolder: z.tuple([path.nullable()]),
  removeModel: z.tuple([id]),
  chooseModel: z.tuple([id, z.boolean()]),
  changeModelSettings: z.tuple([id, modelSettingsSchema]),
  startDownload: z.tuple([id]),
  pauseDownload: z.tuple([id]),
  cancelDownload: z.tuple([id]),
  calibrate: z.tuple([]),
  stopCalibration: z.tuple([]),
  getProfile: z.tuple([]),
  getSnapshotSizes: z.tuple([]),
  clearSnapshots: z.tuple([id.nullable()]),
  showFolder: z.tuple([z.enum(["data", "models", "snapshots"])]),
} satisfies { [Name in RequestName]: z.ZodType<Parameters<Requests[Name]>> };

export function createRouter(requests: Requests): Router {
  return async (name, args) => {
    if (!isRequestName(name)) return badRequest;
    const parsed = schemas[name].safeParse(args);
    if (!parsed.success) return badRequest;
    try {
      const request = requests[name] as (...args: unknown[]) => Promise<unknown>;
      return { value: await request(...parsed.data) };
    } catch (error) {
      return { error: plainError(error) };
    }
  };
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === "string" && Object.hasOwn(schemas, name);
}

const badRequest: Answer = {
  error: {
    code: "bad-request",
    ...sentence("The window asked for something that Folio does not know. Close the window and start Folio again."),
  },
};
