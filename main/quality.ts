/** What the bench found out about policies and budgets, for the settings; a table that is missing or damaged says nothing. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { policyNames, type QualityStep } from "../preload/api.ts";

const qualitySchema = z.array(
  z.object({ policy: z.enum(policyNames), share: z.number().gt(0).max(1), same: z.number().min(0).max(1) }),
) satisfies z.ZodType<QualityStep[]>;

export async function readQuality(): Promise<QualityStep[]> {
  try {
    return qualitySchema.parse(JSON.parse(await readFile(new URL("../resources/quality.json", import.meta.url), "utf8")));
  } catch {
    return [];
  }
}
