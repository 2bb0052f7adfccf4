/** A host in the middle of an answer: saves it as it grows, and tells its parent what a window would have shown by then. */
import { openLibrary } from "../../../main/library/library.ts";

const { conversations } = await openLibrary(process.argv[2]!, (error) => console.error(error));
conversations.create(
  { id: "c", documentIds: ["d"], extent: { kind: "whole" }, turns: [{ id: "t", question: "Q", answer: "", phase: "waiting" }] },
  "Q",
  ["D"],
  null,
  1,
);
let answer = "";
setInterval(() => {
  answer += "word ";
  conversations.saveAnswer("t", answer);
  process.send!(answer);
}, 20);
