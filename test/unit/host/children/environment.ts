import { childPort } from "../../../../main/system/child.ts";

const port = childPort();
port.onMessage(() => port.send({ environment: { ...process.env }, argv: process.argv, execArgv: process.execArgv }));
