import { expect, test } from "vitest";
import type { DocumentInfo, Events } from "../../../preload/api.ts";
import { ask, changeSettings, chooseDocument, connect, goToPage, goToPassage, lookAt } from "../../../renderer/actions.ts";
import { useFolio } from "../../../renderer/store.ts";
import { fakeApp } from "../host/fake-app.ts";

test("every visit to a passage or a page has a number of its own, whatever is forgotten in between", async () => {
  const { app } = fakeApp();
  await connect({ ...app.requests, on: () => () => {} });
  const visits: (number | undefined)[] = [];
  const visit = async () => {
    await goToPassage("d", { start: 0, end: 1 });
    visits.push(useFolio.getState().focus?.visit);
  };
  await visit();
  useFolio.setState({ draft: "Who?" });
  await ask();
  expect(useFolio.getState().focus).toBeNull();
  await visit();
  await chooseDocument("d");
  await visit();
  await goToPage("d", 1, "");
  visits.push(useFolio.getState().place?.visit);
  expect(new Set(visits).size).toBe(4);
});

test("who chooses another document while one is being opened stays with it", async () => {
  const { app, state } = fakeApp();
  const info = (id: string) => ({ id, name: `${id}.txt`, fileBytes: 1, folder: "", addedAt: 0 });
  const ready = (id: string): DocumentInfo => ({
    ...info(id),
    ...{ phase: "ready", pages: 1, characters: 1, tokens: 1, emptyPages: [], recognised: [], notes: [], pins: [] },
  });
  state.documents = [ready("b"), ...["c", "d"].map((id): DocumentInfo => ({ ...info(id), phase: "parsing", pagesDone: 0, pagesTotal: 1 }))];
  let tell: (document: DocumentInfo) => void = () => {};
  await connect({
    ...app.requests,
    on(name, listener) {
      if (name === "document") tell = listener as (payload: Events["document"]) => void;
      return () => {};
    },
  });
  lookAt("c");
  await chooseDocument("b");
  tell(ready("c"));
  expect(useFolio.getState().viewing).toBe("b");
  lookAt("d");
  await chooseDocument("d");
  useFolio.setState({ viewing: "b" });
  tell(ready("d"));
  expect(useFolio.getState().viewing).toBe("d");
});

test("a setting that main refuses goes back, and no other that was changed meanwhile", async () => {
  const { app } = fakeApp();
  const refused = Promise.withResolvers<void>();
  app.requests.changeSettings = ({ server }) => (server ? refused.promise : Promise.resolve());
  await connect({ ...app.requests, on: () => () => {} });
  const before = useFolio.getState().settings;
  const changing = changeSettings({ server: { enabled: true, port: 80 } });
  await changeSettings({ theme: "dark" });
  refused.reject(new Error("Port 80 is used."));
  await changing;
  expect(useFolio.getState().settings).toEqual({ ...before, theme: "dark" });
});
