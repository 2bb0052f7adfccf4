import { childPort } from "../../../../main/child.ts";

childPort().send("hanging");
setTimeout(() => {
  for (;;);
}, 50);
childPort().onMessage(() => {});
