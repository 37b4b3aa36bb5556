import { z } from "zod";
import { formatPath } from "../config-path.ts";
import { completedTree, type ConfigSource, type Setting, writtenInForce } from "./config-source.ts";
import { placedValue } from "./placed-value.ts";
import { configSchema } from "../schema.ts";
import {
  bareSchema,
  type JsonMap,
  type Leaf,
  mapLeaves,
  type Schema,
  schemaAt,
} from "../schema/schema-walk.ts";

/** File, embedded default and settings as one tree, ready to be validated. */
export function mergedTree(source: ConfigSource): JsonMap {
  let tree: unknown = structuredClone(completedTree(source));
  for (const setting of source.settings) tree = withSetting(tree, setting);
  const root = { path: [], value: tree, schema: configSchema };
  const written = writtenInForce(source);
  // Settings have paths of at least one key, and the file is a map.
  return mapLeaves(root, (leaf) => prepared(leaf, written)) as JsonMap;
}

function withSetting(tree: unknown, { path, value, origin }: Setting): unknown {
  const schema = schemaAt(configSchema, tree, path);
  const isText = origin !== "admin" && typeof value === "string" && schema !== null;
  return placedValue(tree, path, isText ? coerced(schema, value) : value);
}

/** An empty value in YAML means "as if it were not there"; texts from variables get their type. */
function prepared({ path, value, schema }: Leaf, written: ReadonlyMap<string, string>): unknown {
  if (schema === null) return value;
  if (value === null && !z.safeParse(schema, null).success) return emptied(schema);
  const fromVariable = typeof value === "string" && written.has(formatPath(path));
  return fromVariable ? coerced(schema, value) : value;
}

function emptied(schema: Schema): unknown {
  const bare = bareSchema(schema);
  const maps = [z.core.$ZodObject, z.core.$ZodRecord, z.core.$ZodUnion];
  return maps.some((kind) => bare instanceof kind) ? {} : undefined;
}

const words = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["", null],
]);
const decimal = /^-?\d+(?:\.\d+)?$/;

/** What a text means where the schema wants no text: a number, true, false or null. */
function coerced(schema: Schema, text: string): unknown {
  if (z.safeParse(schema, text).success) return text;
  const meaning = decimal.test(text) ? Number(text) : words.get(text);
  if (meaning === undefined) return text;
  const { error } = z.safeParse(schema, meaning);
  // A number beyond a limit is the right kind of value: the limit is what to complain about.
  return error === undefined || error.issues.every(isLimit) ? meaning : text;
}

const isLimit = ({ code }: z.core.$ZodIssue): boolean => code === "too_big" || code === "too_small";
