import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import fc from "fast-check";
import { isJsonObject, type JsonObject } from "../../fields.ts";
import { fillSchema } from "./fill-schema.ts";
import { readHints } from "./hints.ts";

const hints = readHints('I want "The Lamp" in Paris for order A-17, 3 copies. It is great.', {
  snippet: "I want “The Lamp”…",
  prose: "A simulated answer.",
  language: "en",
  titles: ["Stardust Library"],
});

const fill = (schema: unknown): unknown => fillSchema(schema, hints, new SeededRandom(1));

/** An oracle of its own: the keywords that the generator below writes. */
const isValid = (schema: JsonObject, value: unknown): boolean => {
  const { anyOf, enum: options } = schema;
  if (Array.isArray(anyOf)) return anyOf.some((one: JsonObject) => isValid(one, value));
  if (Array.isArray(options)) return options.includes(value);
  const bound = (name: string, otherwise: number): number => Number(schema[name] ?? otherwise);
  switch (schema["type"]) {
    case "string": {
      const length = typeof value === "string" ? Array.from(value).length : -1;
      return length >= bound("minLength", 0) && length <= bound("maxLength", Infinity);
    }
    case "integer":
    case "number":
      if (typeof value !== "number") return false;
      if (schema["type"] === "integer" && !Number.isInteger(value)) return false;
      if (value % bound("multipleOf", value === 0 ? 1 : value) !== 0) return false;
      return value >= bound("minimum", -Infinity) && value <= bound("maximum", Infinity);
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    case "array": {
      if (!Array.isArray(value) || value.length < bound("minItems", 0)) return false;
      if (value.length > bound("maxItems", Infinity)) return false;
      return value.every((item) => isValid(schema["items"] as JsonObject, item));
    }
    default: {
      if (!isJsonObject(value)) return false;
      const properties = schema["properties"] as Record<string, JsonObject>;
      const required = schema["required"] as string[];
      return (
        required.every((name) => Object.hasOwn(value, name)) &&
        Object.entries(value).every(([name, inner]) => isValid(properties[name] ?? {}, inner))
      );
    }
  }
};

const range = (low: string, high: string, max: number): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(fc.nat(max), fc.nat(max))
    .map(([a, b]) => ({ [low]: Math.min(a, b), [high]: Math.max(a, b) }));

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  range("minLength", "maxLength", 30).map((r) => ({ type: "string", ...r })),
  range("minimum", "maximum", 1_000).map((r) => ({ type: "integer", ...r })),
  range("minimum", "maximum", 1_000).map((r) => ({ type: "number", ...r })),
  fc.integer({ min: 1, max: 20 }).map((unit) => ({ type: "integer", multipleOf: unit })),
  fc.constant({ type: "boolean" }),
  fc.constant({ type: "null" }),
  fc.array(fc.string(), { minLength: 1, maxLength: 4 }).map((list) => ({ enum: list })),
);

const { schema: anySchema } = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc
      .tuple(range("minItems", "maxItems", 5), tie("schema"))
      .map(([r, items]) => ({ type: "array", items, ...r })),
    fc
      .dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie("schema"), { maxKeys: 4 })
      .map((properties) => ({
        type: "object",
        properties,
        required: Object.keys(properties).filter((_, n) => n % 2 === 0),
      })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
}));

test("SIM-4 whatever the schema, the value satisfies it", () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      const value = fill(schema);
      assert.ok(isValid(schema, value), `${JSON.stringify(schema)} got ${JSON.stringify(value)}`);
    }),
    { numRuns: 500 },
  );
});

test("values are taken from the conversation where the name tells what is wanted", () => {
  const properties = {
    title: { type: "string" },
    query: { type: "string" },
    city: { type: "string" },
    order_id: { type: "string" },
    count: { type: "integer" },
    language: { enum: ["ja", "en", "zh"] },
    sentiment: { enum: ["negative", "neutral", "positive"] },
    is_safe: { type: "boolean" },
    flagged: { type: "boolean" },
  };
  assert.deepEqual(fill({ type: "object", properties }), {
    title: "Stardust Library",
    query: "The Lamp",
    city: "Paris",
    order_id: "A-17",
    count: 3,
    language: "en",
    sentiment: "positive",
    is_safe: true,
    flagged: false,
  });
});

test("$ref, $defs, allOf and const are followed; optional fields are filled in", () => {
  const schema = {
    $defs: {
      named: { type: "object", properties: { kind: { const: "b" } }, required: ["kind"] },
      "a/b": { type: "integer", minimum: 5, maximum: 5 },
    },
    allOf: [{ $ref: "#/$defs/named" }],
    type: "object",
    properties: { size: { $ref: "#/$defs/a~1b" } },
    required: ["size"],
  };
  assert.deepEqual(fill(schema), { kind: "b", size: 5 });
});

test("a recursive schema ends, by null, by leaving out, or by an empty list", () => {
  const viaNull = {
    type: "object",
    properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
    required: ["next"],
  };
  assert.ok(JSON.stringify(fill(viaNull)).endsWith(`null${"}".repeat(count(fill(viaNull)))}`));
  const viaList = {
    type: "object",
    properties: { children: { type: "array", items: { $ref: "#" } } },
    required: ["children"],
  };
  assert.match(JSON.stringify(fill(viaList)), /"children":\[\]/);
  const endless = { type: "object", properties: { me: { $ref: "#" } }, required: ["me"] };
  assert.match(JSON.stringify(fill(endless)), /null/);
  assert.equal(typeof fill({ $ref: "#" }), "string");
});

const count = (value: unknown): number => JSON.stringify(value).split("{").length - 1;

const formats = ["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"];
for (const format of formats) {
  test(`a string of the format ${format} looks like one`, () => {
    const shapes: Readonly<Record<string, RegExp>> = {
      "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      date: /^\d{4}-\d\d-\d\d$/,
      time: /^\d\d:\d\d:\d\dZ$/,
      email: /^[^@]+@[^@]+$/,
      uri: /^https:\/\//,
      uuid: /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      ipv4: /^\d+\.\d+\.\d+\.\d+$/,
      ipv6: /:/,
      hostname: /^[a-z.]+$/,
    };
    assert.match(String(fill({ type: "string", format })), shapes[format] ?? /^$/);
  });
}

test("unique items differ as long as they can", () => {
  const of = (items: JsonObject, minItems: number): unknown =>
    fill({ type: "array", items, minItems, uniqueItems: true });
  const letters = of({ enum: ["a1", "b1", "c1"] }, 3) as string[];
  assert.deepEqual(letters.toSorted(), ["a1", "b1", "c1"]);
  for (const items of [{ type: "string" }, { type: "integer" }, { const: 1 }]) {
    const list = of(items, 3) as unknown[];
    assert.equal(new Set(list).size, list.length);
  }
});

test("exclusive bounds are kept", () => {
  const between = fill({ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.1 });
  assert.ok(typeof between === "number" && between > 0 && between < 0.1, String(between));
  assert.equal(fill({ type: "integer", exclusiveMinimum: 4, maximum: 5 }), 5);
  assert.equal(fill({ type: "number", multipleOf: 0.1, minimum: 0.25, maximum: 0.35 }), 0.3);
});

test("names that mean something to objects are names like any other", () => {
  const schema: unknown = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"boolean"},"constructor":{"const":1}},' +
      '"required":["__proto__","constructor","toString"]}',
  );
  const value = fill(schema);
  assert.deepEqual(Object.keys(value as object).toSorted(), [
    "__proto__",
    "constructor",
    "toString",
  ]);
});
