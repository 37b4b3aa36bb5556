import { z } from "zod";
import { type ConfigPath, parsePath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { SourceFile } from "../reading/source-file.ts";
import { configSchema } from "../schema.ts";
import {
  isMap,
  type JsonMap,
  type Leaf,
  mapLeaves,
  schemaAt,
  valueAt,
} from "../schema/schema-walk.ts";

/** A file with the overlay of an environment over it. */
export interface Overlaid {
  readonly tree: JsonMap;
  readonly written: ReadonlyMap<string, string>;
  /** The overlay without what counts as absent: whatever is in its tree is in force. */
  readonly overlay: SourceFile;
}

/**
 * Maps are merged key by key; a list, a text, a number takes the place of what the file says. An
 * empty value counts as absent, as in the file, unless the key can be `null`.
 */
export function overlaid(
  base: JsonMap,
  written: SourceFile["written"],
  overlay: SourceFile,
): Overlaid {
  const said = merged(
    base,
    withoutEmpty(overlay.tree, () => false),
  );
  const kept = withoutEmpty(overlay.tree, ({ path }) => {
    const schema = schemaAt(configSchema, said, path);
    // A key that nobody knows is complained about, empty or not.
    return schema === null || z.safeParse(schema, null).success;
  });
  return {
    tree: merged(base, kept),
    written: new Map([
      ...[...written].filter(([path]) => !isSaid(kept, parsePath(path) ?? [])),
      ...overlay.written,
    ]),
    overlay: { ...overlay, tree: kept },
  };
}

/** What an overlay may not say. */
export const overlayFaults = ({ tree }: SourceFile): Finding[] =>
  Object.hasOwn(tree, "env")
    ? [{ path: ["env"], sentence: "env decides which overlay is read, and cannot stand in one" }]
    : [];

/** Does the overlay say what stands at a path? Its lists and scalars say all that is below them. */
export function isSaid(overlay: JsonMap, path: ConfigPath): boolean {
  const above = path.findIndex((_, at) => {
    const value = valueAt(overlay, path.slice(0, at));
    return value !== undefined && !isMap(value);
  });
  return above >= 0 || valueAt(overlay, path) !== undefined;
}

/** Nulls are dropped but for those that `keep` wants. */
function withoutEmpty(tree: JsonMap, keep: (leaf: Leaf) => boolean): JsonMap {
  const kept = mapLeaves({ path: [], value: tree, schema: null }, (leaf) =>
    leaf.value === null && !isInList(leaf.path) && !keep(leaf) ? undefined : leaf.value,
  );
  // Maps stay maps, and the tree is one.
  return kept as JsonMap;
}

const isInList = (path: ConfigPath): boolean => path.some((key) => typeof key === "number");

function merged(base: JsonMap, over: JsonMap): JsonMap {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isMap(value) && isMap(below) ? merged(below, value) : value;
  }
  return result;
}
