import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { InlineConfig } from "vite";

/** The top folder of the clone. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export const sourceFolder = join(root, "console");
export const builtFolder = join(sourceFolder, "dist");

/** How the console is built, and served while it is worked on. */
export const viteConfig: InlineConfig = {
  configFile: false,
  root: sourceFolder,
  base: "/console/",
  cacheDir: join(root, "node_modules", ".cache", "vite"),
  plugins: [react(), tailwind()],
  build: {
    outDir: builtFolder,
    emptyOutDir: true,
    target: "es2024",
    // The policy of the pages allows no inline data for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
};
