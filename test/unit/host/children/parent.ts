import { childPort, spawnChild } from "../../../../main/system/child.ts";

const port = childPort();
const child = spawnChild(new URL("./echo.ts", import.meta.url), { serviceName: "test" });
child.onMessage(() => port.send(child.pid()));
child.send("ready?");
port.onMessage(() => {});
