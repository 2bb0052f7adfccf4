/**
 * `npm run dist` and what comes out of it, with Electron's binary or a stand-in: what is in the package and what is not, its fuses, its licences,
 * and that what is packed works, on Node instead of Electron, away from this folder.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractAll, listPackage, statFile } from "@electron/asar";
import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultModelFile } from "../../main/engine/models.ts";

const release = new URL("../../release/", import.meta.url).pathname;
const unpacked = join(release, process.arch === "x64" ? "linux-unpacked" : `linux-${process.arch}-unpacked`);
const resources = join(unpacked, "resources");
const asar = join(resources, "app.asar");

describe.runIf(process.platform === "linux")("npm run dist", () => {
  let said: string;
  let entries: string[];
  let work: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "folio-package-"));
    await rm(release, { recursive: true, force: true });
    said = execFileSync(process.execPath, ["scripts/dist.ts"], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    entries = listPackage(asar, { isPack: false }).map((path) => path.replace(/^\//, ""));
  }, 3_600_000);
  afterAll(() => rm(work, { recursive: true, force: true }));

  const files = () => entries.filter((path) => "size" in statFile(asar, path, false));
  const isUnpacked = (path: string) => (statFile(asar, path, false) as { unpacked?: boolean }).unpacked === true;

  test("says what it could not do", () => {
    expect(said).toContain("Not done here:");
    expect(said).toContain("Nothing was signed");
  });

  test("holds what runs, and no sources, tests, maps, models or other systems' parts", () => {
    for (const path of [
      "package.json",
      "dist/main/index.js",
      "dist/preload/index.cjs",
      "dist/renderer/index.html",
      "dist/native/confine.node",
    ])
      expect(entries).toContain(path);
    const strange = [
      /(^|\/)[^/]*\.(tsx?|mts|cts|map|gguf|sqlite|kv|bundle|env|patch|cpp|h|c)$/,
      /^(main|renderer|preload|test|bench|scripts|docs|native|release|\.github)\//,
      /^dist\/resources\/(icons|licences|linux)\/|\.nsh$/,
      /(^|\/)(test|tests|__tests__)\/.*\.js$/,
      new RegExp(`(win32|darwin|armv7l|musl|${process.arch === "x64" ? "arm64" : "x64"}).*\\.node$`),
      /^node_modules\/(electron|vite|vitest|typescript|playwright-core|react|@biomejs)\//,
      // Of stock binaries only the part for graphics cards.
      /^node_modules\/@node-llama-cpp\/(?!.*\/(lib)?ggml-vulkan\.(so|dll)$)/,
      /\.cache|LocalLow/,
    ];
    for (const pattern of strange) expect(files().filter((path) => pattern.test(path))).toEqual([]);
  });

  test("names no place of the computer that it was packed on, and is the window for people", async () => {
    const own = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
    const app = join(work, "app");
    extractAll(asar, app);
    const named = spawnSync("grep", ["-rlF", own, app], { encoding: "utf8" }).stdout;
    expect(named).toBe("");
    const development = spawnSync("grep", ["-rlE", "Each child in a list should have", join(app, "dist")], { encoding: "utf8" }).stdout;
    expect(development).toBe("");
  });

  test("has everything native outside of the archive, for every processor", async () => {
    const native = files().filter((path) => /\.(node|so|dylib|dll)(\.\d|$)/.test(path));
    expect(native.filter((path) => !isUnpacked(path))).toEqual([]);
    expect(
      native
        .filter((path) => path.endsWith(".node"))
        .map((path) => path.split("/").at(-1))
        .sort(),
    ).toEqual(["confine.node", `linux-${process.arch}.node`, "llama-addon.node", `reflink.linux-${process.arch}-gnu.node`].sort());
    expect(native.filter((path) => path.includes("libggml-cpu-")).length).toBeGreaterThan(5);
    // Our own parts are made for none in particular: they use no wide registers.
    for (const path of native.filter((name) => /llama|addon/.test(name.split("/").at(-1)!) && process.arch === "x64")) {
      const code = execFileSync("objdump", ["-d", join(resources, "app.asar.unpacked", path)], { encoding: "latin1", maxBuffer: 2 ** 30 });
      expect({ path, wide: /%[yz]mm\d/.test(code) }).toEqual({ path, wide: false });
    }
    for (const path of native) {
      const file = join(resources, "app.asar.unpacked", path);
      expect(existsSync(file)).toBe(true);
      // They find each other by where they lie, wherever that is.
      const { stdout } = spawnSync("readelf", ["-d", file], { encoding: "utf8" });
      // The one for graphics cards looks where its makers had Vulkan, too. An empty place is the working folder, which the engine leaves (process.ts).
      for (const [, places] of stdout.matchAll(/R(?:UN)?PATH\)?.*\[(.*)\]/g))
        for (const place of places!.split(":")) expect(["", "$ORIGIN", "$ORIGIN/../bin", "/opt/vulkan-sdk/x86_64/lib"]).toContain(place);
    }
  });

  test("has its fuses blown", async () => {
    const wire = await getCurrentFuseWire(join(unpacked, "folio"));
    // As they are written in the program.
    const [off, on] = ["0", "1"].map((digit) => digit.charCodeAt(0));
    for (const fuse of [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ])
      expect(wire[fuse]).toBe(off);
    for (const fuse of [
      FuseV1Options.EnableCookieEncryption,
      FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      FuseV1Options.OnlyLoadAppFromAsar,
    ])
      expect(wire[fuse]).toBe(on);
  });

  test("carries the licence of everything in it", async () => {
    const text = await readFile(join(unpacked, "LICENSES.folio.txt"), "utf8");
    const packages = new Set(files().flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
    expect(packages.size).toBeGreaterThan(20);
    for (const name of packages) expect(text).toContain(`\n${name} `);
    for (const name of ["react", "katex", "pdfjs-dist", "lucide-react", "llama.cpp", "Source Serif 4", "Leptonica", "libpng", "libtiff"])
      expect(text).toContain(name);
    expect(await readdir(unpacked)).toEqual(expect.arrayContaining(["LICENSE.electron.txt", "LICENSES.chromium.html"]));
  });

  test("says what it is made of, for programs", async () => {
    const bill = JSON.parse(await readFile(join(unpacked, "SBOM.folio.json"), "utf8")) as {
      components: { name: string; version: string }[];
    };
    const listed = new Map(bill.components.map(({ name, version }) => [name, version]));
    const packages = new Set(files().flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
    expect([...packages].filter((name) => !listed.has(name))).toEqual([]);
    for (const name of ["electron", "react", "katex", "llama.cpp"]) expect(listed.has(name)).toBe(true);
    for (const name of ["vite", "typescript", "playwright-core", "electron-builder"]) expect(listed.has(name)).toBe(false);
  });

  test("works: a document is read, asked about, answered, and kept", async () => {
    const app = join(work, "app");
    const script = join(work, "session.mjs");
    await writeFile(script, session);
    const env = { PATH: process.env.PATH, HOME: work, XDG_DATA_HOME: join(work, "data"), XDG_CACHE_HOME: join(work, "cache") };
    const told = execFileSync(process.execPath, [script, app], {
      cwd: work,
      env: { ...env, FOLIO_MODEL: defaultModelFile() },
      encoding: "utf8",
    });
    const { answer, evidence, engine } = JSON.parse(told.trim().split("\n").at(-1)!) as {
      answer: string;
      evidence: string;
      engine: string;
    };
    expect(answer).toContain("4821");
    expect(evidence).toContain("4821");
    expect(engine).toMatch(/^Seccomp:\t2$/m);
  });
});

const session = `
import { readFileSync } from "node:fs";
const { createApp } = await import(process.argv[2] + "/dist/main/app.js");
const app = await createApp();
const until = async (found) => {
  for (;;) {
    const value = found(await app.requests.getState());
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const text = "The harbour was built in three stages.\\n\\nThe special magic number for Springfield is 4821.\\n\\nShips lie at the east quay.\\n";
const id = await app.requests.importFile("harbour.txt", new TextEncoder().encode(text));
await until(({ documents }) => documents.find((document) => document.id === id && document.phase === "ready"));
await app.requests.openConversation([id]);
const turnId = await app.requests.ask("What is the special magic number for Springfield?");
const turn = await until(({ conversation }) => conversation?.turns.find((turn) => turn.id === turnId && (turn.phase === "done" || turn.phase === "failed")));
const children = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").split(" ").filter(Boolean);
const engine = children.find((pid) => readFileSync("/proc/" + pid + "/cmdline", "utf8").includes("engine/process"));
const status = readFileSync("/proc/" + engine + "/status", "utf8");
await app.close();
console.log(JSON.stringify({ answer: turn.answer, evidence: JSON.stringify(turn.evidence), engine: status }));
process.exit(0);
`;
