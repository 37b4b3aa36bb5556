import { posix } from "node:path";

const workspace = "@sekisho/";

/** `from "x"`, `import "x"`, `import("x")` with a module of ours: what stands before x, and x. */
const ours = new RegExp(
  String.raw`(?<head>\b(?:from|import)\s*\(?\s*)(?<quote>["'])` +
    String.raw`(?<specifier>(?:\.{1,2}/|@sekisho/)[^"'\n]+)\k<quote>`,
  "g",
);

/**
 * Names modules as a package must: TypeScript files by what they were emitted to, and those of
 * other packages of the workspace by their place, since all of them are in one tarball.
 */
export const rewriteSpecifiers = (path: string, text: string): string =>
  text.replaceAll(ours, (...match) => {
    // With named groups, the last argument holds them.
    const { head, quote, specifier } = match.at(-1) as Readonly<Record<string, string>>;
    return `${head}${quote}${emitted(placed(path, specifier ?? ""))}${quote}`;
  });

function placed(path: string, specifier: string): string {
  if (!specifier.startsWith(workspace)) return specifier;
  const found = posix.relative(posix.dirname(path), specifier.slice(workspace.length));
  return found.startsWith(".") ? found : `./${found}`;
}

const emitted = (specifier: string): string => specifier.replace(/(?<!\.d)\.tsx?$/, ".js");
