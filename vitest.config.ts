import { defineConfig } from "vitest/config";

// Time limits only end what hangs: a busy machine is no failure, and what is polled may take longer than Vitest's own second.
// unit needs nothing; model needs the starter model and the native build; app needs the built renderer and a browser; long needs all of it
// and patience. Model, app and long tests run one file at a time: they share two cores with the engine.
const patient = { expect: { poll: { timeout: 30_000 } } };
const heavy = { ...patient, fileParallelism: false, maxWorkers: 1, testTimeout: 300_000, hookTimeout: 300_000 };

export default defineConfig({
  test: {
    // What child processes shut themselves in with; a second, once.
    globalSetup: "native/confine.mjs",
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.{ts,tsx}"], testTimeout: 60_000, ...patient } },
      { test: { name: "model", include: ["test/model/**/*.test.ts"], pool: "forks", ...heavy } },
      { test: { name: "app", include: ["test/app/**/*.test.ts"], pool: "forks", ...heavy } },
      { test: { name: "long", include: ["test/long/**/*.test.ts"], pool: "forks", ...heavy, testTimeout: 3_600_000 } },
    ],
  },
});
