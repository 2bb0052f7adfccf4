/**
 * The native part as it is packed (decision 0071), our libllama and addon beside ggml's stock files, keeps the native tests' promises bit for bit;
 * so it does with a stock GPU backend put beside them, which must stay out of the way where there is no GPU.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packNative } from "../../scripts/native.ts";

const root = new URL("../..", import.meta.url).pathname;
const vulkan = join(root, "node_modules/@node-llama-cpp/linux-x64-vulkan/bins/linux-x64-vulkan/libggml-vulkan.so");

/** Loads the build as the engine does; says what it is, and which of ggml's files the process holds then. */
const look = `
import { readFileSync } from "node:fs";
import { getLlama } from "node-llama-cpp";
const llama = await getLlama("lastBuild", { progressLogs: false });
const files = new Set([...readFileSync("/proc/self/maps", "utf8").matchAll(/\\S*\\/(?:lib(?:ggml|llama)\\S*|llama-addon\\.node)/g)].map(([file]) => file));
console.log(JSON.stringify({ type: llama.buildType, version: llama._bindings.folioKvVersion?.(), gpu: llama.gpu, files: [...files] }));
await llama.dispose();
`;

describe.runIf(process.platform === "linux" && process.arch === "x64")("the packed native part", () => {
  let tree: string;
  let release: string;

  // A checkout of its own whose node-llama-cpp holds the packed files, and no others that could be loaded in their place.
  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), "folio-backends-"));
    for (const name of ["main", "preload", "test", "native", "resources", "package.json", "vitest.config.ts"])
      await cp(join(root, name), join(tree, name), { recursive: true });
    const packages = join(tree, "node_modules");
    const own = join(packages, "node-llama-cpp");
    await mkdir(own, { recursive: true });
    for (const name of await readdir(join(root, "node_modules")))
      if (!["node-llama-cpp", "@node-llama-cpp"].includes(name)) await symlink(join(root, "node_modules", name), join(packages, name));
    for (const name of ["dist", "package.json"])
      await cp(join(root, "node_modules/node-llama-cpp", name), join(own, name), { recursive: true });
    await packNative(join(own, "llama"));
    await writeFile(join(tree, "look.mjs"), look);
    const { folderName } = JSON.parse(await readFile(join(own, "llama/lastBuild.json"), "utf8")) as { folderName: string };
    release = join(own, "llama/localBuilds", folderName, "Release");
  });
  afterAll(() => rm(tree, { recursive: true, force: true }));

  function load(): { type: string; version: number; gpu: unknown; files: string[] } {
    const told = execFileSync(process.execPath, ["look.mjs"], { cwd: tree, encoding: "utf8" });
    return JSON.parse(told.trim().split("\n").at(-1)!) as ReturnType<typeof load>;
  }

  function expectEqualBits(): void {
    const files = ["native", "native-uneven"].map((name) => `test/model/${name}.test.ts`);
    const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "model", ...files];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: "utf8" });
    expect({ status, told: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, told: "" });
    expect(stdout).toMatch(/Test Files .*2 passed/);
  }

  test("is what is loaded, and bit-equal", () => {
    const { type, version, gpu, files } = load();
    expect({ type, version, gpu }).toEqual({ type: "localBuild", version: 3, gpu: false });
    expect(files.filter((file) => !file.startsWith(release))).toEqual([]);
    expect(files.filter((file) => /libggml-cpu-\w+\.so$/.test(file))).toHaveLength(1);
    expectEqualBits();
  });

  test("is so with Vulkan's stock backend beside it: the CPU answers, and nothing crashes", async () => {
    expect(existsSync(vulkan)).toBe(true);
    await cp(vulkan, join(release, "libggml-vulkan.so"));
    expect(load()).toMatchObject({ type: "localBuild", version: 3 });
    // It is not merely lying there: ggml opens it, and lets go of it.
    const { stderr } = spawnSync(process.execPath, ["look.mjs"], {
      cwd: tree,
      encoding: "utf8",
      env: { ...process.env, LD_DEBUG: "files" },
    });
    expect(stderr).toMatch(/libggml-vulkan\.so \[0\]; +dynamically loaded by \S*libggml/);
    expectEqualBits();
  });
});
