import { type ConfigPath, isBelow, parsePath } from "../config-path.ts";
import { isSaid, overlaid } from "./overlay.ts";
import type { SourceFile } from "../reading/source-file.ts";
import { embeddedDefault } from "./default-config.ts";
import { type JsonMap, valueAt } from "../schema/schema-walk.ts";

/** Where a value comes from; of several the last in this order wins (CFG-3). */
export type Origin = "default" | "file" | "overlay" | "environment" | "flag" | "admin";

/** One value laid over the file. */
export interface Setting {
  /** Never inside a list: lists are replaced as a whole. */
  readonly path: readonly string[];
  /** `undefined` takes the key out. */
  readonly value: unknown;
  readonly origin: Exclude<Origin, "default" | "file" | "overlay">;
  /** What errors call it: the variable, the flag or the path. */
  readonly name: string;
}

/** What a configuration is read from. */
export interface SourceFiles {
  /** Null when there is none. */
  readonly file: SourceFile | null;
  /** What the environment lays over it; null when there is none. */
  readonly overlay: SourceFile | null;
}

/** Everything a configuration is made of, not yet validated. */
export interface ConfigSource extends SourceFiles {
  /** What file and overlay say together, variables replaced; empty without them. */
  readonly tree: JsonMap;
  /** Texts in it that named variables, as they were written, by formatted path. */
  readonly written: ReadonlyMap<string, string>;
  /** In the order in which they are laid over the tree. */
  readonly settings: readonly Setting[];
}

/** The names of the files, for people; null when there is none. */
export const namesOf = ({ file, overlay }: SourceFiles): string | null =>
  [file, overlay].flatMap((each) => each?.name ?? []).join(" with ") || null;

/** File and overlay as one. */
export function sourceOf(
  { file, overlay }: SourceFiles,
  settings: readonly Setting[],
): ConfigSource {
  const { tree = {}, written = new Map() } = file ?? {};
  if (overlay === null) return { file, overlay, tree, written, settings };
  return { file, settings, ...overlaid(tree, written, overlay) };
}

/** Where a key stands: with the file that it is in force by, or the nearest key above it. */
export interface ConfigPlace {
  readonly file: string;
  readonly line: number | null;
}

/** Null when there is no file. */
export function placeOf({ file, overlay }: SourceFiles, path: ConfigPath): ConfigPlace | null {
  const within = overlay !== null && isSaid(overlay.tree, path) ? overlay : null;
  for (let length = path.length; within === null && length > 0; length -= 1) {
    const above = path.slice(0, length);
    const found = [file, overlay].find((each) => valueAt(each?.tree, above) !== undefined);
    if (found) return { file: found.name, line: found.lineOf(path) };
  }
  const found = within ?? file ?? overlay;
  return found === null ? null : { file: found.name, line: found.lineOf(path) };
}

const isAbsent = (tree: JsonMap, key: string): boolean => (tree[key] ?? null) === null;

/**
 * File and overlay, completed by the embedded default (CFG-1) where it says nothing: a file without
 * providers and models gets both, one without tenants gets the demo tenant.
 */
export function completedTree({ tree }: ConfigSource): JsonMap {
  const { providers, models, moderations, tenants } = embeddedDefault;
  const hasTraffic = !isAbsent(tree, "providers") || !isAbsent(tree, "models");
  return {
    ...tree,
    ...(hasTraffic ? {} : { providers, models }),
    // It names one of these models.
    ...(hasTraffic || !isAbsent(tree, "moderations") ? {} : { moderations }),
    ...(isAbsent(tree, "tenants") ? { tenants } : {}),
  };
}

/** The setting that decided a path; null when a file or a default did. */
export const settingOf = (source: ConfigSource, path: ConfigPath): Setting | null =>
  source.settings.findLast((setting) => isBelow(path, setting.path)) ?? null;

/** The texts that named variables, as they were written, of what no setting has replaced. */
export const writtenInForce = ({
  written,
  settings,
}: Pick<ConfigSource, "written" | "settings">): ReadonlyMap<string, string> =>
  new Map(
    [...written].filter(([place]) => {
      const path = parsePath(place) ?? [];
      return !settings.some((setting) => isBelow(path, setting.path));
    }),
  );

/** Where the value at `path` comes from. */
export function originOf(source: ConfigSource, path: ConfigPath): Origin {
  const setting = settingOf(source, path);
  if (setting === null) {
    if (valueAt(source.tree, path) === undefined) return "default";
    return source.overlay !== null && isSaid(source.overlay.tree, path) ? "overlay" : "file";
  }
  // A setting replaces what is below it as a whole: what it does not name is the default.
  const own = valueAt(setting.value, path.slice(setting.path.length));
  return own === undefined ? "default" : setting.origin;
}
