/** Stopping while reading, at many points: it settles at once, and the next question is answered as if nothing had been stopped. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { EngineClient } from "../../main/engine/client.ts";
import { defaultModelFile } from "../../main/engine/models.ts";
import { mulberry32 } from "../../main/engine/policies/random.ts";
import { figure, quantile, rounds } from "../rounds.ts";
import { essay, fact, request } from "./fixtures.ts";

const points = rounds(3, 20);

let client: EngineClient;
beforeAll(async () => {
  client = new EngineClient(() => {});
  await client.call<"load">({ op: "load", file: defaultModelFile(), threads: 1, snapshots: null });
  await client.call<"addDocument">({ op: "addDocument", documentId: "long", text: essay(fact).repeat(8) });
  await client.call<"addDocument">({ op: "addDocument", documentId: "essay", text: essay(fact) });
});
afterAll(() => client.stop());

test(`at ${points} points`, { timeout: 600_000 }, async () => {
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
  const ms = (share: number) => `${Math.round(quantile(settled, share))} ms`;
  figure(`stopping while reading, at ${points} points`, `settles in ${ms(0.5)} (median), ${ms(0.95)} (95 %)`);
});
