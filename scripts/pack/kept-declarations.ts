import { readFileSync } from "node:fs";
import { join } from "node:path";

import { importsOf } from "../../tests/tidy/imports.ts";
import { sourceFile } from "../../tests/tidy/source-file.ts";

/** The types that the doors show, and those that they are made of: nobody can name others. */
export function keptDeclarations(folder: string, doors: readonly string[]): Set<string> {
  const kept = new Set<string>();
  const open = [...doors];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (kept.has(path)) continue;
    kept.add(path);
    const file = sourceFile(path, readFileSync(join(folder, path), "utf8"));
    for (const { target } of importsOf(file)) {
      if (target !== null) open.push(target.replace(/\.js$/, ".d.ts"));
    }
  }
  return kept;
}
