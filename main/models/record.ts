/** What Folio remembers of models: the one chosen last, linked files and folders, and each one's settings. Kept in one file, by path. */
import { z } from "zod";
import { defaultModelSettings, type MeasuredMemory, type ModelSettings } from "../../preload/api.ts";
import type { PlainError } from "../plain-error.ts";
import { readTwice, writeTwice } from "../system/write.ts";

const kvType = z.enum(["f16", "q8_0"]).nullable();

export const modelSettingsSchema = z.strictObject({
  contextLength: z
    .int()
    .min(256)
    .max(2 ** 24)
    .nullable(),
  threads: z.int().min(1).max(1024).nullable(),
  gpuLayers: z.int().min(0).max(1000).default(defaultModelSettings.gpuLayers),
  readingKv: kvType,
  answeringKv: kvType,
  systemPrompt: z.string().trim().min(1).max(8_000).nullable(),
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  topK: z.int().min(1).max(1_000),
  // What was saved before these were settings has none of them.
  minP: z.number().min(0).max(1).default(defaultModelSettings.minP),
  repeatPenalty: z.number().min(1).max(2).default(defaultModelSettings.repeatPenalty),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .nullable(),
}) satisfies z.ZodType<ModelSettings>;

const measuredSchema = z.strictObject({
  processBytes: z.number().nonnegative(),
  promptTokens: z.int().nonnegative(),
}) satisfies z.ZodType<MeasuredMemory>;

const path = z.string().min(1).max(4096);

const recordSchema = z.object({
  chosen: path.nullable().catch(null),
  /** Files, and folders that are looked through at every start. */
  links: z
    .array(path)
    .max(1000)
    .catch(() => []),
  /** Files that a person said to trust. */
  trusted: z.array(path).catch(() => []),
  settings: z.record(path, modelSettingsSchema).catch(() => ({})),
  measured: z.record(path, measuredSchema).catch(() => ({})),
});

export type ModelRecord = z.infer<typeof recordSchema>;

/** The saved record; what is missing is empty. */
export async function loadRecord(file: string): Promise<{ record: ModelRecord; problem: PlainError<string> | null }> {
  const { value, problem } = await readTwice(file, (text) => recordSchema.parse(JSON.parse(text)));
  return { record: value ?? recordSchema.parse({}), problem };
}

export async function saveRecord(file: string, record: ModelRecord): Promise<void> {
  await writeTwice(file, JSON.stringify(record, null, 2));
}
