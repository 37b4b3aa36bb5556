import assert from "node:assert/strict";
import { test } from "node:test";
import { loneValues, withoutZeros } from "./chart-columns.ts";

test("a line of zeros is not drawn, the zeros beside a value are", () => {
  assert.deepEqual(withoutZeros([0, 0, 0, 4, 0, 0, 0]), [null, null, 0, 4, 0, null, null]);
  assert.deepEqual(withoutZeros([0, null, 0]), [null, null, null]);
  assert.deepEqual(withoutZeros([]), []);
});

test("a value without neighbours is told, since no line goes through it", () => {
  assert.deepEqual(loneValues([1, null, 2, 3, null, 4]), [0, 5]);
  assert.deepEqual(loneValues([null, undefined]), []);
  assert.deepEqual(loneValues([0]), [0]);
});
