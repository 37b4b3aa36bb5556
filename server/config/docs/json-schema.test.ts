import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonSchema, mapOptions, schemaObject } from "./json-schema.ts";
import { changes } from "../run-time.data.ts";

/** Every schema below this one that stands for a key of a file. */
function keysBelow(schema: unknown, path: string): [string, ReturnType<typeof schemaObject>][] {
  const here = schemaObject(schema);
  const open = schemaObject(here.additionalProperties);
  const options = mapOptions(open).length > 0 ? mapOptions(open) : [open];
  return [
    ...Object.entries(here.properties ?? {}).flatMap(([key, child]) => [
      [`${path}.${key}`, schemaObject(child)] as [string, ReturnType<typeof schemaObject>],
      ...keysBelow(child, `${path}.${key}`),
    ]),
    ...options.flatMap((option) =>
      option.properties === undefined ? [] : keysBelow(option, `${path}.*`),
    ),
    ...entriesOf(here).flatMap((entry) => keysBelow(entry, `${path}[]`)),
  ];
}

/** Of a list what an entry may be: one schema, or several. */
function entriesOf({ items }: ReturnType<typeof schemaObject>): unknown[] {
  if (items === undefined) return [];
  const forms = mapOptions(schemaObject(items));
  return forms.length > 0 ? forms : [items];
}

const schema = jsonSchema();
const keys = keysBelow(schema, "");

test("OPS-3 the JSON Schema is published with every key described", () => {
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.ok(keys.length > 100);
  const silent = keys
    .filter(
      ([, each]) => (each.description ?? schemaObject(each.anyOf?.[0]).description) === undefined,
    )
    .filter(([, each]) => each.properties === undefined)
    .map(([path]) => path);
  assert.deepEqual(silent, []);
});

test("units stand in the names of numbers", () => {
  const counts =
    "port|weight|priority|max|failures|successes|burst|connections|Tokens|tokensPerMinute|" +
    "requestsPerMinute|concurrent|models|cap|floor|topK|Chars|Points|processes|Requests|Mb|" +
    "Seconds|Answers|Vectors";
  const unit = new RegExp(`(?:${counts}|Ms|Days|Hours|Bytes)$`, "i");
  const strange = keys
    .filter(([, each]) => [each.type, schemaObject(each.anyOf?.[0]).type].includes("integer"))
    .map(([path]) => path)
    .filter((path) => !unit.test(path));
  assert.deepEqual(strange, []);
});

test("the schema's sections are the ones whose changes are classified", () => {
  assert.deepEqual(Object.keys(schema.properties ?? {}), Object.keys(changes));
});
