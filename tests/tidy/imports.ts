import { posix } from "node:path";

import { lineAt } from "./mask.ts";
import type { SourceFile } from "./source-file.ts";

/** One import, type import, re-export, dynamic import or worker URL. */
export interface Import {
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** The file of the clone it means, or null for a module from outside. */
  readonly target: string | null;
}

// Strings are blank in masked code: the quotes stand, and the words are read from the text.
const forms = [
  /\bfrom\s*(["']) *\1/g,
  /\bimport\s*(["']) *\1/g,
  /\bimport\s*\(\s*(["']) *\1/g,
  /\bnew URL\(\s*(["']) *\1,\s*import\.meta\.url/g,
];

const workspace = "@sekisho/";

const resolve = (file: SourceFile, specifier: string, isUrl: boolean): string | null => {
  if (specifier.startsWith(workspace)) return specifier.slice(workspace.length);
  const isRelative = isUrl || specifier.startsWith(".");
  return isRelative ? posix.normalize(posix.join(file.folder, specifier)) : null;
};

/** Every module that a file names, in the order of their lines. */
export const importsOf = (file: SourceFile): Import[] => {
  const found: Import[] = [];
  for (const form of forms) {
    for (const match of file.code.matchAll(form)) {
      const open = match.index + match[0].search(/["']/);
      const quote = file.code[open] ?? "";
      const specifier = file.text.slice(open + 1, file.code.indexOf(quote, open + 1));
      const line = lineAt(file.text, open);
      found.push({ line, specifier, target: resolve(file, specifier, match[0].startsWith("new")) });
    }
  }
  return found.sort((a, b) => a.line - b.line);
};
