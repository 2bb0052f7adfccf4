import { useMemo } from "react";
import type { KvType, ModelEntry, ModelSettings } from "../../preload/api.ts";
import { useFolio } from "../store.ts";
import { type Fit, fitOf } from "./fit.ts";

/** The length that is meant while no document is open: about 17 pages. */
const usualTokens = 8_000;

/** The tokens of the documents that are open now, as the model in use counts them, or a usual number. */
export function useOpenTokens(): number {
  return useFolio((s) => {
    const open = s.conversation?.documentIds ?? [];
    const counts = s.documents.map((known) => (open.includes(known.id) && known.phase === "ready" ? (known.tokens ?? 0) : 0));
    return counts.reduce((a, b) => a + b, 0) || usualTokens;
  });
}

/** The own settings of the model in use. */
export const useOwnSettings = (): ModelSettings | null =>
  useFolio((s) => s.models.find(({ file }) => file !== null && file === s.model?.file)?.settings ?? null);

/** The number formats of the caches: those of the model in use, where it has its own. */
export function useKvTypes(): { readingKv: KvType; answeringKv: KvType } {
  const { readingKv, answeringKv } = useFolio((s) => s.settings);
  const own = useOwnSettings();
  return { readingKv: own?.readingKv ?? readingKv, answeringKv: own?.answeringKv ?? answeringKv };
}

/** Every model with what it would take for the documents that are open now. */
export function useFits(): { entry: ModelEntry; fit: Fit | null }[] {
  const models = useFolio((s) => s.models);
  const tokens = useOpenTokens();
  const { budget, readingKv, answeringKv } = useFolio((s) => s.settings);
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  return useMemo(() => {
    return models.map((entry) => ({ entry, fit: fitOf(entry, { tokens, budget, readingKv, answeringKv, totalBytes }) }));
  }, [models, tokens, budget, readingKv, answeringKv, totalBytes]);
}
