/** A host that many files are dropped into at once; tells its parent of each one that can be asked about. Has no model. */
import { createApp } from "../../../main/app.ts";

const app = await createApp();
app.on((name, payload) => {
  if (name !== "document") return;
  const { id, phase } = payload as { id: string; phase: string };
  if (phase === "ready") process.send!(id);
});
const names = Array.from({ length: Number(process.argv[2]) }, (_, n) => `${n}.txt`);
await Promise.all(
  names.map((name) => app.requests.importFile(name, new TextEncoder().encode(`This is ${name}.\n\n${"Words to read. ".repeat(2000)}`))),
);
