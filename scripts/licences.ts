/** The licences of everything that is packed, as one text. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Lock = { packages: Record<string, { version?: string; license?: string; dev?: boolean; devOptional?: boolean }> };

const root = join(import.meta.dirname, "..");
/** Of other systems, or not packed. */
const left = /node_modules\/(@node-llama-cpp|@napi-rs)\//;

/** `native` is the folder of the native build that is packed; the window was built before. @throws Error when a package has no licence at all */
export function licences(native: string): string {
  const parts: [name: string, text: string][] = [["Folio", readFileSync(join(root, "LICENSE"), "utf8")]];
  for (const [name, text] of folder(join(native, "licences"))) parts.push([`llama.cpp and what is part of it: ${name}`, text]);
  for (const part of packages()) parts.push(part);
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

/** What main runs on, by the lockfile: everything that is not for development alone and is installed here. */
function packages(): [string, string][] {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
  return Object.entries(packages)
    .filter(
      ([place, { dev, devOptional }]) => place !== "" && !dev && !devOptional && !left.test(`${place}/`) && existsSync(join(root, place)),
    )
    .map(([place, { version, license }]) => {
      const name = `${place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)} ${version}`;
      const texts = folder(join(root, place)).map(([, text]) => text);
      if (texts.length === 0 && license === undefined) throw new Error(`${name} does not say under which licence it is.`);
      return [name, texts.join("\n\n") || `Licence: ${license}. The package has no text of it.`];
    });
}

/** Texts in a folder that are licences by their names, or all of them in a folder of licences. */
function folder(path: string): [string, string][] {
  const all = path.endsWith("licences");
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (all || /^(licen[cs]es?|copying|notice|ofl)([-_.]|$)/i.test(entry.name)))
    .map(({ name }) => [name, readFileSync(join(path, name), "utf8")]);
}
