/** The licences of everything that is packed, as one text. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesOfMain } from "./shipped.ts";

const root = join(import.meta.dirname, "..");

/** `native` is the folder of the native build that is packed; the window was built before. @throws Error when a package has no licence at all */
export function licences(native: string): string {
  const parts: [name: string, text: string][] = [["Folio", readFileSync(join(root, "LICENSE"), "utf8")]];
  for (const [name, text] of folder(join(native, "licences"))) parts.push([`llama.cpp and what is part of it: ${name}`, text]);
  for (const part of packages()) parts.push(part);
  parts.push([
    "In Tesseract's core, and its language data",
    readFileSync(join(root, "resources", "licences", "text-recognition.txt"), "utf8"),
  ]);
  const window = join(root, "dist", "renderer");
  parts.push(["Packages in the window", readFileSync(join(window, "licences.md"), "utf8")]);
  for (const data of ["cmaps", "standard_fonts", "wasm"]) {
    for (const [name, text] of folder(join(window, "pdf", data))) parts.push([`pdf.js, ${data}: ${name}`, text]);
  }
  parts.push(["Source Serif 4 and Source Sans 3", readFileSync(join(root, "renderer", "fonts", "OFL.txt"), "utf8")]);
  const head =
    "Folio is made of these parts. Electron's own licences lie beside the program, as LICENSE.electron.txt and LICENSES.chromium.html.";
  return `${head}\n\n${parts.map(([name, text]) => `${"=".repeat(100)}\n${name}\n${"=".repeat(100)}\n\n${text.trim()}\n`).join("\n")}`;
}

function packages(): [string, string][] {
  return packagesOfMain().map(({ place, name, version, licence }) => {
    const texts = folder(join(root, place)).map(([, text]) => text);
    if (texts.length === 0 && licence === undefined) throw new Error(`${name} ${version} does not say under which licence it is.`);
    return [`${name} ${version}`, texts.join("\n\n") || `Licence: ${licence}. The package has no text of it.`];
  });
}

/** Texts in a folder that are licences by their names, or all of them in a folder of licences. */
function folder(path: string): [string, string][] {
  const all = path.endsWith("licences");
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (all || /^(licen[cs]es?|copying|notice|ofl)([-_.]|$)/i.test(entry.name)))
    .map(({ name }) => [name, readFileSync(join(path, name), "utf8")]);
}
