/** The native menu: every item named in the language that is set. */
import { expect, test } from "vitest";
import { menuIn, type WindowKey } from "../../../main/hosts/menu.ts";
import { languageOf } from "../../../preload/language.ts";

type Item = { label?: string; type?: string; submenu?: unknown; accelerator?: string; click?: unknown };
const ignore = () => {};
const namesOf = (items: readonly Item[]): string[] => items.filter(({ type }) => type !== "separator").map(({ label }) => label ?? "");

test("the menu is in the language that is set, and every item has a name", () => {
  expect(namesOf(menuIn("en", ignore, "linux"))).toEqual(["File", "Edit", "View", "Window", "Help"]);
  expect(namesOf(menuIn("de", ignore, "linux"))).toEqual(["Datei", "Bearbeiten", "Ansicht", "Fenster", "Hilfe"]);
  expect(namesOf(menuIn("de", ignore, "darwin"))).toEqual(["Folio", "Datei", "Bearbeiten", "Ansicht", "Fenster", "Hilfe"]);
  for (const platform of ["linux", "darwin", "win32"] as const)
    for (const { submenu } of menuIn("de", ignore, platform) as Item[])
      for (const name of namesOf(submenu as Item[])) expect(name).not.toBe("");
});

test.each(["linux", "darwin"] as const)("what the window can do is in the menu, with the key that it presses: %s", (platform) => {
  const pressed: WindowKey[] = [];
  const items = (menuIn("en", (key) => pressed.push(key), platform) as Item[]).flatMap(({ submenu }) => submenu as Item[]);
  const own = items.filter(({ accelerator }) => accelerator);
  expect(namesOf(own).toSorted()).toEqual(
    [
      ...["Add a folder", "Add documents", "Find in the document", "Keyboard shortcuts", "Models"],
      ...["New conversation", "Search the library", "Settings"],
    ].toSorted(),
  );
  for (const { accelerator, click } of own) {
    (click as () => void)();
    const { key, shift } = pressed.at(-1)!;
    expect(accelerator).toBe(`CommandOrControl+${shift ? "Shift+" : ""}${key}`);
  }
  expect(new Set(own.map(({ accelerator }) => accelerator)).size).toBe(own.length);
  // ⌘M is the system's own.
  expect(own.some(({ accelerator }) => accelerator === "CommandOrControl+M")).toBe(platform === "linux");
});

test("as the system: the first of its languages that Folio speaks, or English", () => {
  expect(languageOf("system", ["fr-FR", "de-AT", "en-US"])).toBe("de");
  expect(languageOf("system", ["en-GB", "de-DE"])).toBe("en");
  expect(languageOf("system", ["fr-FR"])).toBe("en");
  expect(languageOf("system", [])).toBe("en");
  expect(languageOf("de", ["en-US"])).toBe("de");
});
