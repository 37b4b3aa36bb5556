import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { type ConfigFlags, type Environment, readFlags } from "./environment.ts";
import { parseConfig } from "./parse-config.ts";
import type { Outcome } from "../problem.ts";
import type { ConfigFile } from "../reading/source-file.ts";
import type { LoadedConfig } from "./resolve-config.ts";

type ReadFile = (path: string) => Uint8Array;

export interface ConfigInputs {
  readonly environment: Environment;
  readonly flags: ConfigFlags;
  /** Throws when the file cannot be read. */
  readonly readFile?: ReadFile;
}

/** Looked for in the current folder when neither flag nor variable names a file. */
const usualFiles = ["sekisho.yaml", "sekisho.yml", "sekisho.json"];

/**
 * Embedded default or file, then the overlay of its environment, then variables, then flags; later
 * wins (OPS-3). Reads the disk synchronously: it runs at the start and at a reload, never beside a
 * request.
 */
export function loadConfig(inputs: ConfigInputs): Outcome<LoadedConfig> {
  const { environment, flags, readFile = readFileSync } = inputs;
  const named = flags.config ?? environment.configFile;
  const found =
    named === null
      ? findOne(usualFiles, readFile, "name one by --config")
      : read(named, readFile, { isNeeded: true });
  if (!found.ok) return found;
  const outcome = parseConfig(found.value, {
    variables: environment.variables,
    readFile,
    settings: [...environment.settings, ...readFlags(flags)],
    findOverlay: (env) =>
      findOne(overlayNames(found.value?.name ?? null, env), readFile, "keep one"),
  });
  if (!outcome.ok) return outcome;
  return { ...outcome, warnings: [...environment.warnings, ...outcome.warnings] };
}

/** Beside the file, the environment before the ending: `sekisho.prod.yaml`, `.yml`, `.json`. */
function overlayNames(file: string | null, env: string): readonly string[] {
  if (file === null) return usualFiles.map((name) => withEnv(name, env, extname(name)));
  const endings = new Set([extname(file), ".yaml", ".yml", ".json"]);
  return [...endings].map((ending) => withEnv(file, env, ending));
}

const withEnv = (file: string, env: string, ending: string): string =>
  `${file.slice(0, file.length - extname(file).length)}.${env}${ending}`;

/** The one of these files that is there, null when none is. */
function findOne(
  names: readonly string[],
  readFile: ReadFile,
  remedy: string,
): Outcome<ConfigFile | null> {
  const found: ConfigFile[] = [];
  for (const name of names) {
    const outcome = read(name, readFile, { isNeeded: false });
    if (!outcome.ok) return outcome;
    if (outcome.value !== null) found.push(outcome.value);
  }
  const all = found.map(({ name }) => name).join(" and ");
  if (found.length > 1) return refuse(null, `Cannot choose between ${all}: ${remedy}`);
  return { ok: true, value: found[0] ?? null, warnings: [] };
}

function read(
  name: string,
  readFile: ReadFile,
  { isNeeded }: { readonly isNeeded: boolean },
): Outcome<ConfigFile | null> {
  try {
    return { ok: true, value: { name, bytes: readFile(name) }, warnings: [] };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    if (isNeeded || code !== "ENOENT") return refuse(name, `Cannot read the file ${name}: ${code}`);
    return { ok: true, value: null, warnings: [] };
  }
}

const refuse = (file: string | null, sentence: string): Outcome<ConfigFile | null> => ({
  ok: false,
  problems: [{ path: "", file, line: null, sentence }],
});
