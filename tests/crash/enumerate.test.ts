import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "./enumerate.ts";

test("a sample is spread evenly, with the first and the last", () => {
  assert.deepEqual(sample(100, 5), [1, 26, 51, 75, 100]);
  assert.deepEqual(sample(3, 10), [1, 2, 3]);
  assert.deepEqual(sample(87, 2), [1, 87]);
});
