import { z } from "zod";
import { configSchema } from "../schema.ts";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The shape of a file as JSON Schema 2020-12, for editors and for the docs. */
export const jsonSchema = (): JsonSchema => ({
  title: "Sekisho configuration",
  ...z.toJSONSchema(configSchema, { io: "input" }),
});

/** A schema that is not just `true` or `false`. */
export const schemaObject = (schema: unknown): JsonSchema =>
  // What zod writes is JSON Schema; its types are wider, for readers of other drafts.
  typeof schema === "object" && schema !== null ? (schema as JsonSchema) : {};

/** The options of a union of maps; empty for everything else. */
export const mapOptions = (schema: JsonSchema): JsonSchema[] =>
  [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]
    .map(schemaObject)
    .filter(({ properties }) => properties !== undefined);

/** What a key may hold, in a few words: "one of dev, staging, prod", "whole number 0 to 65535". */
export function describeValues(schema: JsonSchema): string {
  const { const: only, enum: list, anyOf } = schema;
  if (anyOf !== undefined) {
    return anyOf.map((option) => describeValues(schemaObject(option))).join(" or ");
  }
  if (list !== undefined) return list.map((value) => word(value)).join(", ");
  if (only !== undefined) return word(only);
  const { type, minimum, maximum } = schema;
  if (type === "integer") return `whole number ${minimum} to ${maximum}`;
  if (type === "number") return `number ${minimum} to ${maximum}`;
  if (type === "boolean") return "true, false";
  if (type === "string") return "text";
  if (type === "object") return isOpen(schema) ? "a map" : "an empty map";
  if (type === undefined) return "anything";
  if (type !== "array") return "null";
  if (schema.maxItems === 0) return "an empty list";
  return `list of ${describeValues(schemaObject(schema.items))}`;
}

/** May the map have any key at all? */
const isOpen = ({ properties = {}, additionalProperties }: JsonSchema): boolean =>
  Object.keys(properties).length > 0 ||
  (typeof additionalProperties === "object" && !("not" in additionalProperties));

const word = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);
