import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { ensureConsole } from "./console/ensure-console.ts";
import { packageEntry } from "./pack/package-entry.ts";
import { packageFaults } from "./pack/package-faults.ts";
import { doorsOf, entryFile, packageManifest } from "./pack/package-manifest.ts";
import { keptDeclarations } from "./pack/kept-declarations.ts";
import { emitPackage } from "./pack/emit-package.ts";
import { filesBelow } from "./pack/files-below.ts";
import { rewriteSpecifiers } from "./pack/rewrite-specifiers.ts";

/**
 * `node scripts/pack.ts [--out dist-packages] [--json]`: the package `sekisho` as one tarball of
 * JavaScript, which Node needs inside of node_modules. Two runs on the same clone give the same
 * bytes.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const doors = doorsOf(root);

/** What is run, or read by name, where no import leads. */
const entries = [
  ...Object.values(doors).map((door) => `${door}.ts`),
  "server/cli/sekisho.ts",
  "lib/storage/writer-thread/sqlite-writer-thread.ts",
];
const scripts = ["server/bin.js", "lib/storage/writer-thread/sqlite-writer-boot.js"];
const papers = ["README.md", "CHANGELOG.md", "LICENSE", "NOTICE"];

/** What `npm pack --json` says of a tarball. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
  readonly integrity: string;
}

const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "dist-packages") },
    json: { type: "boolean", default: false },
  },
});

const say = (text: string): void => {
  if (!values.json) console.log(text);
};

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(0)} kB`;

async function buildPages(folder: string): Promise<void> {
  const ensured = await ensureConsole(root, () => {});
  if (ensured.kind === "failed") throw new Error(`Cannot build the console: ${ensured.why}`);
  cpSync(join(root, "console/dist"), join(folder, "console/dist"), { recursive: true });
}

function stage(folder: string): void {
  emitPackage(root, folder, entries);
  for (const path of scripts) cpSync(join(root, path), join(folder, path));
  for (const path of filesBelow(folder)) {
    if (!/\.js$|\.d\.ts$/.test(path)) continue;
    const file = join(folder, path);
    writeFileSync(file, rewriteSpecifiers(path, readFileSync(file, "utf8")));
  }
  const kept = keptDeclarations(
    folder,
    Object.values(doors).map((door) => `${door}.d.ts`),
  );
  for (const path of filesBelow(folder)) {
    if (path.endsWith(".d.ts") && !kept.has(path)) rmSync(join(folder, path));
  }
}

function writeManifests(folder: string): void {
  const manifest = packageManifest(root);
  writeFileSync(join(folder, entryFile), packageEntry(`./${doors["."]}.js`));
  const write = (path: string, json: object): void =>
    writeFileSync(join(folder, path), `${JSON.stringify(json, null, 2)}\n`);
  write("package.json", manifest);
  // The command reads its version there.
  write("server/package.json", { version: manifest.version, type: "module" });
  for (const paper of papers) cpSync(join(root, paper), join(folder, paper));
}

function packed(folder: string, out: string): Packed {
  mkdirSync(out, { recursive: true });
  const args = ["pack", folder, "--pack-destination", out, "--json", "--ignore-scripts"];
  const { status, stdout, stderr, error } = spawnSync("npm", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr || String(error)}`);
  // npm's own words, in this shape up to version 11; later ones key them by the package's name.
  const said = JSON.parse(stdout) as Packed[] | Readonly<Record<string, Packed>>;
  const [first] = Object.values(said);
  if (first === undefined) throw new Error("npm pack made no tarball");
  return first;
}

async function main(): Promise<void> {
  const out = resolve(values.out);
  // Beside the cache of the console: a run of its own for whoever packs at the same time.
  const folder = join(root, "node_modules/.cache", `pack-${process.pid}`);
  try {
    say("Building the console …");
    await buildPages(folder);
    say("Emitting JavaScript and types …");
    stage(folder);
    writeManifests(folder);
    const faults = packageFaults(folder);
    if (faults.length > 0) throw new Error(`The package is not whole:\n  ${faults.join("\n  ")}`);
    const { filename, size, unpackedSize, entryCount, integrity } = packed(folder, out);
    const file = join(out, filename);
    if (values.json) {
      const facts = { file, bytes: size, unpackedBytes: unpackedSize, files: entryCount };
      console.log(JSON.stringify({ ...facts, integrity }));
      return;
    }
    say(`${file}\n  ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`);
    say(`  ${entryCount} files, ${integrity}\n  npm install ${file}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
