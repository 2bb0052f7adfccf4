/** The native menu: every item named in the language that is set. */
import { expect, test } from "vitest";
import { menuIn } from "../../../main/menu.ts";
import { languageOf } from "../../../preload/language.ts";

type Item = { label?: string; type?: string; submenu?: unknown };
const namesOf = (items: readonly Item[]): string[] => items.filter(({ type }) => type !== "separator").map(({ label }) => label ?? "");

test("the menu is in the language that is set, and every item has a name", () => {
  expect(namesOf(menuIn("en", "linux"))).toEqual(["File", "Edit", "View", "Window"]);
  expect(namesOf(menuIn("de", "linux"))).toEqual(["Datei", "Bearbeiten", "Ansicht", "Fenster"]);
  expect(namesOf(menuIn("de", "darwin"))).toEqual(["Folio", "Datei", "Bearbeiten", "Ansicht", "Fenster"]);
  for (const platform of ["linux", "darwin", "win32"] as const)
    for (const { submenu } of menuIn("de", platform) as Item[]) for (const name of namesOf(submenu as Item[])) expect(name).not.toBe("");
});

test("as the system: the first of its languages that Folio speaks, or English", () => {
  expect(languageOf("system", ["fr-FR", "de-AT", "en-US"])).toBe("de");
  expect(languageOf("system", ["en-GB", "de-DE"])).toBe("en");
  expect(languageOf("system", ["fr-FR"])).toBe("en");
  expect(languageOf("system", [])).toBe("en");
  expect(languageOf("de", ["en-US"])).toBe("de");
});
