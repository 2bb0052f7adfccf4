import { useMemo } from "react";
import type { ModelEntry } from "../../preload/api.ts";
import { useFolio } from "../store.ts";
import { type Fit, fitOf } from "./fit.ts";

/** The length that is meant while no document is open: about 17 pages. */
const usualTokens = 8_000;

/** Every model with what it would take for the documents that are open now. */
export function useFits(): { entry: ModelEntry; fit: Fit | null }[] {
  const models = useFolio((s) => s.models);
  const documents = useFolio((s) => s.documents);
  const open = useFolio((s) => s.conversation?.documentIds ?? null);
  const { budget, readingKv, answeringKv } = useFolio((s) => s.settings);
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  return useMemo(() => {
    const counts = documents.map((known) => (open?.includes(known.id) && known.phase === "ready" ? (known.tokens ?? 0) : 0));
    const tokens = counts.reduce((a, b) => a + b, 0) || usualTokens;
    return models.map((entry) => ({ entry, fit: fitOf(entry, { tokens, budget, readingKv, answeringKv, totalBytes }) }));
  }, [models, documents, open, budget, readingKv, answeringKv, totalBytes]);
}
