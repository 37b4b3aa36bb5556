import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { writeVectorBase64 } from "./vector.ts";

test("a vector as base64 is float32 in little-endian order", () => {
  assert.equal(writeVectorBase64([1, -2, 0.5]), "AACAPwAAAMAAAAA/");
  assert.equal(writeVectorBase64([]), "");
});

test("what is read back is the float32 next to each number", () => {
  const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, (vector) => {
      const bytes = Buffer.from(writeVectorBase64(vector), "base64");
      const read = vector.map((_, index) => bytes.readFloatLE(index * 4));
      assert.deepEqual(read, vector.map(Math.fround));
    }),
  );
});
