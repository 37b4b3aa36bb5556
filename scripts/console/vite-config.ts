import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { InlineConfig } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const sourceFolder = join(root, "console");

/** What is made on the way; npm takes it away with the packages. */
export const cacheFolder = join(root, "node_modules", ".cache");

/** How the console is built, and served while it is worked on. */
export const viteConfig: InlineConfig = {
  configFile: false,
  root: sourceFolder,
  base: "/console/",
  cacheDir: join(cacheFolder, "vite"),
  plugins: [react(), tailwind()],
  build: {
    emptyOutDir: true,
    target: "es2024",
    // The policy of the pages allows no inline data for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
};
