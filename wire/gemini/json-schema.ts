import { isObject, type JsonObject } from "../field-rules.ts";

const listsOfSchemas = ["anyOf"] as const;

/**
 * A schema in the words of OpenAPI, as `parameters` and `responseSchema` have it, as JSON Schema:
 * types in lower case, and what may be null says so by its type.
 */
export function toJsonSchema(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { type, nullable, properties, items, propertyOrdering: _, ...rest } = schema;
  const made: Record<string, unknown> = { ...rest };
  if (typeof type === "string" && type !== "TYPE_UNSPECIFIED") {
    const name = type.toLowerCase();
    made["type"] = nullable === true ? [name, "null"] : name;
  }
  if (isObject(properties)) made["properties"] = mapped(properties);
  if (items !== undefined) made["items"] = toJsonSchema(items);
  for (const key of listsOfSchemas) {
    const list = schema[key];
    if (Array.isArray(list)) made[key] = list.map(toJsonSchema);
  }
  return withNumbers(made);
}

const mapped = (properties: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, toJsonSchema(value)]));

const counts = [
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
] as const;

/** 64-bit integers may stand as strings in JSON of Google's. */
function withNumbers(schema: Record<string, unknown>): JsonObject {
  for (const key of counts) {
    const value = schema[key];
    if (typeof value === "string" && /^\d{1,15}$/.test(value)) schema[key] = Number(value);
  }
  return schema;
}
