import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The renderer: built once into dist/renderer and served by whichever host runs (app:// in Electron, 127.0.0.1 in the browser host).
export default defineConfig({
  root: "renderer",
  base: "./",
  plugins: [react()],
  build: { outDir: "../dist/renderer", emptyOutDir: true, target: "chrome140", chunkSizeWarningLimit: 2000 },
});
