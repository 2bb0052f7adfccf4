/** A host that many files are dropped into at once; tells its parent of each one that can be asked about. Has no model. */
import { createApp } from "../../../main/app.ts";

const app = await createApp();
const tell = ({ id, phase }: { id: string; phase: string }) => void (phase === "ready" && process.send!(id));
app.on((name, payload) => name === "document" && tell(payload as { id: string; phase: string }));
// The host before this one may have ended between adding one and saying so.
for (const document of (await app.requests.getState()).documents) tell(document);
const names = Array.from({ length: Number(process.argv[2]) }, (_, n) => `${n}.txt`);
await Promise.all(
  names.map((name) => app.requests.importFile(name, new TextEncoder().encode(`This is ${name}.\n\n${"Words to read. ".repeat(2000)}`))),
);
