import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./source-file.ts";

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const readLocked = (): [path: string, locked: LockedPackage][] => {
  const text = readFileSync(join(root, "package-lock.json"), "utf8");
  const lockfile: { readonly packages: Record<string, LockedPackage> } = JSON.parse(text);
  return Object.entries(lockfile.packages);
};

/** One line of a package.json that names another package. */
export interface Dependency {
  readonly from: string;
  readonly name: string;
  readonly version: string;
  readonly isRuntime: boolean;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

/** What the workspace and its packages depend on, our own packages left out. */
export const readDependencies = (): Dependency[] => {
  const folders = ["", ...(readManifest("").workspaces ?? [])];
  return folders.flatMap((folder) => {
    const manifest = readManifest(folder);
    const rows = (names: Manifest["dependencies"], isRuntime: boolean): Dependency[] =>
      Object.entries(names ?? {})
        .filter(([name]) => !name.startsWith("@sekisho/"))
        .map(([name, version]) => ({
          from: `${folder || "."}/package.json`,
          name,
          version,
          isRuntime,
        }));
    return [
      ...rows(manifest.dependencies, true),
      ...rows(manifest.devDependencies, false),
      ...rows(manifest.optionalDependencies, false),
    ];
  });
};

/** Installed packages that would run code of theirs at `npm ci`. */
export const packagesWithInstallScript = (): string[] =>
  readLocked().flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [path] : []));

/**
 * Packages for some platform that the lockfile leaves out, because the registry had none when it
 * was written. `npm ci` refuses such a lockfile, on every platform.
 */
export const unlockedPlatforms = (): string[] => {
  const locked = readLocked();
  const names = new Set(locked.map(([path]) => path.split("node_modules/").at(-1)));
  return locked.flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !names.has(name))
      .map((name) => `package-lock.json: ${path || "."} wants ${name}, which is not locked`),
  );
};
