/** The settings a person can change, their defaults, and the file that keeps them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { memoryModes, policyNames, type Settings } from "../preload/api.ts";
import { languages } from "../preload/sentences.ts";
import { dataFolder } from "./folders.ts";
import { writeWhole } from "./write.ts";

export const defaultSettings: Settings = {
  budget: { kind: "share", share: 0.06 },
  policy: "phrase",
  mode: "balanced",
  smallestShare: 0.5,
  readingKv: "f16",
  answeringKv: "f16",
  maxAnswerTokens: 512,
  snapshotCapBytes: 8e9,
  theme: "system",
  librarySort: "added",
  language: "system",
  server: { enabled: false, port: 7650 },
};

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

/** The saved settings; what is missing or damaged is the default's. */
export async function loadSettings(): Promise<Settings> {
  const text = await readFile(file(), "utf8").catch(() => "{}");
  const settings = { ...defaultSettings };
  try {
    const saved = JSON.parse(text) as Record<string, unknown>;
    for (const [key, schema] of Object.entries(settingsSchema.shape)) {
      const value = schema.safeParse(saved[key]);
      if (value.success) Object.assign(settings, { [key]: value.data });
    }
  } catch {
    // A damaged file counts as none; the next change replaces it.
  }
  return settings;
}

/** Saves the settings, the old file or the new one, never half of it. */
export async function saveSettings(settings: Settings): Promise<void> {
  await writeWhole(file(), JSON.stringify(settings, null, 2));
}
