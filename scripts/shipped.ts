/** What of others is packed, by the lockfile and by what the window was built from; and that as a list for programs. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Shipped = { place: string; name: string; version: string; licence: string | undefined; integrity: string | undefined };
type Locked = { version: string; license?: string; integrity?: string; dev?: boolean; devOptional?: boolean };

const root = join(import.meta.dirname, "..");
/** Of other systems, or not packed. */
const left = /node_modules\/(@node-llama-cpp\/(?![^/]*-vulkan\/)|@napi-rs\/)/;

const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

function locked(wanted: (place: string, of: Locked) => boolean): Shipped[] {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  return Object.entries(packages)
    .filter(([place, of]) => place !== "" && wanted(place, of))
    .map(([place, { version, license, integrity }]) => {
      const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
      return { place, name, version, licence: license, integrity };
    });
}

/** What main runs on: everything that is not for development alone and is installed here. */
export function packagesOfMain(): Shipped[] {
  return locked((place, { dev, devOptional }) => !dev && !devOptional && !left.test(`${place}/`) && existsSync(join(root, place)));
}

/** What the window, which was built before, holds of its packages; vite writes them down. */
function packagesOfWindow(): Shipped[] {
  const names = new Set(
    [...read("dist", "renderer", "licences.md").matchAll(/^## (\S+) - (\S+) /gm)].map(([, name, version]) => `${name} ${version}`),
  );
  return locked((place, { version }) =>
    names.has(`${place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)} ${version}`),
  );
}

/** A software bill of materials in CycloneDX's form: the packages of main and window, Electron, and llama.cpp with Folio's patch. */
export function billOfMaterials(): string {
  const packages = new Map<string, Shipped>();
  for (const shipped of [...packagesOfMain(), ...packagesOfWindow(), ...locked((place) => place === "node_modules/electron")])
    packages.set(`${shipped.name}@${shipped.version}`, shipped);
  const components = [...packages.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, licence, integrity }) => {
      const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
      return {
        ...{ type: "library", "bom-ref": purl, name, version, purl },
        ...(integrity?.startsWith("sha512-") && {
          hashes: [{ alg: "SHA-512", content: Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex") }],
        }),
        ...(licence && { licenses: [{ expression: licence }] }),
      };
    });
  const { tag } = JSON.parse(read("node_modules", "node-llama-cpp", "llama", "llama.cpp.info.json")) as { tag: string };
  const llama = `pkg:github/ggml-org/llama.cpp@${tag}`;
  const own = JSON.parse(read("package.json")) as { name: string; version: string; license: string };
  return `${JSON.stringify(
    {
      ...{ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 },
      metadata: { component: { type: "application", name: own.name, version: own.version, licenses: [{ expression: own.license }] } },
      components: [
        ...components,
        {
          ...{ type: "library", "bom-ref": llama, name: "llama.cpp", version: tag, purl: llama, licenses: [{ expression: "MIT" }] },
          pedigree: { notes: "libllama is patched: native/llama.cpp.patch and the files beside it in Folio's sources." },
        },
      ],
    },
    null,
    2,
  )}\n`;
}
