/**
 * Stopping while reading, at many points: it settles at once, and the next question is answered as if nothing had been stopped. Stopping while
 * answering, at many words: what is kept is what was shown.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { EngineClient } from "../../main/engine/client.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { ownDataFolder } from "../data-folder.ts";
import { figure, quantile, rounds } from "../rounds.ts";
import { isSettled, openApp, turnOf, until } from "./conversation.ts";
import { essay, fact, request } from "./fixtures.ts";

const points = rounds(3, 20);
const words = rounds(4, 50);

let client: EngineClient;
beforeAll(async () => {
  client = new EngineClient(() => {});
  await client.call<"load">({ op: "load", file: defaultModelFile(), threads: 1, snapshots: null });
  await client.call<"addDocument">({ op: "addDocument", documentId: "long", text: essay(fact).repeat(8) });
  await client.call<"addDocument">({ op: "addDocument", documentId: "essay", text: essay(fact) });
});
afterAll(() => client.stop());

test(`while reading, at ${points} points`, { timeout: 600_000 }, async () => {
  const next = mulberry32(3);
  const settled: number[] = [];
  for (let i = 0; i < points; i++) {
    // Another document in between, so that there is something to read.
    await client.call<"ask">({ op: "ask", request: request({ maxAnswerTokens: 1 }) });
    const controller = new AbortController();
    const stopAt = 50 + next() * 900;
    let stoppedAt = 0;
    const stopped = client.call<"ask">(
      { op: "ask", request: request({ documentIds: ["long"] }) },
      {
        signal: controller.signal,
        onStatus: (status) => {
          if (status.phase !== "reading") return;
          if (status.done < stopAt || controller.signal.aborted) return;
          stoppedAt = performance.now();
          controller.abort();
        },
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: "stopped" });
    settled.push(performance.now() - stoppedAt);
  }
  const { answer } = await client.call<"ask">({ op: "ask", request: request() });
  expect(answer).toContain("4821");
  expect(quantile(settled, 0.95)).toBeLessThan(1000);
  const ms = (share: number) => `${Math.round(quantile(settled, share))} ms`;
  figure(`stopping while reading, at ${points} points`, `settles in ${ms(0.5)} (median), ${ms(0.95)} (95 %)`);
});

test(`while answering, at ${words} words between the first and the 50th`, { timeout: 300_000 + words * 20_000 }, async () => {
  const home = await ownDataFolder({ maxAnswerTokens: 64, mode: "fast" });
  let { app } = await openApp("Town.txt", essay(fact));
  try {
    const shown = new Map<string, { pieces: number; text: string; stoppedAt: number }>();
    let stopAt = 0;
    app.on((name, payload) => {
      if (name !== "answer") return;
      const { turnId, text } = payload as { turnId: string; text: string };
      const { pieces, text: before, stoppedAt } = shown.get(turnId) ?? { pieces: 0, text: "", stoppedAt: 0 };
      const stops = pieces + 1 === stopAt;
      shown.set(turnId, { pieces: pieces + 1, text: before + text, stoppedAt: stops ? performance.now() : stoppedAt });
      if (stops) void app.requests.stop();
    });
    const settled: number[] = [];
    const conversations = new Map<string, string>();
    for (let i = 0; i < words; i++) {
      stopAt = 1 + Math.round((i * 49) / (words - 1));
      const { conversation } = await app.requests.getState();
      await app.requests.openConversation(conversation!.documentIds);
      const id = await app.requests.ask("Tell the whole story of the town, the council and the bridge.");
      const turn = turnOf(await until(app, (state) => isSettled(turnOf(state, id))), id)!;
      const { text, stoppedAt } = shown.get(id)!;
      expect(turn).toMatchObject({ phase: "done", answer: text });
      if (stoppedAt > 0) {
        settled.push(performance.now() - stoppedAt);
        expect(turn).toMatchObject({ stopReason: "stopped" });
      }
      conversations.set((await app.requests.getState()).conversation!.id, text);
    }
    expect(settled.length).toBeGreaterThanOrEqual(words / 2);
    // What is on the disk is what was shown.
    await app.close();
    ({ app } = await openApp("Town.txt", essay(fact)));
    for (const [id, text] of conversations) {
      await app.requests.showConversation(id);
      expect((await app.requests.getState()).conversation!.turns.map(({ answer }) => answer)).toEqual([text]);
    }
    const ms = (share: number) => `${Math.round(quantile(settled, share))} ms`;
    figure(
      `stopping while answering, at ${settled.length} words`,
      `settles in ${ms(0.5)} (median), ${ms(0.95)} (95 %); kept is what was shown`,
    );
  } finally {
    await app.close();
    await home.restore();
  }
});
