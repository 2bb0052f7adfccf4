/** How the loaded model reads and answers. */
import { type AppState, defaultModelSettings, type KvType } from "../../preload/api.ts";
import type { Sampling } from "../engine/addon.ts";

/** The model's own settings where it has some, else those for all models. */
export function modelUse({ settings, model, models }: AppState): { readingKv: KvType; answeringKv: KvType } & Sampling {
  const own = models.find(({ file }) => file !== null && file === model?.file)?.settings ?? defaultModelSettings;
  const { temperature, topP, topK, minP, repeatPenalty, seed } = own;
  return {
    readingKv: own.readingKv ?? settings.readingKv,
    answeringKv: own.answeringKv ?? settings.answeringKv,
    temperature,
    topP,
    topK,
    minP,
    repeatPenalty,
    ...(seed !== null && { seed }),
  };
}
