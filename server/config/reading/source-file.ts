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
}

/** Bytes (YAML or JSON) → variables replaced, or every fault of it. */
export function readSourceFile(file: ConfigFile, variables: Variables): Outcome<SourceFile> {
  const { name } = file;
  const document = readDocument(file.bytes);
  if (!document.ok) {
    return { ok: false, problems: document.problems.map((each) => ({ ...each, file: name })) };
  }
  const { tree, lineOf } = document.value;
  const { tree: replaced, written, faults } = substitute(tree, variables);
  if (faults.length > 0) {
    const problems = faults.map(({ path, message }): ConfigProblem => {
      const where = formatPath(path);
      const shown = JSON.stringify(written.get(where) ?? "");
      const sentence = `${where}: ${shown} ${message}`;
      return { path: where, file: name, line: lineOf(path), sentence };
    });
    return { ok: false, problems };
  }
  return { ok: true, value: { name, tree: replaced, written, lineOf }, warnings: [] };
}
