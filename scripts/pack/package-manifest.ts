import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What of a package.json is read here. */
interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly exports?: Readonly<Record<string, string>>;
}

/** What the package's root is loaded by. */
export const entryFile = "entry.cjs";

/** The parts of the workspace that run in the program. */
const parts = ["wire", "lib", "gateway", "simulator", "server"];

const read = (root: string, folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

/** By the name that users import: what a clone answers with, without an ending. */
export const doorsOf = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(read(root, "").exports ?? {}).map(([name, path]) => [
      name,
      path.replace(/^\.\//, "").replace(/\.ts$/, ""),
    ]),
  );

/** The package.json of the tarball: it exports what the clone does. */
export function packageManifest(root: string) {
  const { version, description, license, engines } = read(root, "");
  const named = parts.flatMap((part) => Object.entries(read(root, part).dependencies ?? {}));
  const outside = named.filter(([name]) => !name.startsWith("@sekisho/"));
  const { peerDependencies, peerDependenciesMeta } = read(root, "client");
  const doors = Object.entries(doorsOf(root)).map(([name, door]) => [
    name,
    { types: `./${door}.d.ts`, default: name === "." ? `./${entryFile}` : `./${door}.js` },
  ]);
  const sorted = outside.sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    name: "sekisho",
    version,
    description,
    license,
    type: "module",
    engines,
    bin: { sekisho: "server/bin.js" },
    exports: { ...Object.fromEntries(doors), "./package.json": "./package.json" },
    dependencies: Object.fromEntries(sorted),
    peerDependencies,
    peerDependenciesMeta,
  };
}
