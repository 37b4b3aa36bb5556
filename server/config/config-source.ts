import { type ConfigPath, isBelow } from "./config-path.ts";
import { embeddedDefault } from "./default-config.ts";
import { type JsonMap, valueAt } from "./schema/schema-walk.ts";

/** Where a value comes from; of several the last in this order wins (CFG-3). */
export type Origin = "default" | "file" | "environment" | "flag" | "admin";

/** One value laid over the file. */
export interface Setting {
  /** Never inside a list: lists are replaced as a whole. */
  readonly path: readonly string[];
  /** `undefined` takes the key out. */
  readonly value: unknown;
  readonly origin: Exclude<Origin, "default" | "file">;
  /** What errors call it: the variable, the flag or the path. */
  readonly name: string;
}

/** Everything a configuration is made of, not yet validated. */
export interface ConfigSource {
  /** The file's name; null when there is none. */
  readonly file: string | null;
  /** What the file says, variables replaced; empty without a file. */
  readonly tree: JsonMap;
  /** Texts of the file that named variables, as they were written, by formatted path. */
  readonly written: ReadonlyMap<string, string>;
  readonly lineOf: (path: ConfigPath) => number | null;
  /** In the order in which they are laid over the file. */
  readonly settings: readonly Setting[];
}

const isAbsent = (tree: JsonMap, key: string): boolean => (tree[key] ?? null) === null;

/**
 * The file, completed by the embedded default (CFG-1) where it says nothing: a file without
 * providers and models gets both, one without tenants gets the demo tenant.
 */
export function completedTree({ tree }: ConfigSource): JsonMap {
  const { providers, models, tenants } = embeddedDefault;
  const hasTraffic = !isAbsent(tree, "providers") || !isAbsent(tree, "models");
  return {
    ...tree,
    ...(hasTraffic ? {} : { providers, models }),
    ...(isAbsent(tree, "tenants") ? { tenants } : {}),
  };
}

/** The setting that decided a path; null when the file or a default did. */
export const settingOf = (source: ConfigSource, path: ConfigPath): Setting | null =>
  source.settings.findLast((setting) => isBelow(path, setting.path)) ?? null;

/** Where the value at `path` comes from. */
export function originOf(source: ConfigSource, path: ConfigPath): Origin {
  const setting = settingOf(source, path);
  if (setting === null) return valueAt(source.tree, path) === undefined ? "default" : "file";
  // A setting replaces what is below it as a whole: what it does not name is the default.
  const own = valueAt(setting.value, path.slice(setting.path.length));
  return own === undefined ? "default" : setting.origin;
}
