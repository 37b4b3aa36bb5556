import assert from "node:assert/strict";
import { test } from "node:test";

import { closeObjects } from "./close-objects.ts";

const closed = { additionalProperties: false } as const;

const table: readonly (readonly [what: string, schema: unknown, expected: unknown])[] = [
  ["an object", { type: "object" }, { type: "object", ...closed }],
  [
    "an object that was open",
    { type: "object", additionalProperties: true },
    { type: "object", ...closed },
  ],
  ["an object by its members", { properties: {} }, { properties: {}, ...closed }],
  ["one of several types", { type: ["object", "null"] }, { type: ["object", "null"], ...closed }],
  [
    "a map keeps its meaning",
    { type: "object", additionalProperties: { type: "string" } },
    { type: "object", additionalProperties: { type: "string" } },
  ],
  [
    "a list",
    { type: "array", items: { type: "object" } },
    { type: "array", items: { type: "object", ...closed } },
  ],
  [
    "a choice",
    { anyOf: [{ type: "object" }, { type: "null" }] },
    { anyOf: [{ type: "object", ...closed }, { type: "null" }] },
  ],
  [
    "an intersection is left alone",
    { allOf: [{ type: "object" }] },
    { allOf: [{ type: "object" }] },
  ],
  [
    "definitions and members",
    { $defs: { a: { type: "object" } }, type: "object", properties: { b: { type: "object" } } },
    {
      $defs: { a: { type: "object", ...closed } },
      type: "object",
      properties: { b: { type: "object", ...closed } },
      ...closed,
    },
  ],
  [
    "a member called like a word of schemas",
    { properties: { items: { type: "string" } } },
    { properties: { items: { type: "string" } }, ...closed },
  ],
  ["what is no schema", true, true],
];

for (const [what, schema, expected] of table) {
  test(what, () => {
    const before = JSON.stringify(schema);
    assert.deepEqual(closeObjects(schema), expected);
    assert.equal(JSON.stringify(schema), before);
  });
}

test("SEC-5 a member called __proto__ stays one", () => {
  const schema: unknown = JSON.parse('{"properties":{"__proto__":{"type":"object"}}}');
  const closedText = '"additionalProperties":false';
  assert.equal(
    JSON.stringify(closeObjects(schema)),
    `{"properties":{"__proto__":{"type":"object",${closedText}}},${closedText}}`,
  );
});
