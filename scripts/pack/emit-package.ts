import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, relative } from "node:path";

import { filesBelow } from "./files-below.ts";

const declaration = /\.d\.ts$/;

/**
 * Puts the entries and all that they import into `out`, at the same paths: as JavaScript, made by
 * Node's own stripping, so that lines and columns stay those of the sources, and as declarations,
 * made by the compiler, which finds what is imported.
 */
export function emitPackage(root: string, out: string, entries: readonly string[]): void {
  mkdirSync(out, { recursive: true });
  emitDeclarations(root, out, entries);
  for (const path of filesBelow(out)) {
    if (!declaration.test(path)) continue;
    const source = readFileSync(join(root, path.replace(declaration, ".ts")), "utf8");
    // Not a blank of it is taken out: texts of migrations are known by their hashes.
    writeFileSync(join(out, path.replace(declaration, ".js")), stripTypeScriptTypes(source));
  }
}

/** What declares modules of others that have no types of their own: nobody imports it. */
const ambient = (root: string): string[] =>
  packages.flatMap((name) =>
    filesBelow(join(root, name))
      .filter((path) => declaration.test(path))
      .map((path) => `${name}/${path}`),
  );

const packages = ["client", "gateway", "lib", "server", "simulator", "wire"] as const;

function emitDeclarations(root: string, out: string, entries: readonly string[]): void {
  const project = join(out, "tsconfig.json");
  const from = (path: string): string => relative(out, join(root, path));
  const config = {
    extends: from("tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: from("."),
      outDir: ".",
      // By way of node_modules they would be somebody else's, for which nothing is emitted.
      paths: { "@sekisho/*": [`${from(".")}/*`] },
    },
    files: [...entries, ...ambient(root)].map(from),
    include: [],
    exclude: [],
  };
  writeFileSync(project, JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { status, stdout, stderr } = spawnSync(tsc, ["-p", project], { encoding: "utf8" });
  rmSync(project);
  if (status !== 0) throw new Error(`Cannot emit the package:\n${stdout}${stderr}`);
}
