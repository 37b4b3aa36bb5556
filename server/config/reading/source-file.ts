import { type ConfigPath, formatPath } from "../config-path.ts";
import type { ConfigProblem, Outcome } from "../problem.ts";
import type { JsonMap } from "../schema/schema-walk.ts";
import { readDocument } from "./document.ts";
import { substitute, type Variables } from "./substitute.ts";

export interface ConfigFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a file says, variables replaced. */
export interface SourceFile {
  readonly name: string;
  readonly tree: JsonMap;
  /** Texts that named variables, as they were written, by formatted path. */
  readonly written: ReadonlyMap<string, string>;
  readonly lineOf: (path: ConfigPath) => number | null;
  /** What is wrong with single values of it; they are in the tree all the same. */
  readonly faults: readonly SourceFault[];
}

/** Where it stands, and how that is said. */
export interface SourceFault {
  readonly path: ConfigPath;
  readonly problem: ConfigProblem;
}

/**
 * Bytes (YAML or JSON) → variables replaced. What cannot be read at all is refused; texts that name
 * variables without a value are faults of the file.
 */
export function readSourceFile(file: ConfigFile, variables: Variables): Outcome<SourceFile> {
  const { name } = file;
  const document = readDocument(file.bytes);
  if (!document.ok) {
    return { ok: false, problems: document.problems.map((each) => ({ ...each, file: name })) };
  }
  const { tree, lineOf } = document.value;
  const { tree: replaced, written, faults: found } = substitute(tree, variables);
  const faults = found.map(({ path, message }): SourceFault => {
    const where = formatPath(path);
    const shown = JSON.stringify(written.get(where) ?? "");
    const sentence = `${where}: ${shown} ${message}`;
    return { path, problem: { path: where, file: name, line: lineOf(path), sentence } };
  });
  return { ok: true, value: { name, tree: replaced, written, lineOf, faults }, warnings: [] };
}
