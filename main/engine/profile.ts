/** A model's calibration: its heads' semantic retrieval scores and its layers' eviction errors (paper, sections 3 and 4). */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { LibraryError } from "../library/errors.ts";
import { dataFolder } from "../system/folders.ts";
import { setAside } from "../system/write.ts";
import type { HeadProfile } from "./policies/policy.ts";

const profileSchema = z.object({
  /** For people: which model, e.g. "SmolLM2-135M-Instruct Q4_1". */
  model: z.string(),
  modelSha256: z.string().length(64),
  /** How it was made: runs used, token lengths, date. */
  calibration: z.string(),
  /** Semantic retrieval score, [layer][head]. */
  scores: z.array(z.array(z.number().nonnegative())),
  /** L1-normalised eviction error, [layer], or empty. */
  layerErrors: z.array(z.number().nonnegative()),
});

export type ProfileFile = z.infer<typeof profileSchema>;

const shippedProfiles = fileURLToPath(new URL("../../resources/profiles/", import.meta.url));

/** Where a profile that was calibrated on this machine is kept. */
export function ownProfileFile(modelSha256: string): string {
  return join(dataFolder(), "profiles", `${modelSha256}.json`);
}

/**
 * The profile made for exactly this model file, calibrated here or shipped, or null. A damaged or foreign profile counts as none.
 *
 * @param layers those that policies choose for, or null when it is known to fit
 */
export async function loadProfile(
  modelSha256: string,
  layers: number | null,
  heads: number,
): Promise<{ name: string; calibration: string; profile: HeadProfile } | null> {
  for (const file of [ownProfileFile(modelSha256), join(shippedProfiles, `${modelSha256}.json`)]) {
    const text = await readFile(file, "utf8").catch(() => null);
    const parsed = profileSchema.safeParse(text === null ? null : tryJson(text));
    if (!parsed.success) continue;
    const { model, modelSha256: madeFor, calibration, scores, layerErrors } = parsed.data;
    const fits =
      madeFor === modelSha256 &&
      [null, scores.length].includes(layers) &&
      scores.every((row) => row.length === heads) &&
      [0, scores.length].includes(layerErrors.length);
    if (fits) return { name: model, calibration, profile: { scores, layerErrors } };
  }
  return null;
}

/** Sets a profile aside that was calibrated on this machine and cannot be read any more; resolves to what a person must know, or null. */
export async function reportDamagedProfile({ sha256, name }: { sha256: string; name: string }): Promise<LibraryError | null> {
  const file = ownProfileFile(sha256);
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null || profileSchema.safeParse(tryJson(text)).success) return null;
  const said = "The calibration of {name} was damaged and is not used: calibrate the model again. The damaged file is kept as {aside}.";
  return new LibraryError("file-damaged", said, { name, aside: await setAside(file) });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
