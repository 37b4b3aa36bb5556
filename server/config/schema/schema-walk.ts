import { z } from "zod";
import type { ConfigPath } from "../config-path.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";

export type Schema = z.core.$ZodType;
export type JsonMap = Record<string, unknown>;

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const definition = (schema: Schema) =>
  // Every schema is one of zod's own classes; their union is what lets `switch` narrow.
  (schema as z.core.$ZodTypes)._zod.def;

const wrappers: readonly string[] = ["default", "prefault", "nullable", "optional"];

/** The schema without its defaults and its `null`. */
export function bareSchema(schema: Schema): Schema {
  const def = definition(schema);
  const isWrapper = wrappers.includes(def.type) && "innerType" in def;
  return isWrapper ? bareSchema(def.innerType) : schema;
}

const shapeOf = (schema: Schema): Readonly<Record<string, Schema>> | null => {
  const def = definition(bareSchema(schema));
  return def.type === "object" ? def.shape : null;
};

const unknownKeyCount = (schema: Schema, value: JsonMap): number => {
  const shape = shapeOf(schema);
  if (shape === null) return Infinity;
  return Object.keys(value).filter((key) => !Object.hasOwn(shape, key)).length;
};

/** How far the keys that an option does not know are from those that it does. */
const misspelling = (option: Schema, value: JsonMap): number => {
  const known = Object.keys(shapeOf(option) ?? {});
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .reduce((edits, key) => edits + (nearest(key, known)?.edits ?? 0), 0);
};

/** Which option of a union a map means: by its discriminator, else by the keys that it has. */
export function unionOption(union: Schema, value: unknown): number {
  const def = definition(bareSchema(union));
  if (def.type !== "union" || !isMap(value)) return 0;
  if ("discriminator" in def) {
    const tag = String(def.discriminator);
    const meant = def.options.findIndex((option) => {
      const tagSchema = shapeOf(option)?.[tag];
      return tagSchema !== undefined && z.safeParse(tagSchema, value[tag]).success;
    });
    return Math.max(0, meant);
  }
  const counts = def.options.map((option) => unknownKeyCount(option, value));
  const least = Math.min(...counts);
  const alike = def.options.filter((_, at) => counts[at] === least);
  if (least === 0 || alike.length === 1) return counts.indexOf(least);
  // A misspelt key means the option that has the key it is nearest to.
  const edits = alike.map((option) => misspelling(option, value));
  return def.options.indexOf(alike[edits.indexOf(Math.min(...edits))] ?? union);
}

/** The schema without defaults, and of a union the option that `value` means. */
function meantSchema(schema: Schema, value: unknown): Schema {
  const bare = bareSchema(schema);
  const def = definition(bare);
  if (def.type !== "union") return bare;
  return bareSchema(def.options[unionOption(bare, value)] ?? bare);
}

/** The schema of `value[key]`; null where the schema knows no such key. */
export function childSchema(schema: Schema, value: unknown, key: string | number): Schema | null {
  const def = definition(meantSchema(schema, value));
  if (def.type === "record") return def.valueType;
  if (def.type === "array") return def.element;
  const isKnown = def.type === "object" && typeof key === "string" && Object.hasOwn(def.shape, key);
  return isKnown ? (def.shape[key] ?? null) : null;
}

/** The keys that a map of this schema may have; none where the file chooses them. */
export const keysOf = (schema: Schema, value: unknown): string[] =>
  Object.keys(shapeOf(meantSchema(schema, value)) ?? {});

/** The schema at a path, unions decided by what `value` has there. */
export function schemaAt(schema: Schema, value: unknown, path: ConfigPath): Schema | null {
  let here: Schema | null = schema;
  let valueHere = value;
  for (const key of path) {
    if (here === null) return null;
    here = childSchema(here, valueHere, key);
    valueHere = valueAt(valueHere, [key]);
  }
  return here;
}

export function valueAt(value: unknown, path: ConfigPath): unknown {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here) && typeof key === "number") here = here[key];
    else if (isMap(here) && Object.hasOwn(here, key)) here = here[key];
    else return undefined;
  }
  return here;
}

/** A scalar, or an empty map or list: what has an origin of its own. */
export interface Leaf {
  readonly path: ConfigPath;
  readonly value: unknown;
  /** Null below a key that the schema does not know. */
  readonly schema: Schema | null;
}

/**
 * A copy of the tree with every leaf replaced by what `replace` makes of it. `undefined` drops the
 * key, so that its default takes its place.
 */
export function mapLeaves(leaf: Leaf, replace: (leaf: Leaf) => unknown): unknown {
  const { path, value, schema } = leaf;
  const below = (key: string | number, child: unknown) =>
    mapLeaves(
      { path: [...path, key], value: child, schema: schema && childSchema(schema, value, key) },
      replace,
    );
  if (Array.isArray(value) && value.length > 0) {
    return value.map((child, position) => below(position, child));
  }
  if (!isMap(value) || Object.keys(value).length === 0) return replace(leaf);
  const entries = Object.entries(value).map(([key, child]) => [key, below(key, child)] as const);
  return Object.fromEntries(entries.filter(([, child]) => child !== undefined));
}

/** Every leaf of a tree, in its order. */
export function leavesOf(value: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  mapLeaves({ path: [], value, schema: null }, (leaf) => leaves.push(leaf));
  return leaves;
}

/** Keys with a fixed place, as paths: what a misplaced key is compared with. */
export function fixedPaths(schema: Schema, path: ConfigPath = []): ConfigPath[] {
  const shape = shapeOf(schema);
  if (shape === null) return [];
  return Object.entries(shape).flatMap(([key, child]) => {
    const here = [...path, key];
    return [here, ...fixedPaths(child, here)];
  });
}
