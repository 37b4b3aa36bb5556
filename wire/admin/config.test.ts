import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfigChange } from "./config.ts";

test("CFG-3 a change is a value of any kind, or the removal of one", () => {
  for (const value of [null, 0, "", false, [], {}, { a: [1] }]) {
    assert.deepEqual(parseConfigChange({ value }), { ok: true, value: { value } });
  }
  assert.deepEqual(parseConfigChange({ remove: true }), { ok: true, value: { remove: true } });
});

const others: readonly unknown[] = [
  undefined,
  null,
  5,
  "value",
  [],
  {},
  { remove: false },
  { remove: 1 },
  { value: 1, remove: true },
  { valeu: 1 },
  JSON.parse('{"__proto__": {"value": 1}}'),
];

for (const body of others) {
  test(`PUT /admin/config refuses ${JSON.stringify(body)}`, () => {
    assert.equal(parseConfigChange(body).ok, false);
  });
}
