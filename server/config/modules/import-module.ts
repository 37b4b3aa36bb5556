import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs the module at this path, relative to the current folder, and returns what it exports. One
 * that was changed since is run again: a process remembers modules under their URLs. What it
 * imports itself is not.
 */
export async function importModule(path: string): Promise<unknown> {
  const file = resolve(path);
  const { mtimeMs, size } = await stat(file);
  const url = pathToFileURL(file);
  url.search = `${mtimeMs}-${size}`;
  return await import(url.href);
}
