import { afterEach, expect, test } from "vitest";
import { type Child, type ChildExit, spawnChild } from "../../../main/system/child.ts";

const started: Child[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});

function spawn(name: string, execArgv: string[] = []) {
  const child = spawnChild(new URL(`./children/${name}.ts`, import.meta.url), { serviceName: "test", execArgv });
  started.push(child);
  const messages: unknown[] = [];
  let wake = () => {};
  child.onMessage((message) => {
    messages.push(message);
    wake();
  });
  return {
    child,
    messages,
    exit: new Promise<ChildExit>((resolve) => child.onExit(resolve)),
    async next() {
      while (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return messages.shift();
    },
  };
}

test("messages keep their types both ways, in order", async () => {
  const { child, next } = spawn("echo");
  const values = [new Uint8Array([1, 2, 3]), new Float32Array([0.5]), new Map([["a", 1]]), { nested: [null, "ü", 2 ** 53] }];
  for (const value of values) child.send(value);
  for (const value of values) expect(await next()).toEqual(value);
});

test("every message that was sent comes before the exit", async () => {
  const { messages, exit } = spawn("burst");
  expect((await exit).signal).toBe("SIGKILL");
  expect(messages).toHaveLength(1001);
});

test("kill ends a child that hangs, and sending afterwards is harmless", async () => {
  const { child, next, exit } = spawn("hang");
  expect(await next()).toBe("hanging");
  child.kill();
  expect((await exit).signal).toBe("SIGKILL");
  expect(child.pid()).toBeUndefined();
  child.send("anyone?");
  child.kill();
});

test("a missing module is an exit, not a crash of the parent", async () => {
  expect((await spawn("nowhere").exit).code).toBe(1);
});

test("flags reach the child", async () => {
  const { child, next } = spawn("heap", ["--max-heap-size=256"]);
  child.send("limit");
  expect(await next()).toBe(256 * 2 ** 20);
});

test("a child ends with its parent, however the parent ends", async () => {
  const { child, next, exit } = spawn("parent");
  const grandchild = (await next()) as number;
  expect(alive(grandchild)).toBe(true);
  child.kill();
  await exit;
  while (alive(grandchild)) await new Promise((resolve) => setTimeout(resolve, 20));
});

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
