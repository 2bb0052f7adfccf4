/** Reading caches on a context that fails, as on a graphics card without memory, or that is short. */
import { beforeEach, expect, it, vi } from "vitest";
import { BoundedCache } from "../../../main/engine/bounded.ts";
import type { LoadedModel } from "../../../main/engine/model.ts";
import type { Prompt } from "../../../main/engine/prompt.ts";
import { ReadingCache } from "../../../main/engine/reading.ts";
import type { SnapshotParts } from "../../../main/engine/snapshot.ts";

const { native } = vi.hoisted(() => {
  const fails = { decode: false, grow: false, compact: false };
  /** As much of a context as can be in disorder: its rows, how many tokens are in them, and how many rows of the next batch are to be probed. */
  class Context {
    rows: number;
    tokens = 0;
    probed = 0;
    constructor(rows: number) {
      this.rows = rows;
    }
    setAttentionProbe(first: number, count: number) {
      this.probed = first + count;
    }
    removeTokenCellsFromSequence(_: number, from: number) {
      this.tokens = Math.min(this.tokens, from);
      return true;
    }
    async growKvTail(rows: number) {
      if (fails.grow) throw new Error("not enough memory for more tokens");
      this.rows = rows;
    }
    getKeySimilarity() {
      return new Float32Array(this.tokens);
    }
    async compactKv() {
      if (fails.compact) throw new Error("only some of the layers were compacted");
    }
    getKvReport() {
      return { bytes: this.rows };
    }
    async dispose() {}
  }
  return { native: { Context, fails } };
});

vi.mock("../../../main/engine/addon.ts", () => ({
  createContext: async (_: unknown, { contextSize, layout }: { contextSize: number; layout: { tail: number } }) => {
    if (layout.tail > 256 * Math.ceil(contextSize / 256)) throw new Error("a layer cannot have more rows than the context has positions");
    return new native.Context(layout.tail);
  },
  decode: async (context: InstanceType<typeof native.Context>, tokens: readonly number[], first: number) => {
    if (context.probed > tokens.length) throw new Error("The rows of the attention probe are not within the batch");
    if (first !== context.tokens) throw new Error("Eval has failed");
    if (first + tokens.length > context.rows) throw new Error("could not find a KV slot for the batch");
    context.tokens += tokens.length;
    if (native.fails.decode) throw new Error("Eval has failed for want of memory");
    context.probed = 0;
    return 0;
  },
}));

const withContext = (contextLength: number) =>
  ({
    info: { bytes: 1e6, layers: 1, heads: 1, contextLength, unsupported: null },
    model: {},
    scored: [0],
    windows: [0],
  }) as unknown as LoadedModel;
const loaded = withContext(4096);
const options = { answerTokens: 0, signal: new AbortController().signal, onProgress: () => {} };

/** A document of 100 tokens, and a question of so many. */
function asked(questionTokens: number): Prompt {
  const tokens = Array.from({ length: 100 + questionTokens }, (_, i) => (i < 100 ? i : 1000 * questionTokens + i));
  return { tokens, documentStarts: [10, 100], questionStart: 100, questionEnd: tokens.length, pinned: [], stops: [100] };
}

beforeEach(() => {
  native.fails.decode = false;
  native.fails.grow = false;
  native.fails.compact = false;
});

it.each([
  ["the reading cache", () => new ReadingCache(loaded, { threads: 1, kvType: "f16" })],
  ["smallest mode's cache", () => new BoundedCache(loaded, { threads: 1, kvType: "f16", share: 0.5 })],
])("%s reads the next prompt as ever, when a decode or its growth failed", async (_, make) => {
  const cache = make();
  const first = asked(30);
  await cache.read(first, 100, options);
  native.fails.decode = true;
  await expect(cache.readProbed(first.tokens, 100, 130)).rejects.toThrow("for want of memory");
  native.fails.decode = false;
  const second = asked(20);
  await cache.read(second, 110, options);
  await cache.readProbed(second.tokens, 110, 120);
  expect(cache.length).toBe(120);

  const long = asked(500);
  await cache.truncate(100);
  native.fails.grow = true;
  await expect(cache.readProbed(long.tokens, 560, 600)).rejects.toThrow("not enough memory");
  native.fails.grow = false;
  await cache.read(second, 110, options);
  await cache.truncate(100);
  await cache.readProbed(long.tokens, 560, 600);
  expect(cache.length).toBe(600);
});

it("the reading cache reads as ever when bringing it back from disk failed halfway", async () => {
  const cache = new ReadingCache(loaded, { threads: 1, kvType: "f16" });
  const { tokens, stops } = asked(30);
  const failing: SnapshotParts = {
    save: async () => true,
    restore: async (context) => {
      (context as unknown as InstanceType<typeof native.Context>).tokens = 50;
      throw new Error("no memory");
    },
  };
  await expect(cache.restore(failing, tokens, stops, 100)).rejects.toThrow("no memory");
  await cache.read({ tokens, stops }, 100, options);
  expect(cache.length).toBe(100);
});

it("smallest mode's cache reads the document anew when letting go of it failed halfway", async () => {
  const cache = new BoundedCache(loaded, { threads: 1, kvType: "f16", share: 0.5 });
  const tokens = Array.from({ length: 400 }, (_, i) => i);
  const prompt = { ...asked(0), tokens, documentStarts: [10, 400], stops: [400] };
  native.fails.compact = true;
  await expect(cache.read(prompt, 400, options)).rejects.toThrow("only some");
  native.fails.compact = false;
  const progress: number[] = [];
  await cache.read(prompt, 400, { ...options, onProgress: ({ done }) => progress.push(done) });
  expect(progress[0]).toBe(0);
});

it("smallest mode's cache has no more rows than a short context", async () => {
  const cache = new BoundedCache(withContext(256), { threads: 1, kvType: "f16", share: 0.5 });
  const prompt = asked(150);
  await cache.read(prompt, 100, options);
  await cache.readProbed(prompt.tokens, 100, 250);
  expect(cache.length).toBe(250);
});
