/** The file that keeps the settings, and what it may hold. */
import { join } from "node:path";
import { z } from "zod";
import { defaultSettings, memoryModes, policyNames, type Settings } from "../preload/api.ts";
import { languages } from "../preload/sentences.ts";
import type { PlainError } from "./plain-error.ts";
import { dataFolder } from "./system/folders.ts";
import { readTwice, writeTwice } from "./system/write.ts";

const budgetSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("full") }),
  z.strictObject({ kind: z.literal("share"), share: z.number().gt(0).lt(1) }),
  z.strictObject({ kind: z.literal("tokens"), tokens: z.int().min(1).max(1_000_000) }),
]);

const kvTypeSchema = z.enum(["f16", "q8_0"]);

/** What a settings file or a message from the window may hold. */
export const settingsSchema = z.strictObject({
  budget: budgetSchema,
  policy: z.enum(policyNames),
  mode: z.enum(memoryModes),
  smallestShare: z.number().gt(0).lt(1),
  readingKv: kvTypeSchema,
  answeringKv: kvTypeSchema,
  maxAnswerTokens: z.int().min(1).max(100_000),
  snapshotCapBytes: z
    .int()
    .min(0)
    .max(2 ** 50),
  theme: z.enum(["system", "light", "dark"]),
  librarySort: z.enum(["name", "added", "size"]),
  language: z.enum(["system", ...languages]),
  server: z.strictObject({ enabled: z.boolean(), port: z.int().min(1024).max(65_535) }),
}) satisfies z.ZodType<Settings>;

const file = () => join(dataFolder(), "settings.json");

/** The saved settings; what is missing or unknown is the default's. */
export async function loadSettings(): Promise<{ settings: Settings; problem: PlainError<string> | null }> {
  const settings = { ...defaultSettings };
  const { value, problem } = await readTwice(file(), (text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
  for (const [key, schema] of Object.entries(settingsSchema.shape)) {
    const parsed = schema.safeParse(value?.[key]);
    if (parsed.success) Object.assign(settings, { [key]: parsed.data });
  }
  return { settings, problem };
}

let saving: Promise<void> = Promise.resolve();

/** Saves the settings, all of them or none; one after another, so that the last ones are those that stay. */
export function saveSettings(settings: Settings): Promise<void> {
  const saved = saving.then(() => writeTwice(file(), JSON.stringify(settings, null, 2)));
  saving = saved.catch(() => {});
  return saved;
}
