import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { mask, type Masked } from "./mask.ts";

/** The top folder of the clone. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** One source file, as the rules see it. */
export interface SourceFile extends Masked {
  /** From the clone's top folder, with "/". */
  readonly path: string;
  /** `path` without the file name; "" at the top. */
  readonly folder: string;
  readonly lines: readonly string[];
}

const skippedFolders = new Set([
  "node_modules",
  ".git",
  ".cache",
  "data",
  "dist",
  "dist-packages",
  "fixtures",
]);

/** Every file below `folder` of the clone, fixtures and what is not ours left out. */
export const listFiles = (folder: string = ""): string[] => {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) found.push(...listFiles(path));
    if (entry.isFile()) found.push(path);
  }
  return found.sort();
};

/** A source file made of its path and text; the rules' own tests make theirs out of strings. */
export const sourceFile = (path: string, text: string): SourceFile => ({
  path,
  folder: dirname(path) === "." ? "" : dirname(path),
  lines: text.split("\n"),
  ...mask(text, path.endsWith("x")),
});

/** Every TypeScript and JavaScript file of the clone. */
export const readSources = (): SourceFile[] =>
  listFiles()
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
    .map((path) => sourceFile(path, readFileSync(join(root, path), "utf8")));
