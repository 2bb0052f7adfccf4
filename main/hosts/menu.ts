/** The native menu. Electron's own items come in English alone, so each one is named here. */
import type { MenuItemConstructorOptions } from "electron";
import { say } from "../../preload/language.ts";
import { type Language, type PlainText, sentence } from "../../preload/sentences.ts";

/** A key of the window, with Ctrl, or Cmd on a Mac. */
export type WindowKey = { key: string; shift?: boolean };

/**
 * @param press what an item that is the window's own does: it presses the window's key, so that each thing is done in one place. The key is
 * shown beside its name, and heard by the window alone.
 */
export function menuIn(
  language: Language,
  press: (key: WindowKey) => void,
  platform: NodeJS.Platform = process.platform,
): MenuItemConstructorOptions[] {
  const words = (text: PlainText) => say(language, sentence(text));
  const item = (role: NonNullable<MenuItemConstructorOptions["role"]>, text: PlainText): MenuItemConstructorOptions => ({
    role,
    label: words(text),
  });
  const menu = (text: PlainText, submenu: MenuItemConstructorOptions[]): MenuItemConstructorOptions => ({ label: words(text), submenu });
  const own = (text: PlainText, key: string, shift = false): MenuItemConstructorOptions => ({
    label: words(text),
    accelerator: `CommandOrControl+${shift ? "Shift+" : ""}${key}`,
    registerAccelerator: false,
    click: () => press({ key, shift }),
  });
  const line: MenuItemConstructorOptions = { type: "separator" };
  const mac = platform === "darwin";
  const settings = own("Settings", ",");
  const folio: MenuItemConstructorOptions = {
    label: "Folio",
    submenu: [
      item("about", "About Folio"),
      line,
      settings,
      line,
      item("services", "Services"),
      line,
      item("hide", "Hide Folio"),
      item("hideOthers", "Hide others"),
      item("unhide", "Show all"),
      line,
      item("quit", "Quit Folio"),
    ],
  };
  return [
    ...(mac ? [folio] : []),
    menu("File", [
      own("Add documents", "O"),
      own("Add a folder", "O", true),
      own("New conversation", "N"),
      line,
      own("Models", "M", mac),
      ...(mac ? [] : [settings]),
      line,
      mac ? item("close", "Close window") : item("quit", "Quit Folio"),
    ]),
    menu("Edit", [
      item("undo", "Undo"),
      item("redo", "Redo"),
      line,
      item("cut", "Cut"),
      item("copy", "Copy"),
      item("paste", "Paste"),
      item("selectAll", "Select all"),
      line,
      own("Find in the document", "F"),
      own("Search the library", "K"),
    ]),
    menu("View", [
      item("resetZoom", "Actual size"),
      item("zoomIn", "Zoom in"),
      item("zoomOut", "Zoom out"),
      line,
      item("togglefullscreen", "Full screen"),
    ]),
    menu("Window", [item("minimize", "Minimize"), mac ? item("front", "Bring all to front") : item("close", "Close window")]),
    menu("Help", [own("Keyboard shortcuts", "/")]),
  ];
}
