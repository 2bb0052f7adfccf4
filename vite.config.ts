import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** What pdf.js fetches only when a page needs it: fonts that PDFs may leave out, character maps, and two decoders of pictures. */
function pdfData(): Plugin {
  const wanted = { cmaps: /\.bcmap$/, standard_fonts: /\.(pfb|ttf)$/, wasm: /_nowasm_fallback\.js$/ };
  const source = join(import.meta.dirname, "node_modules", "pdfjs-dist");
  return {
    name: "pdf-data",
    generateBundle() {
      for (const [folder, pattern] of Object.entries(wanted)) {
        for (const name of readdirSync(join(source, folder))) {
          const isLicence = name.startsWith("LICENSE");
          if (!pattern.test(name) && !isLicence) continue;
          const fileName = `pdf/${folder}/${name}${isLicence ? ".txt" : ""}`;
          this.emitFile({ type: "asset", fileName, source: readFileSync(join(source, folder, name)) });
        }
      }
    },
  };
}

/** KaTeX offers its typefaces in three formats; the browsers that show Folio take the first. */
function firstFormatOfFonts(): Plugin {
  return {
    name: "first-format-of-fonts",
    enforce: "pre",
    transform(code, id) {
      if (id.endsWith("katex.min.css")) return code.replace(/,url\([^)]*\) format\("(?:woff|truetype)"\)/g, "");
    },
  };
}

// The renderer: built once into dist/renderer and served by whichever host runs (app:// in Electron, 127.0.0.1 in the browser host).
export default defineConfig({
  root: "renderer",
  base: "./",
  plugins: [react(), pdfData(), firstFormatOfFonts()],
  // What it has for browsers decodes "&amp;" by innerHTML, which the window's policy does not allow.
  resolve: {
    alias: { "decode-named-character-reference": join(import.meta.dirname, "node_modules/decode-named-character-reference/index.js") },
  },
  build: {
    outDir: "../dist/renderer",
    emptyOutDir: true,
    target: "chrome140",
    chunkSizeWarningLimit: 2000,
    // Of the packages in it, with their texts; packed with all others by scripts/licences.ts.
    license: { fileName: "licences.md" },
  },
});
