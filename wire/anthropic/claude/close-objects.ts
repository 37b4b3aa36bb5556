import { isObject, type JsonObject } from "../../field-rules.ts";

const listsOfSchemas = ["anyOf", "oneOf", "prefixItems"] as const;
const mapsOfSchemas = ["properties", "$defs", "definitions"] as const;

/**
 * A JSON schema whose objects admit no further members, as this dialect demands it: what fits it
 * fits the schema that it was made of. Depth is that of a body, at most 64.
 */
export function closeObjects(schema: unknown): unknown {
  // Closed one by one, the parts of an intersection would admit nothing.
  if (!isObject(schema) || schema["allOf"] !== undefined) return schema;
  const closed: Record<string, unknown> = { ...schema };
  for (const key of listsOfSchemas) {
    const list = closed[key];
    if (Array.isArray(list)) closed[key] = list.map(closeObjects);
  }
  for (const key of mapsOfSchemas) {
    const map = closed[key];
    if (isObject(map)) closed[key] = closeAll(map);
  }
  if (isObject(closed["items"])) closed["items"] = closeObjects(closed["items"]);
  const isOpen = !isObject(closed["additionalProperties"]);
  if (isObjectType(closed) && isOpen) closed["additionalProperties"] = false;
  return closed;
}

const closeAll = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([name, inner]) => [name, closeObjects(inner)]));

const isObjectType = ({ type, properties }: JsonObject): boolean =>
  type === "object" ||
  (Array.isArray(type) && type.includes("object")) ||
  (type === undefined && isObject(properties));
