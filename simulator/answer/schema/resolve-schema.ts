import { isJsonObject, type JsonObject } from "../../fields.ts";

const longestChain = 50;

/** Follows a JSON pointer ("#/$defs/X") inside the root; undefined when it points nowhere. */
const lookUp = (root: unknown, pointer: string): unknown => {
  if (pointer !== "#" && !pointer.startsWith("#/")) return undefined;
  let at: unknown = root;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
};

const mergeProperties = (one: unknown, two: unknown): unknown => {
  if (!isJsonObject(one)) return two;
  return isJsonObject(two) ? { ...one, ...two } : one;
};

const mergeRequired = (one: unknown, two: unknown): unknown => {
  if (!Array.isArray(one)) return two;
  return Array.isArray(two) ? [...new Set([...one, ...two])] : one;
};

/** Both schemas at once, for keywords that do not contradict each other. */
export const mergeSchemas = (one: JsonObject, two: JsonObject): JsonObject => ({
  ...one,
  ...two,
  properties: mergeProperties(one["properties"], two["properties"]),
  required: mergeRequired(one["required"], two["required"]),
});

/** A schema as an object, its `$ref` and `allOf` taken in. `true` and nonsense allow everything. */
export const resolveSchema = (schema: unknown, root: unknown, depth: number = 0): JsonObject => {
  let found: JsonObject = isJsonObject(schema) ? schema : {};
  for (let n = 0; n < longestChain; n++) {
    const { $ref: pointer, ...siblings } = found;
    if (typeof pointer !== "string") break;
    const target = lookUp(root, pointer);
    found = isJsonObject(target) ? mergeSchemas(target, siblings) : siblings;
  }
  const { allOf, ...own } = found;
  if (!Array.isArray(allOf) || depth > longestChain) return own;
  return allOf.reduce<JsonObject>(
    (all, part) => mergeSchemas(all, resolveSchema(part, root, depth + 1)),
    own,
  );
};
