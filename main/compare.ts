/** A turn's question answered once more, from the full cache: what the answer from the small one is held against. */
import { randomUUID } from "node:crypto";
import type { Turn } from "../preload/api.ts";
import type { Asker, Inquiry } from "./asker.ts";
import { EngineError } from "./engine/errors.ts";
import { type LiveState, plainError } from "./state.ts";

/** Answers a turn's question again as the comparison, of which there is one at a time; nothing of it is saved. Never rejects. */
export async function answerFromFullCache(
  state: LiveState,
  asker: Asker,
  turnId: string,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<void> {
  const base = { id: randomUUID(), question: inquiry.question };
  let answer = "";
  // Another comparison may have taken its place.
  const shown = () => state.now.comparison?.full.id === base.id;
  const show = (full: Turn) => state.set("comparison", { comparison: { turnId, full } });
  show({ ...base, answer, phase: "waiting" });
  const onText = (text: string) => {
    if (!shown()) return;
    if (answer === "") show({ ...base, answer, phase: "answering" });
    answer += text;
    state.now.comparison!.full.answer = answer;
    state.emit("answer", { turnId: base.id, text });
  };
  try {
    const answered = await asker.ask(inquiry, { signal, onText, turnId: base.id, fullCache: true });
    if (shown()) show({ ...base, ...answered });
  } catch (thrown) {
    const stopped = thrown instanceof EngineError && thrown.code === "stopped";
    const error = plainError(stopped ? new EngineError("stopped", "Stopped before the answer began.") : thrown);
    if (shown()) show({ ...base, answer, phase: "failed", error });
  }
}
