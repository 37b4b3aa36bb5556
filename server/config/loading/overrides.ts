import { type ConfigPath, formatPath, parsePath } from "../config-path.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import type { Setting } from "../trees/config-source.ts";
import { plainTreeFaults } from "../reading/plain-tree.ts";
import type { ConfigProblem, Outcome } from "../problem.ts";
import { type LoadedConfig, resolveConfig } from "./resolve-config.ts";
import { changes } from "../run-time.data.ts";
import type { Config } from "../schema.ts";
import { leavesOf, valueAt } from "../schema/schema-walk.ts";
import type { SecretSources } from "./secret-reference.ts";

/** One change made at run time, as it is stored (CFG-3). Paths are as in error messages. */
export type ConfigChange =
  /** Replaces what stands at the path, with all that is below it. */
  | { readonly path: string; readonly value: unknown }
  /** Takes a name out, or gives a key its default back. */
  | { readonly path: string; readonly remove: true };

const maxChanges = 10_000;

/**
 * Lays changes over file, environment and flags, in the order in which they were made, and
 * validates the whole. A set that does not hold changes nothing: the caller goes on with what it
 * has. `stored` is every change there is, not only the newest: those of earlier calls are dropped.
 */
export function applyOverrides(
  base: LoadedConfig,
  stored: readonly ConfigChange[],
  sources: SecretSources,
): Outcome<LoadedConfig> {
  if (stored.length > maxChanges) {
    const sentence = `Cannot apply ${stored.length} changes: the limit is ${maxChanges}`;
    return { ok: false, problems: [{ path: "", file: null, line: null, sentence }] };
  }
  const read = stored.map(readChange);
  const problems = read.flatMap((each) => ("problems" in each ? each.problems : []));
  if (problems.length > 0) return { ok: false, problems };
  const settings = [
    ...base.source.settings.filter(({ origin }) => origin !== "admin"),
    ...read.flatMap((each) => ("setting" in each ? [each.setting] : [])),
  ];
  return resolveConfig({ ...base.source, settings }, sources);
}

type ReadChange = { readonly setting: Setting } | { readonly problems: readonly ConfigProblem[] };

function readChange(change: ConfigChange): ReadChange {
  const refuse = (...sentences: string[]) => ({
    problems: sentences.map((sentence) => ({
      path: change.path,
      file: null,
      line: null,
      sentence,
    })),
  });
  const path = parsePath(change.path);
  if (path === null) return refuse(`${JSON.stringify(change.path.slice(0, 200))} is not a path`);
  const name = formatPath(path);
  if (!isKeys(path)) return refuse(`${name} is inside a list; lists are changed as a whole`);
  const why = whyNotLive(path);
  if (why !== null) return refuse(`${name} ${why}`);
  const value = "remove" in change ? undefined : change.value;
  const faults = plainTreeFaults(pathTree(path, value), []);
  if (faults.length > 0) return refuse(...faults.map(({ sentence }) => sentence));
  return { setting: { path, value, origin: "admin", name } };
}

const isKeys = (path: ConfigPath): path is readonly string[] =>
  path.every((key) => typeof key === "string");

const pathTree = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight<unknown>((below, key) => Object.fromEntries([[key, below]]), value);

function whyNotLive([top = ""]: readonly string[]): string | null {
  const kinds: Readonly<Record<string, string>> = changes;
  if (!Object.hasOwn(kinds, top)) {
    return `is unknown; the nearest key is "${nearest(top, Object.keys(kinds))?.text}"`;
  }
  return kinds[top] === "live" ? null : "cannot change while running; change the file and restart";
}

/** Keys that differ between two configurations and take effect at the next start only. */
export function keysForRestart(running: Config, wanted: Config): string[] {
  const restart = Object.entries(changes).filter(([, kind]) => kind === "restart");
  const names = new Set(restart.map(([name]) => name));
  const paths = [...leavesOf(running), ...leavesOf(wanted)]
    .map(({ path }) => path)
    .filter(([top]) => names.has(String(top)))
    .filter((path) => shown(running, path) !== shown(wanted, path))
    .map(formatPath);
  return [...new Set(paths)];
}

const shown = (config: Config, path: ConfigPath): string | undefined =>
  JSON.stringify(valueAt(config, path));
