import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What of a package.json is read here. */
interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The parts of the workspace that run in the program. */
const parts = ["wire", "lib", "gateway", "simulator", "server"];

const read = (root: string, folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));

/** The package.json of the tarball; `door` is its entry, without an ending. */
export function packageManifest(root: string, door: string) {
  const { version, description, license, engines } = read(root, "");
  const named = parts.flatMap((part) => Object.entries(read(root, part).dependencies ?? {}));
  const outside = named.filter(([name]) => !name.startsWith("@sekisho/"));
  const sorted = outside.sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    name: "sekisho",
    version,
    description,
    license,
    type: "module",
    engines,
    bin: { sekisho: "server/bin.js" },
    exports: {
      ".": { types: `./${door}.d.ts`, default: "./entry.cjs" },
      "./package.json": "./package.json",
    },
    dependencies: Object.fromEntries(sorted),
  };
}
