import { afterEach, expect, test, vi } from "vitest";
import { EngineError } from "../../../main/engine/errors.ts";
import { createRouter } from "../../../main/hosts/router.ts";
import { fakeApp } from "./fake-app.ts";

const logged = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => logged.mockClear());

function router() {
  const { app, calls } = fakeApp();
  return { route: createRouter(app.requests), app, calls };
}

test("known requests arrive with their arguments and answer with their value", async () => {
  const { route, calls } = router();
  expect(await route("countPrompt", ["Who?"])).toEqual({ value: { promptTokens: 4, limit: 8192, windows: null } });
  await route("changeSettings", [{ budget: { kind: "tokens", tokens: 256 }, theme: "dark" }]);
  await route("importFile", ["a.txt", new Uint8Array([1])]);
  expect(calls).toEqual([
    ["countPrompt", "Who?"],
    ["changeSettings", { budget: { kind: "tokens", tokens: 256 }, theme: "dark" }],
    ["importFile", "a.txt", new Uint8Array([1])],
  ]);
});

test.each([
  ["constructor", []],
  ["__proto__", []],
  ["toString", []],
  ["", []],
  [null, []],
  [{ name: "stop" }, []],
])("the name %j is refused", async (name, args) => {
  const { route, calls } = router();
  expect(await route(name, args)).toMatchObject({ error: { code: "bad-request" } });
  expect(calls).toEqual([]);
});

test.each([
  ["stop", undefined],
  ["stop", { length: 0 }],
  ["stop", [1]],
  ["ask", []],
  ["ask", [1]],
  ["ask", ["a", "b"]],
  ["ask", ["x".repeat(100_001)]],
  ["getPages", [""]],
  ["getFile", [1]],
  ["getPages", ["x".repeat(101)]],
  ["openConversation", [Array(1001).fill("a")]],
  ["openConversation", ["a"]],
  ["importFile", ["a.txt", "text"]],
  ["importFile", ["a.txt", [1, 2]]],
  ["importFile", ["x".repeat(5000), new Uint8Array()]],
  ["changeExtent", [{ kind: "half" }]],
  ["changeExtent", [{ kind: "pages", ranges: [] }]],
  ["changeExtent", [{ kind: "pages", ranges: [{ documentId: "d", from: 5, to: 4 }] }]],
  ["changeExtent", [{ kind: "pages", ranges: [{ documentId: "d", from: 0, to: 4 }] }]],
  ["changeExtent", [{ kind: "windows", ranges: [] }]],
  ["changeSettings", [{ theme: "pink" }]],
  ["changeSettings", [{ theme: undefined }]],
  ["changeSettings", [{ unknown: 1 }]],
  ["changeSettings", [{ budget: { kind: "share", share: 2 } }]],
  ["changeSettings", [{ budget: { kind: "full", extra: 1 } }]],
  ["changeSettings", [JSON.parse('{"__proto__": {"theme": "dark"}}')]],
])("%s refuses what does not fit it: %#", async (name, args) => {
  const { route, calls } = router();
  expect(await route(name, args)).toMatchObject({ error: { code: "bad-request" } });
  expect(calls).toEqual([]);
  expect(logged).not.toHaveBeenCalled();
});

test("expected failures keep their code and sentence", async () => {
  const { route, app } = router();
  app.requests.ask = () =>
    Promise.reject(new EngineError("bad-path", "{folder} cannot be opened: choose another folder.", { folder: "/a" }));
  expect(await route("ask", ["x"])).toEqual({
    error: { code: "bad-path", text: "{folder} cannot be opened: choose another folder.", values: { folder: "/a" } },
  });
  expect(logged).not.toHaveBeenCalled();
});

test.each([new TypeError("x is undefined"), Object.assign(new Error("ENOENT: /home/ada/secret"), { code: "ENOENT" }), "thrown text"])(
  "anything else is logged and says nothing of its inside: %s",
  async (error) => {
    const { route, app } = router();
    app.requests.stop = () => Promise.reject(error);
    expect(await route("stop", [])).toEqual({
      error: { code: "unexpected", text: "Something unexpected went wrong. Nothing was lost: try again." },
    });
    app.requests.stop = () => {
      throw error;
    };
    expect(await route("stop", [])).toMatchObject({ error: { code: "unexpected" } });
    expect(logged).toHaveBeenCalledWith(error);
  },
);
