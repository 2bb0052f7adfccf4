/** The open conversation, with answers that end when the test says so. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ReadingAhead } from "../../../main/ahead.ts";
import type { Answered, Asker, AskOptions } from "../../../main/asker.ts";
import { type Library, openLibrary } from "../../../main/library/library.ts";
import { LiveState } from "../../../main/state.ts";
import { Talk } from "../../../main/talk.ts";
import { type DocumentInfo, defaultSettings, type Turn } from "../../../preload/api.ts";
import { finishedTurn } from "../../finished-turn.ts";

let folder: string;
let library: Library;
let state: LiveState;
let talk: Talk;
let asked: { options: AskOptions; answer: PromiseWithResolvers<Answered> }[];

const document = (id: string): DocumentInfo => ({
  ...{ id, name: `${id}.txt`, fileBytes: 9, folder: "", addedAt: 1, phase: "ready", pages: 1, characters: 9, tokens: 3 },
  ...{ notes: [], pins: [], emptyPages: [], recognised: [] },
});

function begin(): void {
  state = new LiveState(defaultSettings, { cores: 2, threads: 2 }, [], false);
  state.now.documents = [document("a"), document("b")];
  asked = [];
  const asker = {
    read: async () => {},
    ask: (_: unknown, options: AskOptions) => {
      const answer = Promise.withResolvers<Answered>();
      asked.push({ options, answer });
      return answer.promise;
    },
  } as unknown as Asker;
  talk = new Talk(state, library, asker, new ReadingAhead(state, asker));
  talk.load();
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-talk-"));
  library = await openLibrary(folder, () => {});
  begin();
});
afterEach(async () => {
  talk.close();
  await library.close();
  await rm(folder, { recursive: true, force: true });
});

const answered = (answer: string): Answered => {
  const { id: _, question: __, ...done } = finishedTurn({ id: "", question: "", answer }) as Extract<Turn, { phase: "done" }>;
  return done;
};

test("a conversation that is left and opened again while its answer is being stopped shows how that ended", async () => {
  talk.begin(["a"]);
  const turnId = talk.ask("When was it built?");
  const { id } = state.now.conversation!;
  asked[0]!.options.onText("In three");
  talk.begin(["b"]);
  expect(asked[0]!.options.signal.aborted).toBe(true);
  talk.open(id);
  const told: Turn[] = [];
  state.on((name, payload) => name === "turn" && told.push(payload as Turn));
  asked[0]!.answer.resolve({ ...answered("In three"), stopReason: "stopped" });
  await expect.poll(() => told).toMatchObject([{ id: turnId, phase: "done", stopReason: "stopped", answer: "In three" }]);
  expect(state.now.conversation?.turns).toEqual(told);
  talk.ask("And then?");
});

test("after the last conversation about documents that are gone was removed, the next start opens none", () => {
  talk.begin(["a"]);
  talk.ask("When was it built?");
  const { id } = state.now.conversation!;
  state.hideDocument("a");
  talk.remove(id);
  expect(state.now.conversation).toBeNull();
  begin();
  expect(state.now.conversation).toBeNull();
});
