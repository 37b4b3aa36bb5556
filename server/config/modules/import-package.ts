import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs an installed package and returns what it exports: the one that is found from the current
 * folder, else the one beside this program. It runs once, whatever becomes of its files.
 */
export async function importPackage(name: string): Promise<unknown> {
  const here = createRequire(resolve("package.json"));
  let file: string;
  try {
    file = here.resolve(name);
  } catch (error) {
    // Installed, but for `import` alone: that is looked for beside this program.
    return await importBeside(name, error);
  }
  return await import(pathToFileURL(file).href);
}

async function importBeside(name: string, notHere: unknown): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    throw code === "ERR_MODULE_NOT_FOUND" ? notHere : error;
  }
}
