import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { lineAt } from "./mask.ts";
import { root, type SourceFile } from "./source-file.ts";

/** One Markdown file. */
export interface Doc {
  readonly path: string;
  readonly text: string;
}

export const readDoc = (path: string): Doc => ({
  path,
  text: readFileSync(join(root, path), "utf8"),
});

/** The rules that docs/spec states, each id with the place where it stands. */
export const statedRules = (specs: readonly Doc[]): Map<string, string> => {
  const stated = new Map<string, string>();
  for (const { path, text } of specs) {
    for (const match of text.matchAll(/^- \*\*(?<id>[A-Z]{3}-\d+)\*\*/gm)) {
      stated.set(match.groups?.["id"] ?? "", `${path}:${lineAt(text, match.index)}`);
    }
  }
  return stated;
};

/** Rules that are stated twice. */
export const doubledRules = (specs: readonly Doc[]): string[] => {
  const findings: string[] = [];
  const seen = new Map<string, string>();
  for (const spec of specs) {
    for (const [id, place] of statedRules([spec])) {
      const first = seen.get(id);
      if (first !== undefined) findings.push(`${place}: ${id} is stated in ${first} already`);
      seen.set(id, place);
    }
  }
  return findings;
};

/** Rule ids quoted by sources, test names above all, that docs/spec does not state. */
export const unstatedRules = (
  files: readonly SourceFile[],
  stated: ReadonlySet<string>,
): string[] => {
  const prefixes = new Set([...stated].map((id) => id.slice(0, 3)));
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/\b[A-Z]{3}-\d+\b/g)]
      .filter(([id]) => prefixes.has(id.slice(0, 3)) && !stated.has(id))
      .map((match) => `${path}:${lineAt(text, match.index)}: docs/spec states no ${match[0]}`),
  );
};

const tops = "wire|lib|gateway|server|simulator|console|tests|bench|scripts|docs";

/** Files and folders in backticks that do not exist. */
export const missingPaths = (docs: readonly Doc[]): string[] =>
  docs.flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(`\`(?<name>(?:${tops})/[\\w./\\[\\]-]*)\``, "g"))]
      .filter((match) => !existsSync(join(root, match.groups?.["name"] ?? "")))
      .map((match) => `${path}:${lineAt(text, match.index)}: ${match[0]} does not exist`),
  );
