import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// What Electron runs. Main keeps its files and folders (main/x/y.ts becomes dist/main/x/y.js), since children are started by their place;
// packages stay outside, with their native parts. The sandboxed preload must be one CommonJS file.
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  publicDir: false,
  logLevel: "warn",
  environments: {
    ssr: {
      build: {
        outDir: "dist/main",
        target: "node24",
        minify: false,
        rolldownOptions: {
          input: ["index.ts", "documents/parser.ts", "documents/recogniser.ts", "engine/process.ts", "library/process.ts"].map((entry) =>
            file(`main/${entry}`),
          ),
          external: ["electron"],
          output: { format: "es", preserveModules: true, preserveModulesRoot: file("main"), entryFileNames: "[name].js" },
        },
      },
    },
    client: {
      build: {
        outDir: "dist/preload",
        target: "node24",
        minify: false,
        modulePreload: false,
        rolldownOptions: {
          input: file("preload/index.ts"),
          external: ["electron"],
          output: { format: "cjs", entryFileNames: "index.cjs" },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      await builder.build(builder.environments.ssr!);
      await builder.build(builder.environments.client!);
      await cp(file("resources"), file("dist/resources"), { recursive: true });
      if (process.platform === "linux") await cp(file("native/confine.node"), file("dist/native/confine.node"));
    },
  },
});
