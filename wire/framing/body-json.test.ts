import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyJson, listOf, WrittenJson } from "./body-json.ts";

test("members stand in their order, and what is nothing is left out", () => {
  const decided = { b: 1, a: null, c: undefined, list: listOf(["1.0", "2"]), none: listOf([]) };
  assert.equal(bodyJson(decided), '{"b":1,"list":[1.0,2]}');
  assert.equal(bodyJson({ raw: new WrittenJson('{"n":1.0}') }), '{"raw":{"n":1.0}}');
});

test("SEC-5 what the writer decides about is not said a second time, not even as nothing", () => {
  const others = { stream: false, tools: [], extra: 1, gone: null };
  assert.equal(bodyJson({ stream: true, tools: null }, others), '{"stream":true,"extra":1}');
});

test("SEC-5 any name is a member like any other", () => {
  const others = JSON.parse('{"__proto__":{"a":1},"constructor":2}') as Record<string, unknown>;
  assert.equal(bodyJson({}, others), '{"__proto__":{"a":1},"constructor":2}');
});
