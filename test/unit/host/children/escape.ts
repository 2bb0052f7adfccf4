/** Tries to get out in every way, first as it is or after shutting itself in, and tells what became of each. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdir, open, readdir, readFile, readlink, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { childPort } from "../../../../main/system/child.ts";
import { confine } from "../../../../main/system/confine.ts";

type Job = { confined: boolean; mayWrite: boolean; port: number; pipe: string; folder: string };

const port = childPort();
port.onMessage((message) => void run(message as Job));

async function run({ confined, mayWrite, port: target, pipe, folder }: Job): Promise<void> {
  // A thread that was there before, as Node's own are.
  const earlier = new Worker(`${threaded}\nprocess.on("x", () => {}); require("worker_threads").parentPort.once("message", reach);`, {
    eval: true,
    workerData: target,
  });
  await once(earlier, "online");
  if (confined) confine({ mayWrite });
  const file = join(folder, "kept.txt");
  const attempts: Record<string, () => Promise<unknown>> = {
    tcp: () => once(connect(target, "127.0.0.1"), "connect"),
    pipe: () => once(connect(pipe), "connect"),
    server: () => once(createServer().listen(0, "127.0.0.1"), "listening"),
    datagram: () =>
      new Promise((resolve, reject) =>
        createSocket("udp4")
          .on("error", reject)
          .bind(0, "127.0.0.1", () => resolve(0)),
      ),
    name: () => lookup("localhost", { family: 4 }).then(() => fetch(`http://localhost:${target}/`)),
    fetch: () => fetch(`http://127.0.0.1:${target}/`),
    program: () => once(spawn("/bin/true"), "spawn"),
    "earlier thread": () => {
      earlier.postMessage("now");
      return answerOf(earlier);
    },
    "later thread": () => answerOf(new Worker(`${threaded}\nreach();`, { eval: true, workerData: target })),
    "read a file": () => readFile(file),
    "write a file": () => writeFile(join(folder, "new.txt"), "new"),
    "append to a file": () => open(file, "a"),
    "shorten a file": () => truncate(file, 1),
    "touch a file": () => utimes(file, 0, 0),
    "make a folder": () => mkdir(join(folder, "made")),
    "link a file": () => symlink(file, join(folder, "link")),
    "rename a file": () => rename(file, join(folder, "renamed.txt")),
    "remove a file": () => rm(join(folder, "extra.txt")),
  };
  const descriptors = await readdir("/proc/self/fd");
  const opened = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    outcomes[name] = await attempt().then(
      () => "done",
      () => "refused",
    );
  }
  port.send({ outcomes, rings: opened.filter((name) => name.includes("io_uring")).length });
}

const threaded = `const reach = () => {
  const { parentPort, workerData } = require("worker_threads");
  const socket = require("net").connect(workerData, "127.0.0.1");
  socket.on("connect", () => parentPort.postMessage("done"));
  socket.on("error", () => parentPort.postMessage("refused"));
};`;

async function answerOf(worker: Worker): Promise<void> {
  const [answer] = (await once(worker, "message")) as [string];
  await worker.terminate();
  if (answer !== "done") throw new Error(answer);
}
