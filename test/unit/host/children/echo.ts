import { childPort } from "../../../../main/system/child.ts";

const port = childPort();
port.onMessage((message) => port.send(message));
