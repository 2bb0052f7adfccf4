import { getHeapStatistics } from "node:v8";
import { childPort } from "../../../../main/system/child.ts";

const port = childPort();
port.onMessage(() => port.send(getHeapStatistics().heap_size_limit));
