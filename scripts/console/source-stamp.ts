import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the pages are made of beside their own folder, from the clone's top. */
const alsoRead = ["lib/failure", "lib/telemetry", "wire/admin", "scripts/console"];

const skipped: ReadonlySet<string> = new Set(["dist", "node_modules"]);

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith(".test.ts") ? [] : [path];
  });

/**
 * A hash of every source of the pages. Times of files say nothing: git sets them when it checks
 * out.
 */
export function sourceStamp(root: string): string {
  const files = ["console", ...alsoRead].flatMap((folder) => filesBelow(join(root, folder)));
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    hash.update(`${file.slice(root.length)}\n`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** The stamp that a build was made with; null when nothing is built. */
export function builtStamp(builtFolder: string): string | null {
  try {
    // Written by `buildConsole`, in this shape.
    const text = readFileSync(join(builtFolder, "pages.json"), "utf8");
    return (JSON.parse(text) as { readonly stamp: string }).stamp;
  } catch {
    return null;
  }
}
