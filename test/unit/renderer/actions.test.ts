import { expect, test } from "vitest";
import { ask, chooseDocument, connect, goToPage, goToPassage } from "../../../renderer/actions.ts";
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
