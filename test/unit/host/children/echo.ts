import { childPort } from "../../../../main/child.ts";

const port = childPort();
port.onMessage((message) => port.send(message));
