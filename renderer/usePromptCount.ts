import { useEffect, useState } from "react";
import type { PromptCount } from "../preload/api.ts";
import { countPrompt } from "./actions.ts";
import { isRunning, useFolio } from "./store.ts";

/** How long a person pauses in typing before the count is asked for. */
const pauseMs = 250;

/** The exact length that the prompt would have with the question typed now; null while there is nothing to count with. */
export function usePromptCount(): PromptCount | null {
  const draft = useFolio((s) => s.draft.trim());
  const conversationId = useFolio((s) => s.conversation?.id ?? null);
  const extent = useFolio((s) => s.conversation?.extent ?? null);
  const documents = useFolio((s) => s.conversation?.documentIds ?? null);
  const contextLength = useFolio((s) => s.model?.contextLength ?? 0);
  const settled = useFolio((s) => s.conversation?.turns.filter((turn) => !isRunning(turn)).length ?? 0);
  const modelFile = useFolio((s) => s.model?.file ?? null);
  const [counted, setCounted] = useState<(PromptCount & { for: string }) | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a settled turn, another document or more pages make the prompt longer.
  useEffect(() => {
    if (conversationId === null || modelFile === null) return;
    let late = false;
    const counting = setTimeout(() => {
      countPrompt(draft).then(
        (count) => late || setCounted({ ...count, for: conversationId }),
        // A count that fails says nothing new: the request to ask will say why.
        () => late || setCounted(null),
      );
    }, pauseMs);
    return () => {
      late = true;
      clearTimeout(counting);
    };
  }, [draft, conversationId, documents, extent, settled, modelFile, contextLength]);

  return counted?.for === conversationId ? counted : null;
}
