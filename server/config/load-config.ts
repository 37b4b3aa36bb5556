import { readFileSync } from "node:fs";
import { type ConfigFlags, type Environment, readFlags } from "./environment.ts";
import { type ConfigFile, defaultConfig, parseConfig } from "./parse-config.ts";
import type { Outcome } from "./problem.ts";
import type { LoadedConfig } from "./resolve-config.ts";

export interface ConfigInputs {
  readonly environment: Environment;
  readonly flags: ConfigFlags;
  /** Throws when the file cannot be read. */
  readonly readFile?: (path: string) => Uint8Array;
}

/** Looked for in the current folder when neither flag nor variable names a file. */
const usualFiles = ["sekisho.yaml", "sekisho.json"];

/**
 * Embedded default or file, then environment, then flags; later wins (OPS-3). Reads the disk
 * synchronously: it runs at the start and at a reload, never beside a request.
 */
export function loadConfig(inputs: ConfigInputs): Outcome<LoadedConfig> {
  const { environment, flags, readFile = readFileSync } = inputs;
  const options = {
    variables: environment.variables,
    readFile,
    settings: [...environment.settings, ...readFlags(flags)],
  };
  const found = findFile(flags.config ?? environment.configFile, readFile);
  if (!found.ok) return found;
  const file = found.value;
  const outcome = file === null ? defaultConfig(options) : parseConfig(file, options);
  if (!outcome.ok) return outcome;
  return { ...outcome, warnings: [...environment.warnings, ...outcome.warnings] };
}

/** The file that is named, else a usual one, else null. */
function findFile(
  named: string | null,
  readFile: (path: string) => Uint8Array,
): Outcome<ConfigFile | null> {
  const found: ConfigFile[] = [];
  for (const name of named === null ? usualFiles : [named]) {
    try {
      found.push({ name, bytes: readFile(name) });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      const isMissed = named !== null || code !== "ENOENT";
      if (isMissed) return refuse(`Cannot read the file ${name}: ${code}`);
    }
  }
  const names = found.map(({ name }) => name).join(" and ");
  if (found.length > 1) return refuse(`Cannot choose between ${names}: name one by --config`);
  return { ok: true, value: found[0] ?? null, warnings: [] };
}

const refuse = (sentence: string): Outcome<ConfigFile | null> => ({
  ok: false,
  problems: [{ path: "", line: null, sentence }],
});
