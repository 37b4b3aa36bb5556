import { type Setting, type SourceFiles, sourceOf } from "../trees/config-source.ts";
import { overlayFaults } from "../trees/overlay.ts";
import type { Outcome } from "../problem.ts";
import { type ConfigFile, readSourceFile, type SourceFile } from "../reading/source-file.ts";
import { type LoadedConfig, resolveConfig } from "./resolve-config.ts";
import { env as environments } from "../schema/server.ts";
import type { SecretSources } from "./secret-reference.ts";

/** What the file is laid over with, and where its secrets come from. */
export interface ParseOptions extends SecretSources {
  readonly settings: readonly Setting[];
  /** The overlay of an environment; null when there is none, as without this. */
  readonly findOverlay?: (env: string) => Outcome<ConfigFile | null>;
}

const none: Outcome<null> = { ok: true, value: null, warnings: [] };

/**
 * Bytes (YAML or JSON) → variables replaced → the environment's overlay laid over → validated →
 * secrets read, or every fault of it. Without a file: the embedded default.
 */
export function parseConfig(file: ConfigFile | null, options: ParseOptions): Outcome<LoadedConfig> {
  const { settings } = options;
  const read = file === null ? none : readSourceFile(file, options.variables);
  if (!read.ok) return read;
  const overlay = overlayOf(read.value, options);
  if (!overlay.ok) return overlay;
  return resolveConfig(sourceOf({ file: read.value, overlay: overlay.value }, settings), options);
}

/** The overlay of the environment that settings or the file name. */
function overlayOf(
  file: SourceFiles["file"],
  { settings, variables, findOverlay }: ParseOptions,
): Outcome<SourceFile | null> {
  const set = settings.findLast(({ path }) => path[0] === "env")?.value;
  const isUnknown = file?.faults.some(({ path }) => path[0] === "env") === true;
  if (isUnknown && set === undefined) return none;
  const env = environments.safeParse(set ?? file?.tree["env"] ?? undefined);
  // Another environment than there are is a fault of the file, and told as such.
  if (findOverlay === undefined || !env.success) return none;
  const found = findOverlay(env.data);
  if (!found.ok || found.value === null) return found.ok ? none : found;
  const read = readSourceFile(found.value, variables);
  if (!read.ok) return read;
  const { name, lineOf } = read.value;
  const faults = overlayFaults(read.value).map(({ path, sentence }) => ({
    path,
    problem: { path: path.join("."), file: name, line: lineOf(path), sentence },
  }));
  return { ...read, value: { ...read.value, faults: [...read.value.faults, ...faults] } };
}
