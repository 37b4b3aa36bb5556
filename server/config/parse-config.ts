import { formatPath } from "./config-path.ts";
import type { ConfigSource, Setting } from "./config-source.ts";
import { readDocument } from "./reading/document.ts";
import type { ConfigProblem, Outcome } from "./problem.ts";
import { type LoadedConfig, resolveConfig } from "./resolve-config.ts";
import type { SecretSources } from "./secret-reference.ts";
import { substitute } from "./reading/substitute.ts";

export interface ConfigFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the file is laid over with, and where its secrets come from. */
export interface ParseOptions extends SecretSources {
  readonly settings: readonly Setting[];
}

/** Bytes (YAML or JSON) → variables replaced → validated → secrets read, or every fault of it. */
export function parseConfig(file: ConfigFile, options: ParseOptions): Outcome<LoadedConfig> {
  const source = readSource(file, options);
  return source.ok ? resolveConfig(source.value, options) : source;
}

/** The same without a file: the embedded default. */
export const defaultConfig = (options: ParseOptions): Outcome<LoadedConfig> =>
  resolveConfig(
    { file: null, tree: {}, written: new Map(), lineOf: () => null, settings: options.settings },
    options,
  );

function readSource(
  { name, bytes }: ConfigFile,
  { variables, settings }: ParseOptions,
): Outcome<ConfigSource> {
  const document = readDocument(bytes);
  if (!document.ok) return document;
  const { tree, lineOf } = document.value;
  const { tree: replaced, written, faults } = substitute(tree, variables);
  if (faults.length > 0) {
    const problems = faults.map(({ path, message }): ConfigProblem => {
      const where = formatPath(path);
      const shown = JSON.stringify(written.get(where) ?? "");
      return { path: where, line: lineOf(path), sentence: `${where}: ${shown} ${message}` };
    });
    return { ok: false, problems };
  }
  const source = { file: name, tree: replaced, written, lineOf, settings };
  return { ok: true, value: source, warnings: [] };
}
