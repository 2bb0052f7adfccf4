/** How the window's mirror of main's state follows main's events. Pure: `(mirror, payload, now) -> what changes`. */

import type {
  AppError,
  AppState,
  Conversation,
  ConversationInfo,
  DocumentInfo,
  EngineStatus,
  EventName,
  Events,
  MemoryReport,
  Turn,
} from "../preload/api.ts";

import { sentence } from "../preload/sentences.ts";
import { RequestError } from "./bridge.ts";

/** One second of the gauge's plot, with the most that was measured in it. */
export type MemorySample = { at: number; processBytes: number; cacheBytes: number };

/** Main's state as the window last heard of it, and what the window remembers beside it. */
export type Mirror = AppState & {
  history: readonly MemorySample[];
  /** How far a reading got that was stopped before its end; null when there is nothing to go on with. */
  readSoFar: { done: number; total: number } | null;
};

const sampleEveryMs = 1000;
const historyMs = 5 * 60_000;

/** Bytes of both caches that are in memory now; a reading cache on disk takes none. */
export const cacheBytesInMemory = (memory: MemoryReport): number =>
  memory.answeringBytes + (memory.readingPlace === "memory" ? memory.readingBytes : 0);

function withSample(history: readonly MemorySample[], memory: MemoryReport, now: number): readonly MemorySample[] {
  const sample = { at: now, processBytes: memory.processBytes, cacheBytes: cacheBytesInMemory(memory) };
  const last = history.at(-1);
  if (last && now - last.at < sampleEveryMs) {
    const processBytes = Math.max(last.processBytes, sample.processBytes);
    const cacheBytes = Math.max(last.cacheBytes, sample.cacheBytes);
    return [...history.slice(0, -1), { at: last.at, processBytes, cacheBytes }];
  }
  return [...history.filter((old) => now - old.at <= historyMs), sample];
}

/** The list with `changed` in the place of the one that has its id, or at the end. */
function withChanged<Item extends DocumentInfo | ConversationInfo>(list: Item[], changed: Item): Item[] {
  return list.some((known) => known.id === changed.id)
    ? list.map((known) => (known.id === changed.id ? changed : known))
    : [...list, changed];
}

function withTurn(conversation: Conversation, changed: Turn): Conversation {
  const turns = conversation.turns.some((known) => known.id === changed.id)
    ? conversation.turns.map((known) => (known.id === changed.id ? changed : known))
    : [...conversation.turns, changed];
  return { ...conversation, turns };
}

/** Text for a turn that is done, or unknown, came late: the whole answer was or will be in a `turn` event. */
function withText(turn: Turn, turnId: string, text: string): Turn {
  if (turn.id !== turnId || (turn.phase !== "waiting" && turn.phase !== "answering")) return turn;
  return { id: turn.id, question: turn.question, answer: turn.answer + text, phase: "answering" };
}

function readSoFar(before: EngineStatus, after: EngineStatus, known: Mirror["readSoFar"]): Mirror["readSoFar"] {
  if (after.phase === "reading" || after.phase === "answering") return null;
  if (before.phase !== "reading") return known;
  return before.done > 0 && before.done < before.total ? { done: before.done, total: before.total } : null;
}

type Follow<Name extends EventName> = (mirror: Mirror, payload: Events[Name], now: number) => Partial<Mirror>;

export const follow: { [Name in EventName]: Follow<Name> } = {
  engine: (mirror, engine) => ({ engine, readSoFar: readSoFar(mirror.engine, engine, mirror.readSoFar) }),
  safeMode: (_, safeMode) => ({ safeMode }),
  model: (_, model) => ({ model }),
  settings: (_, settings) => ({ settings }),
  documents: (_, documents) => ({ documents }),
  document: (mirror, changed) => ({ documents: withChanged(mirror.documents, changed) }),
  documentRemoved: (mirror, id) => ({ documents: mirror.documents.filter((known) => known.id !== id) }),
  conversationInfo: (mirror, changed) => ({ conversations: withChanged(mirror.conversations, changed) }),
  conversationRemoved: (mirror, id) => ({ conversations: mirror.conversations.filter((known) => known.id !== id) }),
  conversation: (mirror, conversation) => ({
    conversation,
    readSoFar: conversation?.id === mirror.conversation?.id ? mirror.readSoFar : null,
  }),
  turn: ({ conversation }, turn) => (conversation ? { conversation: withTurn(conversation, turn) } : {}),
  comparison: (_, comparison) => ({ comparison }),
  answer: ({ conversation, comparison }, { turnId, text }) => {
    if (comparison?.full.id === turnId) return { comparison: { ...comparison, full: withText(comparison.full, turnId, text) } };
    return conversation ? { conversation: { ...conversation, turns: conversation.turns.map((turn) => withText(turn, turnId, text)) } } : {};
  },
  memory: (mirror, memory, now) => ({ memory, history: withSample(mirror.history, memory, now) }),
  models: (_, models) => ({ models }),
  downloads: (_, downloads) => ({ downloads }),
  calibration: (_, calibration) => ({ calibration }),
  notice: (_, notice) => ({ notice }),
  opened: (_, opened) => ({ opened }),
};

/** What a failed request says; anything unforeseen becomes one plain sentence. */
export function problemOf(error: unknown): AppError {
  if (error instanceof RequestError) return error.told;
  if (error instanceof Error && error.message !== "") return { code: error.name, text: error.message };
  return { code: "unknown", ...sentence("Something went wrong, and Folio cannot say what. Please try again.") };
}
