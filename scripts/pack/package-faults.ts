import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";

import { importsOf } from "../../tests/tidy/imports.ts";
import { sourceFile } from "../../tests/tidy/source-file.ts";
import { filesBelow } from "./files-below.ts";

/** What is wrong with a package as it stands in a folder: sentences, none when it is whole. */
export function packageFaults(folder: string): string[] {
  // Written by the run that looks at it.
  const manifest: Readonly<
    Record<"dependencies" | "peerDependencies", Readonly<Record<string, string>>>
  > = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const known = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return filesBelow(folder).flatMap((path) => {
    if (path.startsWith("console/")) return [];
    if (/(?<!\.d)\.[cm]?tsx?$/.test(path)) return [`${path}: TypeScript`];
    return /\.js$|\.d\.ts$/.test(path) ? faultsOf(folder, path, known) : [];
  });
}

function faultsOf(folder: string, path: string, known: readonly string[]): string[] {
  const file = sourceFile(path, readFileSync(join(folder, path), "utf8"));
  return importsOf(file).flatMap(({ line, specifier, target }) => {
    const at = `${path}:${line}: "${specifier}"`;
    if (target === null) return brought(specifier, known) ? [] : [`${at} is no dependency`];
    const wanted = path.endsWith(".d.ts") ? target.replace(/\.js$/, ".d.ts") : target;
    const isOurs = specifier.startsWith(".") && existsSync(join(folder, wanted));
    return isOurs ? [] : [`${at} is not in the package`];
  });
}

const brought = (specifier: string, known: readonly string[]): boolean =>
  isBuiltin(specifier) ||
  known.some((name) => specifier === name || specifier.startsWith(`${name}/`));
