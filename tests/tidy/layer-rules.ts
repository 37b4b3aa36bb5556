import { importsOf, type Import } from "./imports.ts";
import { isTestCode, matchesAny, matches, roomOf, topOf } from "./rooms.ts";
import type { SourceFile } from "./source-file.ts";

/** The tables of layers.ts and outside.ts: an argument, so that tests may have small ones. */
export interface Layers {
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  readonly packages: Readonly<Record<string, readonly string[]>>;
  readonly adapters: Readonly<Record<string, readonly string[]>>;
  readonly outside: Readonly<Record<string, readonly string[]>>;
  readonly testModules: readonly string[];
}

/** Folders that layers.ts does not list, and listed rooms that do not exist. */
export const unlistedRooms = (files: readonly SourceFile[], layers: Layers): string[] => {
  const listed = Object.keys(layers.rooms);
  const used = new Set<string>();
  const findings: string[] = [];
  for (const file of files) {
    const room = roomOf(file.path, listed);
    if (room === null) findings.push(`${file.path}: its folder is not a room of layers.ts`);
    else used.add(room);
  }
  for (const room of listed.filter((name) => !used.has(name))) {
    findings.push(`layers.ts: room "${room}" has no file; remove it or add the folder`);
  }
  return findings;
};

/** May this file import that one? Null when it may, else the reason why not. */
const refusal = (file: SourceFile, target: string, layers: Layers): string | null => {
  const listed = Object.keys(layers.rooms);
  const from = roomOf(file.path, listed);
  const to = roomOf(target, listed);
  if (from === null || to === null || from === to) return null;
  const allowed = isTestCode(file.path)
    ? (layers.packages[topOf(file.path)] ?? ["**"])
    : (layers.rooms[from] ?? []);
  if (!matchesAny(allowed, to)) {
    return `room "${from}" may not import room "${to}"`;
  }
  if (isTestCode(file.path) || layers.packages[topOf(file.path)] === undefined) return null;
  for (const [adapter, users] of Object.entries(layers.adapters)) {
    if (matches(adapter, target) && !matchesAny(users, from)) {
      return `only ${users.join(", ") || "tests"} may name the adapter ${target}`;
    }
  }
  return null;
};

const wrongPath = (file: SourceFile, found: Import, layers: Layers): string | null => {
  const target = found.target ?? "";
  const crosses = topOf(target) !== topOf(file.path);
  if (!crosses && found.specifier.startsWith("@")) return "a relative path inside a package";
  if (crosses && layers.packages[topOf(target)] !== undefined && found.specifier.startsWith(".")) {
    return `"@sekisho/${target}" across packages`;
  }
  const name = target.slice(target.lastIndexOf("/") + 1);
  const isPrivate = name.startsWith("_") && target.slice(0, -name.length - 1) !== file.folder;
  return isPrivate ? `another file: "${name}" is not for other folders` : null;
};

/** Arrows that are not in layers.ts, adapters named elsewhere, paths written the wrong way. */
export const forbiddenArrows = (files: readonly SourceFile[], layers: Layers): string[] => {
  const known = new Set(files.map((file) => file.path));
  const findings: string[] = [];
  for (const file of files) {
    for (const found of importsOf(file)) {
      const at = `${file.path}:${found.line}: import "${found.specifier}"`;
      if (found.target === null) continue;
      if (/\.[jt]sx?$/.test(found.target) && !known.has(found.target)) {
        findings.push(`${at}: there is no such file`);
        continue;
      }
      const reason = refusal(file, found.target, layers);
      if (reason !== null) findings.push(`${at}: ${reason}`);
      const path = wrongPath(file, found, layers);
      if (path !== null) findings.push(`${at}: use ${path}`);
    }
  }
  return findings;
};

const moduleName = (specifier: string): string =>
  specifier.startsWith("@")
    ? specifier.split("/", 2).join("/")
    : (specifier.split("/", 1)[0] ?? "");

/** Modules from outside the clone that a room may not import. */
export const forbiddenModules = (files: readonly SourceFile[], layers: Layers): string[] => {
  const findings: string[] = [];
  for (const file of files) {
    if (layers.packages[topOf(file.path)] === undefined) continue;
    const room = roomOf(file.path, Object.keys(layers.rooms));
    if (room === null) continue;
    for (const { line, specifier, target } of importsOf(file)) {
      if (target !== null) continue;
      const name = moduleName(specifier);
      const isAllowed = isTestCode(file.path)
        ? name.startsWith("node:") || layers.testModules.includes(name)
        : matchesAny(layers.outside[specifier] ?? layers.outside[name] ?? [], room);
      if (!isAllowed) {
        findings.push(`${file.path}:${line}: room "${room}" may not import module "${specifier}"`);
      }
    }
  }
  return findings;
};

/** Files that import each other, types included: one finding per cycle, with its whole path. */
export const importCycles = (files: readonly SourceFile[]): string[] => {
  const edges = new Map(
    files.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]),
  );
  const done = new Set<string>();
  const findings: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) findings.push(`import cycle: ${[...trail.slice(start), path].join(" -> ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return findings;
};
