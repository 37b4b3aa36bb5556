/** A file or folder against a pattern: `*` is one segment, `x/**` is x and everything below it. */
export const matches = (pattern: string, path: string): boolean => {
  if (pattern === "**") return true;
  if (!pattern.includes("*")) return pattern === path;
  const expression = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("/**", "(?:/.+)?")
    .replaceAll(/(?<!\.)\*/g, "[^/]*");
  return new RegExp(`^${expression}$`).test(path);
};

export const matchesAny = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => matches(pattern, path));

/** The room of a file: its own, its folder's, or the nearest one above that spans subfolders. */
export const roomOf = (path: string, rooms: readonly string[]): string | null => {
  if (rooms.includes(path)) return path;
  let folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  if (rooms.includes(folder)) return folder;
  for (;;) {
    if (rooms.includes(`${folder}/**`)) return `${folder}/**`;
    const slash = folder.lastIndexOf("/");
    if (slash < 0) return null;
    folder = folder.slice(0, slash);
  }
};

/** Tests beside their subject, the conformance suites that they run, and what they share. */
export const isTestCode = (path: string): boolean =>
  /\.test\.ts$|(?:^|[-/])(?:conformance|fixture|harness)\.ts$|\/testing\//.test(path);

/** The first segment of a path: the package, or one of tests, bench and scripts. */
export const topOf = (path: string): string => path.split("/", 1)[0] ?? "";

const outsidePackages = new Set([
  "tests",
  "bench",
  "scripts",
  "examples",
  "layers.ts",
  "outside.ts",
]);

/** Code of a package, its tests included. */
export const isOfPackage = (path: string): boolean => !outsidePackages.has(topOf(path));

/** Code that ships: of a package, and not a test. */
export const isProduct = (path: string): boolean => isOfPackage(path) && !isTestCode(path);
