import { childPort } from "../../../../main/system/child.ts";

childPort().send("hanging");
setTimeout(() => {
  for (;;);
}, 50);
childPort().onMessage(() => {});
