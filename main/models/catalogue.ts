/** Folio's own list of models: a few that are worth their size, with what is known of them before they are here. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { ModelShape } from "../../preload/api.ts";

const count = z.int().positive();

export const shapeSchema = z.strictObject({
  architecture: z.string(),
  layers: count,
  heads: count,
  kvHeads: count,
  keyLength: count,
  valueLength: count,
  embedding: count,
  vocabulary: count,
  contextLength: count,
}) satisfies z.ZodType<ModelShape>;

const offerSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9.-]+$/),
  name: z.string(),
  size: z.enum(["small", "balanced", "large"]),
  why: z.string(),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string(),
  languages: z.string(),
  /** On Hugging Face. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  file: z.string().regex(/^[\w.-]+\.gguf$/),
  shape: shapeSchema,
});

export type Offer = z.infer<typeof offerSchema>;

/** The list, smallest models first. */
export async function readCatalogue(): Promise<Offer[]> {
  const text = await readFile(new URL("../../resources/models.json", import.meta.url), "utf8");
  return z.array(offerSchema).parse(JSON.parse(text));
}
