import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { ModelEntry } from "../model-entry.ts";
import { Catalog, type Asking } from "./catalog.ts";

const entry = (name: string): ModelEntry => ({
  name,
  pools: [],
  policy: { max: 1, backoffMs: 0, backoffMaxMs: 0 },
  totalMs: 1,
});

const catalog = new Catalog(["fast", "fist", "quality", "claude-3-haiku"].map(entry), [
  { pattern: "mock.*", entryFor: () => entry("mock.*") },
  { pattern: "mock.long*", entryFor: () => entry("mock.long*") },
]);

const refusal = (model: string, asking: Asking | null): string => {
  for (const ask of [catalog.resolve.bind(catalog), catalog.peek.bind(catalog)]) {
    assert.throws(() => ask(model, asking), { code: "model_not_found" });
  }
  try {
    catalog.resolve(model, asking);
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error.message;
  }
  return assert.fail("there is such a model");
};

test("a name, a pattern, the most specific one of two", () => {
  assert.equal(catalog.resolve("fast", null).name, "fast");
  assert.equal(catalog.resolve("mock.a", null).name, "mock.*");
  assert.equal(catalog.resolve("mock.longer", null).name, "mock.long*");
  assert.deepEqual(catalog.wildcards(), ["mock.long*", "mock.*"]);
});

test("who misspells a name is told the nearest ones that they may use", () => {
  const asked = (model: string, models: readonly string[]) => refusal(model, { models });
  assert.match(asked("qualiti", ["*"]), /is not configured; the nearest is "quality"$/);
  assert.match(asked("fost", ["*"]), /; the nearest are "fast", "fist"$/);
  assert.match(asked("fost", ["fi*"]), /; the nearest is "fist"$/);
  for (const message of [asked("qualiti", ["fast"]), asked("qualiti", []), asked("zzz", ["*"])]) {
    assert.match(message, /is not configured$/);
  }
  assert.match(refusal("fost", null), /"fast", "fist"$/);
});
