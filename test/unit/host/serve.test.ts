import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { apiKey, followServerSetting } from "../../../main/programs/serve.ts";
import { ownFolders } from "../../data-folder.ts";
import { fakeApp } from "./fake-app.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folio-serve-"));
  for (const [name, value] of Object.entries(ownFolders(folder))) vi.stubEnv(name, value);
  vi.stubEnv("FOLIO_API_TOKEN", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A port that was free a moment ago, and what holds it until it is let go. */
async function takePort() {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  return { port: (holder.address() as AddressInfo).port, free: () => new Promise((resolve) => holder.close(resolve)) };
}

test("the key is made once, is 256 bits long, and only its user can read it, whatever the file was like", async () => {
  const { key, where } = await apiKey();
  expect(Buffer.from(key, "base64url")).toHaveLength(32);
  expect((await readFile(where, "utf8")).trim()).toBe(key);
  await chmod(where, 0o644);
  expect((await apiKey()).key).toBe(key);
  // Windows has no such modes.
  if (process.platform !== "win32") expect((await stat(where)).mode & 0o777).toBe(0o600);
  await writeFile(where, "damaged");
  expect((await apiKey()).key).not.toBe(key);
  expect((await apiKey()).key).toHaveLength(43);
});

test("a key of one's own comes from the environment, and must be long enough", async () => {
  vi.stubEnv("FOLIO_API_TOKEN", "correct-horse-battery");
  expect((await apiKey()).key).toBe("correct-horse-battery");
  for (const bad of ["", "short", "with spaces in the middle"]) {
    vi.stubEnv("FOLIO_API_TOKEN", bad);
    await expect(apiKey()).rejects.toMatchObject({ code: "bad-setting" });
  }
});

test("the server is there while the setting says so, and a port that is taken is said in the window", async () => {
  const fake = fakeApp();
  const notices: unknown[] = [];
  fake.app.programs.notice = (error) => notices.push(error);
  const { port, free } = await takePort();
  const status = () =>
    fetch(`http://127.0.0.1:${port}/v1/models`).then(
      (response) => response.status,
      () => null,
    );
  const set = (enabled: boolean) => {
    fake.state.settings = { ...fake.state.settings, server: { enabled, port } };
    fake.emit("settings", fake.state.settings);
  };
  const programs = followServerSetting(fake.app);
  set(true);
  await vi.waitFor(() => expect(notices).toMatchObject([{ code: "bad-setting", said: { values: { port: String(port) } } }]));
  await free();
  expect(await status()).toBe(null);
  // Another change of the settings is no reason to say it again; off and on is another try.
  set(true);
  set(false);
  await new Promise((resolve) => setImmediate(resolve));
  set(true);
  await vi.waitFor(async () => expect(await status()).toBe(401));
  set(false);
  await vi.waitFor(async () => expect(await status()).toBe(null));
  expect(notices).toHaveLength(1);
  set(true);
  await programs.close();
  expect(await status()).toBe(null);
  expect(fake.listeners.size).toBe(0);
});
