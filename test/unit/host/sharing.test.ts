import { expect, test } from "vitest";
import { Sharing } from "../../../main/sharing.ts";

/** A work that tells when it began and ends when it is told to. */
function work(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const run = () => {
    log.push(name);
    return promise;
  };
  return { run, end: () => resolve(name) };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("works of one key run together, another waits until all of them have ended", async () => {
  const sharing = new Sharing();
  const log: string[] = [];
  const [a1, a2, b] = [work(log, "a1"), work(log, "a2"), work(log, "b")];
  const results = [sharing.run("a", a1.run), sharing.run("a", a2.run), sharing.run("b", b.run)];
  await settle();
  expect(log).toEqual(["a1", "a2"]);
  a1.end();
  await settle();
  expect(log).toEqual(["a1", "a2"]);
  a2.end();
  await settle();
  expect(log).toEqual(["a1", "a2", "b"]);
  b.end();
  expect(await Promise.all(results)).toEqual(["a1", "a2", "b"]);
});

test("who comes later does not overtake who waits", async () => {
  const sharing = new Sharing();
  const log: string[] = [];
  const [a1, b, a2] = [work(log, "a1"), work(log, "b"), work(log, "a2")];
  const results = [sharing.run("a", a1.run), sharing.run("b", b.run), sharing.run("a", a2.run)];
  a1.end();
  await settle();
  expect(log).toEqual(["a1", "b"]);
  b.end();
  a2.end();
  await Promise.all(results);
  expect(log).toEqual(["a1", "b", "a2"]);
});

test("a work that fails makes room for the next", async () => {
  const sharing = new Sharing();
  const failed = sharing.run("a", () => Promise.reject(new Error("no")));
  const next = sharing.run("b", () => Promise.resolve("b"));
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("b");
});

test("who waits can be stopped, and is never begun; those behind go on", async () => {
  const sharing = new Sharing();
  const log: string[] = [];
  const [a1, a2] = [work(log, "a1"), work(log, "a2")];
  const stop = new AbortController();
  const first = sharing.run("a", a1.run);
  const stopped = sharing.run("b", work(log, "b").run, stop.signal);
  const last = sharing.run("a", a2.run);
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: "stopped" });
  await settle();
  expect(log).toEqual(["a1", "a2"]);
  a1.end();
  a2.end();
  await Promise.all([first, last]);
});

test("who was stopped before it came is not begun either, unless it need not wait", async () => {
  const sharing = new Sharing();
  const log: string[] = [];
  const a = work(log, "a");
  const first = sharing.run("a", a.run);
  await expect(sharing.run("b", work(log, "b").run, AbortSignal.abort())).rejects.toMatchObject({ code: "stopped" });
  a.end();
  await first;
  expect(log).toEqual(["a"]);
});
