import { childPort } from "../../../../main/system/child.ts";

// Dies as an abort does: at once, with everything written to the channel but nothing else done.
const port = childPort();
for (let i = 0; i < 1000; i++) port.send(i);
process.send?.("last", undefined, undefined, () => process.kill(process.pid, "SIGKILL"));
