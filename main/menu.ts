/** The native menu. Electron's own items come in English alone, so each one is named here. */
import type { MenuItemConstructorOptions } from "electron";
import { say } from "../preload/language.ts";
import { type Language, type PlainText, sentence } from "../preload/sentences.ts";

export function menuIn(language: Language, platform: NodeJS.Platform = process.platform): MenuItemConstructorOptions[] {
  const words = (text: PlainText) => say(language, sentence(text));
  const item = (role: NonNullable<MenuItemConstructorOptions["role"]>, text: PlainText): MenuItemConstructorOptions => ({
    role,
    label: words(text),
  });
  const menu = (text: PlainText, submenu: MenuItemConstructorOptions[]): MenuItemConstructorOptions => ({ label: words(text), submenu });
  const line: MenuItemConstructorOptions = { type: "separator" };
  const mac = platform === "darwin";
  const own: MenuItemConstructorOptions = {
    label: "Folio",
    submenu: [
      item("about", "About Folio"),
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
    ...(mac ? [own] : []),
    menu("File", [mac ? item("close", "Close window") : item("quit", "Quit Folio")]),
    menu("Edit", [
      item("undo", "Undo"),
      item("redo", "Redo"),
      line,
      item("cut", "Cut"),
      item("copy", "Copy"),
      item("paste", "Paste"),
      item("selectAll", "Select all"),
    ]),
    menu("View", [
      item("resetZoom", "Actual size"),
      item("zoomIn", "Zoom in"),
      item("zoomOut", "Zoom out"),
      line,
      item("togglefullscreen", "Full screen"),
    ]),
    menu("Window", [item("minimize", "Minimize"), mac ? item("front", "Bring all to front") : item("close", "Close window")]),
  ];
}
